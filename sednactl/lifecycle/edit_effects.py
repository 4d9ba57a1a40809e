"""What an edit of a workload does to what runs, said before anybody wonders.

Source: the update handlers of Sedna's Global Manager v0.7.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.sedna.kinds import (
    DATASET,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    JOINT_INFERENCE,
    MODEL,
    OBJECT_SEARCH,
    SednaKind,
)

Json = Mapping[str, Any]


def effects_of_edit(kind: SednaKind, before: Json, after: Json) -> tuple[str, ...]:
    """Give one sentence for each thing an edit from `before` to `after` will do, or fail to do."""
    if (before.get("spec") or {}) == (after.get("spec") or {}):
        return ()
    name = after["metadata"]["name"]
    if kind is JOINT_INFERENCE:
        return tuple(_of_joint_inference(before.get("spec") or {}, after.get("spec") or {}))
    if kind is FEDERATED_LEARNING:
        return (
            "Sedna 0.7 answers an edit by deleting and making pods anew, may hit the pods of another job of the "
            f"cluster and leave surplus ones: better 'sednactl delete fl {name}' and apply again",
        )
    if kind in (FEATURE_EXTRACTION, OBJECT_SEARCH):
        return (
            f"Sedna 0.7 does not carry this change to the pods that run: delete {name} and apply it again",
        )
    if kind in (MODEL, DATASET):
        return (
            f"running workers keep what they started with; a new {kind.kind} counts when pods are made anew",
        )
    return ()


def _of_joint_inference(before: Json, after: Json) -> Iterator[str]:
    for side in ("cloud", "edge"):
        old, new = before.get(f"{side}Worker") or {}, after.get(f"{side}Worker") or {}
        if old == new:
            continue
        was, is_now = old.get("hpa"), new.get("hpa")
        rest_same = {key: value for key, value in old.items() if key != "hpa"} == {
            key: value for key, value in new.items() if key != "hpa"
        }
        if rest_same:
            yield f"all {side} pods restart, one after the other: Sedna renders them anew even when only hpa changes"
        else:
            yield f"all {side} pods restart, one after the other, with the new settings"
        if was and not is_now:
            yield f"the {side} side loses its autoscaler and keeps the replicas it has at this moment"
