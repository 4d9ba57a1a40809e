"""Which models and datasets each worker gets mounted or downloaded, and where these lie as far as that is known.

Source: the controllers of Sedna's Global Manager 0.7. What a learning job's workers get of its outputDir is not
here: its folders are named as the job goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sednactl.sedna.referring import EACH
from sednactl.validation.go_urls import scheme_of
from sednactl.validation.mounting import DOWNLOADED

if TYPE_CHECKING:
    from sednactl.validation.finding import Path
    from sednactl.validation.kept import Definitions

Steps = tuple["str | int", ...]
_MODEL: tuple[Steps, ...] = (("model",),)
_OF_FEDERATION = ((("aggregationWorker", "model"),), (("pretrainedModel",),))
_DATASET: tuple[Steps, ...] = (("dataset",),)
_GETS: dict[tuple[str, str], tuple[tuple[Steps, ...], ...]] = {
    ("JointInferenceService", "edgeWorker"): ((("edgeWorker", "model"),),),
    ("JointInferenceService", "cloudWorker"): ((("cloudWorker", "model"),),),
    ("FeatureExtractionService", "template"): (_MODEL,),
    ("VideoAnalyticsJob", "template"): (_MODEL,),
    ("FederatedLearningJob", "aggregationWorker"): _OF_FEDERATION,
    ("FederatedLearningJob", "trainingWorkers"): (*_OF_FEDERATION, (("trainingWorkers", EACH, "dataset"),)),
    ("IncrementalLearningJob", "trainSpec"): ((("initialModel",),), _DATASET),
    ("IncrementalLearningJob", "evalSpec"): (
        (("evalSpec", "initialEvalModel"), ("deploySpec", "model")),
        _DATASET,
    ),
    ("IncrementalLearningJob", "deploySpec"): ((("deploySpec", "model"),),),
    ("LifelongLearningJob", "trainSpec"): (_DATASET,),
    ("LifelongLearningJob", "evalSpec"): (_DATASET,),
}
"""By kind and worker: the fields below spec that name what it gets, and for each the one that counts where it is not there."""
_OPTIONAL: tuple[Steps, ...] = (("pretrainedModel",),)
GETTING = frozenset(kind for kind, _ in _GETS)
"""Kinds whose workers get anything."""


def addresses_of(
    kind: str,
    namespace: str,
    pod: Path,
    names: Iterable[tuple[str, str, Path]],
    defined: Definitions,
) -> Iterator[str | None]:
    """Give the url of each model and dataset that the worker with the pod at a path gets; None for one not known."""
    worker = pod[1:3]
    fields = _GETS.get((kind, str(worker[0])), ())
    named = {path[1:-1]: (of, name) for of, name, path in names if of != "Secret"} if fields else {}
    for alternatives in fields:
        steps = [tuple(worker[1] if step == EACH else step for step in one) for one in alternatives]
        meant = next((named[one] for one in steps if one in named), None)
        if meant is None:
            if alternatives[0] not in _OPTIONAL:
                yield None
            continue
        found = defined.get((meant[0], namespace, meant[1]))
        url = found.facts.get("url") if found else None
        yield url if isinstance(url, str) and "$" not in url else None


def downloaded(url: str | None) -> bool:
    """Tell whether what lies at a url is fetched before the worker starts."""
    return url is not None and scheme_of(url) in DOWNLOADED


def on_the_node(url: str | None) -> bool:
    """Tell whether a url is a path on the worker's node, whose folder is mounted."""
    return bool(url) and url is not None and not scheme_of(url)
