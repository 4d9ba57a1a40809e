"""Why a side has the replicas it has: from its children and its autoscaler's conditions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sednactl.records import Record
from sednactl.scaling.children import Json, Origin, made_for_another, target_of
from sednactl.scaling.limits import BEING_MADE, FIXED, Limit, limit_of
from sednactl.scaling.metrics import ScaleMetric

NOT_READABLE = "not readable"
YOUTH = timedelta(seconds=10)
"""How long after its creation a service may lack children without that being worth a word."""


class Facts(Record):
    """What is known of one side: its children (the first of `hpas` is the one shown), readings and replicas.

    Children of the `unreadable` kinds could not be looked for.
    """

    workload: Json
    side: str
    deployment: Json | None
    hpas: Sequence[Json]
    origin: Origin | None
    target: str
    metrics: Sequence[ScaleMetric]
    replicas: int | None
    unreadable: Collection[str] = ()


def side_limit(facts: Facts, now: datetime) -> Limit | None:
    """Say what holds the side's replicas; None when its metrics alone decide."""
    target = facts.target
    if facts.deployment is None and facts.replicas is None and "Deployment" in facts.unreadable:
        if not facts.hpas:
            why = "Deployments may not be listed here, so the replicas are not known."
            return Limit(NOT_READABLE, "Deployments not readable", why, trouble=True)
    elif facts.deployment is None and facts.replicas is None:
        return _missing(facts, now, "no deployment", "no Deployment", f"There is no Deployment {target}.")
    if facts.deployment is not None and made_for_another(facts.deployment, _uid(facts)):
        return Limit(
            "ghost deployment",
            "Deployment is a ghost",
            f"Deployment {target} was made for a workload that is gone; "
            "'sednactl cleanup ghost-instances' shows it.",
            trouble=True,
        )
    if not facts.hpas:
        return _not_scaled(facts, now)
    hpa = facts.hpas[0]
    name = hpa["metadata"]["name"]
    if len(facts.hpas) > 1:
        others = ", ".join(other["metadata"]["name"] for other in facts.hpas[1:])
        return Limit(
            "several autoscalers",
            "several autoscalers",
            f"{name} and {others} scale the same Deployment.",
            True,
        )
    if facts.origin == "ghost":
        return Limit(
            "ghost autoscaler",
            "autoscaler is a ghost",
            f"{name} was made for a workload that is gone, and still scales this Deployment; "
            "'sednactl cleanup ghost-instances' shows it.",
            trouble=True,
        )
    if target_of(hpa) != target:
        return Limit(
            "no target", "scales something else", f"{name} scales {target_of(hpa)}, not {target}.", True
        )
    limit = limit_of(((hpa.get("status") or {}).get("conditions")) or ())
    unknown = [metric.name for metric in facts.metrics if metric.current is None]
    if limit is None and unknown and len(unknown) < len(facts.metrics):
        missing = ", ".join(unknown)
        why = f"No reading of {missing}; the other metrics decide."
        return Limit("metrics unknown", f"{missing} unknown", why, trouble=True)
    return limit


def _not_scaled(facts: Facts, now: datetime) -> Limit:
    worker: dict[str, Any] = ((facts.workload.get("spec") or {}).get(f"{facts.side}Worker")) or {}
    if not worker.get("hpa"):
        return FIXED
    if "HorizontalPodAutoscaler" in facts.unreadable:
        why = "Autoscalers may not be listed here, so what scales this side is not known."
        return Limit(NOT_READABLE, "autoscaler not readable", why, trouble=True)
    why = (
        f"The service asks for an autoscaler on its {facts.side} side and there is none; "
        "the Global Manager may lack the right to create it."
    )
    return _missing(facts, now, "no autoscaler", "autoscaler is missing", why)


def _missing(facts: Facts, now: datetime, code: str, words: str, why: str) -> Limit:
    said = _creation_error(facts.workload)
    if said:
        return Limit(code, words, f"{why} Sedna says: {said}", trouble=True)
    created = facts.workload["metadata"].get("creationTimestamp")
    if created and abs(now - datetime.fromisoformat(created.replace("Z", "+00:00"))) < YOUTH:
        return BEING_MADE
    return Limit(code, words, why, trouble=True)


def _creation_error(workload: Json) -> str:
    """Give the message of a failed creation; a failure with a reason is Sedna's unreliable guess about pods."""
    for condition in (workload.get("status") or {}).get("conditions") or ():
        if (
            condition.get("type") == "Failed"
            and condition.get("status") == "True"
            and not condition.get("reason")
        ):
            return str(condition.get("message", ""))
    return ""


def _uid(facts: Facts) -> str:
    return str(facts.workload["metadata"].get("uid", ""))
