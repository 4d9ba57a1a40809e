"""What each kind refers to by name, as data: models, datasets and secrets, and what their absence does.

All references stay within the namespace, and nothing keeps what is referred to from being deleted.

Source: the controllers of Sedna's Global Manager 0.7.
"""

from __future__ import annotations

import functools
from typing import Literal

from sednactl.records import Record
from sednactl.sedna.kinds import (
    DATASET,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    MODEL,
    SEDNA_KINDS,
    VIDEO_ANALYTICS,
    SednaKind,
)
from sednactl.sedna.resources import SECRET, Resource

EACH = "[]"
"""Stands for every entry of a list in the steps of a path."""

WhenMissing = Literal["fails", "waits", "ignored", "no credentials", "no workers"]
"""`fails`: the workload ends as Failed for good; `waits`: Sedna tries again until it is there; `ignored`:
the pods start without it, and nothing says so; `no credentials`: the pods start without credentials; `no workers`: no pod is made, and when it is there later only
one of them, as the Service that the first try left stands in the way of the others."""


class ReferringField(Record):
    """A field that names another object: what it names, its steps below spec, what happens when that is missing."""

    resource: Resource
    steps: tuple[str, ...]
    when_missing: WhenMissing


_MODEL, _DATASET = MODEL.resource, DATASET.resource
_CREDENTIAL = ReferringField(SECRET, ("credentialName",), "no credentials")

REFERENCES: dict[str, tuple[ReferringField, ...]] = {
    JOINT_INFERENCE.kind: (
        ReferringField(_MODEL, ("cloudWorker", "model", "name"), "fails"),
        ReferringField(_MODEL, ("edgeWorker", "model", "name"), "fails"),
    ),
    FEDERATED_LEARNING.kind: (
        ReferringField(_MODEL, ("aggregationWorker", "model", "name"), "ignored"),
        ReferringField(_MODEL, ("pretrainedModel", "name"), "ignored"),
        ReferringField(_DATASET, ("trainingWorkers", EACH, "dataset", "name"), "ignored"),
        ReferringField(SECRET, ("transmitter", "s3", "credentialName"), "no workers"),
    ),
    INCREMENTAL_LEARNING.kind: (
        ReferringField(_DATASET, ("dataset", "name"), "waits"),
        ReferringField(_MODEL, ("initialModel", "name"), "waits"),
        ReferringField(_MODEL, ("deploySpec", "model", "name"), "waits"),
        ReferringField(_MODEL, ("evalSpec", "initialEvalModel", "name"), "waits"),
        _CREDENTIAL,
    ),
    LIFELONG_LEARNING.kind: (ReferringField(_DATASET, ("dataset", "name"), "waits"), _CREDENTIAL),
    FEATURE_EXTRACTION.kind: (ReferringField(_MODEL, ("model", "name"), "fails"),),
    VIDEO_ANALYTICS.kind: (ReferringField(_MODEL, ("model", "name"), "ignored"),),
    MODEL.kind: (_CREDENTIAL,),
    DATASET.kind: (_CREDENTIAL,),
}
"""By kind of the object that refers, in the order of its manifest."""


def kinds_that_name(resource: Resource) -> tuple[SednaKind, ...]:
    """Give the kinds that have a field which names an object of this resource."""
    return tuple(
        kind
        for kind in SEDNA_KINDS
        if any(field.resource == resource for field in REFERENCES.get(kind.kind, ()))
    )


@functools.cache
def when_missing(referrer: str, named: str) -> WhenMissing | None:
    """Give what the absence of a `named` kind does to a `referrer` kind; None where it names none."""
    fields = REFERENCES.get(referrer, ())
    return next((field.when_missing for field in fields if field.resource.kind == named), None)
