"""What `cleanup undo` put back, on a screen and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sednactl.render.fitting import fitted

if TYPE_CHECKING:
    from sednactl.lifecycle.bundle import Bundle
    from sednactl.lifecycle.undo import Undoing


def restore_data(bundle: Bundle, done: Undoing) -> dict[str, Any]:
    """Give the result for programs."""
    return {
        "apiVersion": "sednactl.io/v1",
        "kind": "RestoreReport",
        "bundle": str(bundle.path),
        "torn": bundle.torn,
        "stopped": done.stopped.message if done.stopped else None,
        "objects": [
            {
                "kind": one.kind,
                "namespace": one.namespace,
                "name": one.name,
                "uid": one.uid,
                "newUid": one.new_uid or None,
                "result": one.result,
                "detail": one.detail or None,
                "changes": list(one.changes),
            }
            for one in done.objects
        ],
    }


def restore_table(done: Undoing, room: int | None = None) -> str:
    """Give a row for each object of the bundle that had been deleted; `room` tells how wide a line may be."""
    rows = [
        (
            one.result,
            one.namespace,
            f"{one.kind}/{one.name}",
            "; ".join((*one.changes, one.detail)).strip("; "),
        )
        for one in done.objects
    ]
    return fitted(("RESULT", "NAMESPACE", "OBJECT", "REMARK"), rows, room, under=True) if rows else ""


def restore_summary(done: Undoing, total: int) -> str:
    """Give what it amounts to in one line, for standard error."""
    counts: dict[str, int] = {}
    for one in done.objects:
        counts[one.result] = counts.get(one.result, 0) + 1
    words = {
        "restored": "put back",
        "would restore": "would be put back",
        "exists": "already there",
        "failed": "failed",
    }
    parts = [f"{counts[result]} {text}" for result, text in words.items() if counts.get(result)]
    if len(done.objects) < total:
        parts.append(f"{total - len(done.objects)} not come to")
    return (", ".join(parts) or "nothing to put back: nothing had been deleted") + "."
