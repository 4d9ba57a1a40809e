"""The eleven Sedna kinds: their names in the API, on the command line and in labels.

Source of the facts: the CRDs of Sedna v0.7.0 and its Global Manager (labels,
worker types, fixed names of children).
"""

from __future__ import annotations

from sednactl.records import Record
from sednactl.sedna.resources import Resource

GROUP = "sedna.io"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"


def with_article(kind: str) -> str:
    """Put `a` or `an` before the name of a kind."""
    return f"{'an' if kind[:1].upper() in 'AEIO' else 'a'} {kind}"


class SednaKind(Record):
    """One Sedna kind.

    `word` is what users type after `create`, `aliases` what else they may type.
    `worker_types` are the worker-type labels of its children, `services` those
    of them that get a Service and `deployments` those that get a Deployment, all
    spelled as in labels (lower case). `former_kind` is the owner kind that
    releases before 0.7 wrote by mistake, which no garbage collector can resolve.
    """

    kind: str
    plural: str
    word: str
    aliases: tuple[str, ...] = ()
    worker_types: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    deployments: tuple[str, ...] = ()
    former_kind: str | None = None

    @property
    def with_article(self) -> str:
        """Give the kind as a sentence begins with it: `a ReidJob`, `an ObjectSearchService`."""
        return with_article(self.kind)

    @property
    def resource(self) -> Resource:
        """Give the kind as the API serves it."""
        return Resource(GROUP, VERSION, self.plural, self.kind)

    @property
    def label_prefix(self) -> str:
        """Give the prefix of the labels on its children, e.g. `jointinferenceservice.sedna.io`."""
        return f"{self.kind.lower()}.{GROUP}"

    @property
    def makes_children(self) -> bool:
        """Tell whether the Global Manager creates anything for it."""
        return bool(self.worker_types)


JOINT_INFERENCE = SednaKind(
    "JointInferenceService",
    "jointinferenceservices",
    "jointinference",
    ("ji",),
    worker_types=("cloud", "edge"),
    services=("cloud",),
    deployments=("cloud", "edge"),
    former_kind="JointInference",
)
FEDERATED_LEARNING = SednaKind(
    "FederatedLearningJob",
    "federatedlearningjobs",
    "federatedlearning",
    ("fl",),
    worker_types=("aggregation", "train"),
    services=("aggregation",),
)
INCREMENTAL_LEARNING = SednaKind(
    "IncrementalLearningJob",
    "incrementallearningjobs",
    "incrementallearning",
    ("il",),
    worker_types=("inference", "train", "eval"),
)
LIFELONG_LEARNING = SednaKind(
    "LifelongLearningJob",
    "lifelonglearningjobs",
    "lifelonglearning",
    ("ll",),
    worker_types=("inference", "train", "eval"),
)
FEATURE_EXTRACTION = SednaKind(
    "FeatureExtractionService",
    "featureextractionservices",
    "featureextraction",
    ("fe",),
    worker_types=("fe",),
    services=("fe",),
    deployments=("fe",),
)
OBJECT_SEARCH = SednaKind(
    "ObjectSearchService",
    "objectsearchservices",
    "objectsearch",
    ("os", "objs"),
    worker_types=("reidworker", "userworker", "trackingworker"),
    services=("reidworker", "userworker"),
    deployments=("reidworker", "userworker"),
    former_kind="ObjectSearch",
)
OBJECT_TRACKING = SednaKind(
    "ObjectTrackingService", "objecttrackingservices", "objecttracking", ("ot", "objt")
)
REID = SednaKind("ReidJob", "reidjobs", "reid", (), worker_types=("reid",))
VIDEO_ANALYTICS = SednaKind(
    "VideoAnalyticsJob",
    "videoanalyticsjobs",
    "videoanalytics",
    ("va",),
    worker_types=("videoanalytics",),
    services=("videoanalytics",),
)
MODEL = SednaKind("Model", "models", "model")
DATASET = SednaKind("Dataset", "datasets", "dataset")

SEDNA_KINDS = (
    JOINT_INFERENCE,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    LIFELONG_LEARNING,
    FEATURE_EXTRACTION,
    OBJECT_SEARCH,
    OBJECT_TRACKING,
    REID,
    VIDEO_ANALYTICS,
    MODEL,
    DATASET,
)

BY_KIND = {kind.kind: kind for kind in SEDNA_KINDS}


def kind_named(word: str) -> SednaKind | None:
    """Give the kind a user means by its word, alias, plural, kind or `plural.sedna.io`, in any case."""
    wanted = word.lower().removesuffix(f".{GROUP}")
    for kind in SEDNA_KINDS:
        if wanted in (kind.word, kind.plural, kind.kind.lower(), *kind.aliases):
            return kind
    return None
