"""A scale decision for a person: what will happen, each step, what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sednactl.render.columns import age, printable
from sednactl.render.fitting import broken, fitted
from sednactl.scaling.explanation import Explanation
from sednactl.scaling.steps import changed_replicas


def document(explanations: Sequence[Explanation]) -> dict[str, Any]:
    """Give the one decision there is, else a ScaleDecisionList."""
    if len(explanations) == 1:
        return explanations[0].as_json()
    items = [one.as_json() for one in explanations]
    return {"apiVersion": "sednactl.io/v1", "kind": "ScaleDecisionList", "items": items}


def text(explanations: Sequence[Explanation], room: int | None = None) -> str:
    """Write decisions one after the other; `room` tells how wide a line may be, in cells."""
    return "\n".join(_decision(one, room) for one in explanations)


def _decision(one: Explanation, room: int | None) -> str:
    decision = one.decision
    about = f"{one.side} side of {one.namespace}/{one.service}" if one.service else f"{one.target}"
    count = (
        f"{decision.current} -> {decision.desired}" if decision.rescale else f"stays at {decision.current}"
    )
    lines = [printable(f"{decision.hpa} ({about}): {count}"), ""]
    rows = [(step.step, changed_replicas(step), step.because) for step in one.steps]
    lines.append(fitted(("STEP", "REPLICAS", "BECAUSE"), rows, room, under=True))
    waits = decision.next_scale_down
    if waits is not None:
        sure = (
            "Earliest next scale-down"
            if one.history == "whole"
            else "Earliest next scale-down, as far as known,"
        )
        when = "at the next sync" if waits < 1 else f"in {age(waits)}"
        lines.append(f"{sure} {when}, if the readings stay as they are.\n")
    for condition in decision.conditions:
        words = f"{condition.get('type')}={condition.get('status')} {condition.get('reason')}"
        lines.append(printable(f"{words}: {condition.get('message')}"))
    lines += [printable(f"Not certain: {doubt}.") for doubt in one.doubts]
    whole = "\n".join(lines).split("\n")
    return "\n".join(part for line in whole for part in broken(line, room, "  ")) + "\n"
