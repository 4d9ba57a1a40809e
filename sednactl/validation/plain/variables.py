"""Environment variables that are plain, and those that Sedna sets itself.

Source: the controllers of Sedna's Global Manager 0.7, which put their own variables behind those of the manifest.
"""

from __future__ import annotations

from typing import Any, Final

_EVERYWHERE: Final = frozenset(("NAMESPACE", "WORKER_NAME"))
_SERVICE: Final = frozenset((*_EVERYWHERE, "SERVICE_NAME", "LC_SERVER", "MODEL_URL"))
_JOB: Final = frozenset((*_EVERYWHERE, "JOB_NAME"))
_STAGE: Final = frozenset((*_JOB, "LC_SERVER"))
_FEDERATED: Final = frozenset((*_JOB, "PARTICIPANTS_COUNT", "TRANSMITTER", "MODEL_URL"))
SET_BY_SEDNA: Final[dict[tuple[str, str], frozenset[str]]] = {
    ("JointInferenceService", "cloudWorker"): _SERVICE - {"LC_SERVER"} | {"BIG_MODEL_BIND_PORT"},
    ("JointInferenceService", "edgeWorker"): _SERVICE
    | {"BIG_MODEL_IP", "BIG_MODEL_PORT", "HEM_NAME", "HEM_PARAMETERS"},
    ("FederatedLearningJob", "aggregationWorker"): _FEDERATED | {"AGG_BIND_PORT"},
    ("FederatedLearningJob", "trainingWorkers"): _FEDERATED
    | {"AGG_IP", "AGG_PORT", "DATASET_NAME", "LC_SERVER", "MODEL_NAME", "TRAIN_DATASET_URL"},
    ("IncrementalLearningJob", "trainSpec"): _STAGE
    | {"BASE_MODEL_URL", "MODEL_URL", "ORIGINAL_DATASET_URL", "TRAIN_DATASET_URL"},
    ("IncrementalLearningJob", "evalSpec"): _STAGE
    | {"MODEL_URLS", "ORIGINAL_DATASET_URL", "TEST_DATASET_URL"},
    ("IncrementalLearningJob", "deploySpec"): _STAGE | {"HEM_NAME", "HEM_PARAMETERS", "MODEL_URL"},
    ("LifelongLearningJob", "trainSpec"): _STAGE
    | {
        "HAS_COMPLETED_INITIAL_TRAINING",
        "KB_SERVER",
        "ORIGINAL_DATASET_URL",
        "OUTPUT_URL",
        "TRAIN_DATASET_URL",
    },
    ("LifelongLearningJob", "evalSpec"): _STAGE
    | {"KB_SERVER", "MODEL_URLS", "ORIGINAL_DATASET_URL", "OUTPUT_URL", "TEST_DATASET_URL"},
    ("LifelongLearningJob", "deploySpec"): _STAGE | {"MODEL_URLS", "OUTPUT_URL"},
    ("FeatureExtractionService", "template"): _SERVICE,
    ("ObjectSearchService", "userWorker"): _EVERYWHERE | {"SERVICE_NAME"},
    ("ObjectSearchService", "trackingWorkers"): _EVERYWHERE
    | {"EDGEMESH_URL", "SERVICE_NAME", "USERWORKER_URL"},
    ("ReidJob", "template"): _STAGE,
    ("VideoAnalyticsJob", "template"): _STAGE | {"MODEL_NAME", "MODEL_URL"},
}
"""Variables that a worker gets whatever its manifest says, by kind and by the field of spec that the worker is in."""
HOT_UPDATE: Final = frozenset(("MODEL_HOT_UPDATE", "MODEL_HOT_UPDATE_CONFIG", "MODEL_POLL_PERIOD_SECONDS"))
_EVER_SET: Final = frozenset().union(*SET_BY_SEDNA.values(), HOT_UPDATE, ("KAFKA_ENABLED", "AGG_DATA_PATH"))

_MOST_NAMES: Final = 2_000
_plain_names: Final[set[str]] = set()
"""Names that were found plain: few are written very often."""


def plain_variables(variables: Any) -> bool:
    """Tell whether all variables have a name that any Kubernetes takes and Sedna never sets, and no source."""
    if type(variables) is not list:
        return False
    for variable in variables:
        if type(variable) is not dict or "valueFrom" in variable:
            return False
        name = variable.get("name")
        if type(name) is not str or not (name in _plain_names or _is_plain(name)):
            return False
    return True


def _is_plain(name: str) -> bool:
    if not name.isidentifier() or not name.isascii() or name in _EVER_SET:
        return False
    if len(_plain_names) >= _MOST_NAMES:
        _plain_names.clear()
    if len(name) <= 64:
        _plain_names.add(name)
    return True
