"""Kinds and paths that nearly every document has, by number: the same ones in every process, so that they can be sent."""

from __future__ import annotations

from typing import Any, Final

from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.referring import EACH, REFERENCES

_BESIDE: Final = (
    *("ConfigMap", "CronJob", "DaemonSet", "Deployment", "HorizontalPodAutoscaler", "Ingress", "Job"),
    *(
        "LimitRange",
        "Namespace",
        "Node",
        "PersistentVolumeClaim",
        "Pod",
        "ResourceQuota",
        "Role",
        "RoleBinding",
    ),
    *("Secret", "Service", "ServiceAccount", "StatefulSet"),
)
_WORKERS: Final = (
    *((), ("edgeWorker",), ("cloudWorker",), ("aggregationWorker",), ("trainingWorkers", EACH)),
    *(
        ("trainSpec",),
        ("evalSpec",),
        ("deploySpec",),
        ("userWorker",),
        ("reidWorkers",),
        ("trackingWorkers",),
    ),
)
"""Where workers stand below spec."""


def _usual() -> list[Any]:
    pods = [("spec", *worker, "template", "spec") for worker in _WORKERS]
    fields = [("spec", *field.steps) for fields in REFERENCES.values() for field in fields]
    return [*dict.fromkeys([*BY_KIND, *_BESIDE, *fields, *pods, *[(*pod, "nodeName") for pod in pods]])]


_WORDS: Final = _usual()
_NUMBERS: Final = {word: number for number, word in enumerate(_WORDS)}


def short(word: Any) -> Any:
    """Give a kind, or a path that begins with a name, as it is kept: by number, one through a list by number and place.

    What is not usual comes back as it is.
    """
    number = _NUMBERS.get(word)
    if number is not None:
        return number
    if type(word) is tuple:
        for at, step in enumerate(word):
            if type(step) is int:
                number = _NUMBERS.get((*word[:at], EACH, *word[at + 1 :]))
                return word if number is None else (number, step)
    return word


def long(kept: Any) -> Any:
    """Give back what `short` was given."""
    if type(kept) is int:
        return _WORDS[kept]
    if type(kept) is tuple and len(kept) == 2 and type(kept[0]) is int:
        number, index = kept
        return tuple([index if step == EACH else step for step in _WORDS[number]])
    return kept
