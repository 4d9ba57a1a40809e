"""Why a side has the number of replicas it has, in plain words.

The reasons are those the HorizontalPodAutoscaler controller of Kubernetes 1.30
to 1.32 writes into an autoscaler's conditions. `code` is stable for scripts,
`words` fits a table's cell, `why` is a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sednactl.records import Record


class Limit(Record):
    """What holds a side's replicas where they are; `trouble` asks for a person's attention."""

    code: str
    words: str
    why: str
    trouble: bool = False


FIXED = Limit(
    "fixed", "fixed, no autoscaler", "No autoscaler acts on this side: its replicas stay as they are."
)

BEING_MADE = Limit("being made", "being made", "The service is new; Sedna is still making this side.")

_SCALING_ACTIVE_FALSE = {
    "ScalingDisabled": (
        "switched off",
        "off: scaled to 0",
        "Autoscaling is off while the Deployment is scaled to 0.",
    ),
    "AmbiguousSelector": (
        "ambiguous",
        "several autoscalers",
        "Another autoscaler counts the same pods, so neither acts.",
    ),
    "InvalidSelector": ("cannot scale", "bad selector", "The Deployment's selector cannot be used."),
    "InvalidMetricSourceType": (
        "cannot scale",
        "bad metric type",
        "A metric has a type that Kubernetes does not know.",
    ),
}
_SCALING_LIMITED = {
    "TooManyReplicas": (
        "at max",
        "at max, needs more",
        "The load asks for more replicas than max allows.",
        True,
    ),
    "TooFewReplicas": ("at min", "at min", "The load asks for fewer replicas than min allows.", False),
    "ScaleUpLimit": (
        "rate limited up",
        "growing at full rate",
        "The load asks for more replicas at once than the scale-up policy allows.",
        False,
    ),
    "ScaleDownLimit": (
        "rate limited down",
        "shrinking at full rate",
        "The load asks to drop more replicas at once than the scale-down policy allows.",
        False,
    ),
}
_STABILIZED = {
    "ScaleDownStabilized": (
        "scale-down delayed",
        "waits to scale down",
        "A recent reading asked for more replicas; the scale-down window must pass first.",
    ),
    "ScaleUpStabilized": (
        "scale-up delayed",
        "waits to scale up",
        "A recent reading asked for fewer replicas; the scale-up window must pass first.",
    ),
}
_METRIC_CAUSES = (
    ("missing request for", "no request set"),
    ("could not find the requested resource", "no metrics API"),
    ("no metrics returned", "none measured yet"),
    ("did not receive metrics for", "none measured yet"),
    ("no running pods", "no running pods"),
    ("no custom metrics API", "no metrics API"),
    ("no external metrics API", "no metrics API"),
    ("is currently unable to handle", "metrics API is down"),
    ("forbidden", "metrics API forbids it"),
)


def limit_of(conditions: Iterable[Mapping[str, Any]]) -> Limit | None:
    """Read an autoscaler's conditions; None when nothing but its metrics decides.

    What keeps it from acting at all comes first, then its bounds, then its pace.
    """
    by_type = {str(condition.get("type")): condition for condition in conditions}
    able, active, limited = (
        by_type.get(name, {}) for name in ("AbleToScale", "ScalingActive", "ScalingLimited")
    )
    if not by_type:
        return Limit(
            "not evaluated", "not evaluated yet", "The autoscaler controller has not looked at it yet."
        )
    if able.get("status") == "False":
        return _unable(able)
    if active.get("status") == "False":
        return _inactive(active)
    if limited.get("status") == "True" and limited.get("reason") in _SCALING_LIMITED:
        code, words, why, trouble = _SCALING_LIMITED[str(limited["reason"])]
        # At min and waiting: what it waits for is the news.
        if code != "at min" or able.get("reason") not in _STABILIZED:
            return Limit(code, words, why, trouble)
    if able.get("reason") in _STABILIZED:
        return Limit(*_STABILIZED[str(able["reason"])])
    return None


def _unable(condition: Mapping[str, Any]) -> Limit:
    reason, message = str(condition.get("reason", "")), str(condition.get("message", ""))
    if reason == "FailedGetScale":
        return Limit(
            "no target", "nothing to scale", f"The autoscaler finds nothing to scale: {message}", True
        )
    return Limit("cannot scale", "cannot scale", f"The autoscaler cannot scale ({reason}): {message}", True)


def _inactive(condition: Mapping[str, Any]) -> Limit:
    reason, message = str(condition.get("reason", "")), str(condition.get("message", ""))
    known = _SCALING_ACTIVE_FALSE.get(reason)
    if known is not None:
        code, words, why = known
        return Limit(code, words, f"{why} {message}".strip(), trouble=reason != "ScalingDisabled")
    cause = next((words for sign, words in _METRIC_CAUSES if sign in message), "")
    words = f"metrics unknown: {cause}" if cause else "metrics unknown"
    return Limit("metrics unknown", words, f"Metrics are unknown ({reason}): {message}", trouble=True)
