"""What each kind refers to by name, as data: Models, Datasets and Secrets of its own namespace.

Source: the controllers of Sedna's Global Manager 0.7.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sednactl.validation.shape import EACH, values_at

if TYPE_CHECKING:
    from sednactl.validation.rulebook import Workload

REFERENCES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "JointInferenceService": (
        ("Model", ("edgeWorker", "model", "name")),
        ("Model", ("cloudWorker", "model", "name")),
    ),
    "FederatedLearningJob": (
        ("Model", ("aggregationWorker", "model", "name")),
        ("Model", ("pretrainedModel", "name")),
        ("Dataset", ("trainingWorkers", EACH, "dataset", "name")),
        ("Secret", ("transmitter", "s3", "credentialName")),
    ),
    "IncrementalLearningJob": (
        ("Dataset", ("dataset", "name")),
        ("Model", ("initialModel", "name")),
        ("Model", ("deploySpec", "model", "name")),
        ("Model", ("evalSpec", "initialEvalModel", "name")),
        ("Secret", ("credentialName",)),
    ),
    "LifelongLearningJob": (("Dataset", ("dataset", "name")), ("Secret", ("credentialName",))),
    "FeatureExtractionService": (("Model", ("model", "name")),),
    "VideoAnalyticsJob": (("Model", ("model", "name")),),
    "Model": (("Secret", ("credentialName",)),),
    "Dataset": (("Secret", ("credentialName",)),),
}
"""By kind: the kind of object that a name means, and the path of the name below spec."""


def names_in(workload: Workload) -> Iterator[tuple[str, tuple[Any, ...], str]]:
    """Give every name that a workload refers to something by: the kind it means, its place, the name."""
    for kind, steps in REFERENCES.get(workload.kind, ()):
        for path, value in values_at(workload.spec, steps, ("spec",)):
            if isinstance(value, str):
                yield kind, path, value
