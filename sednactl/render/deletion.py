"""What a deletion shows: the cascade beforehand, the lines as things go, what was left and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sednactl.render.columns import printable

if TYPE_CHECKING:
    from sednactl.lifecycle.cascade import Foretold
    from sednactl.lifecycle.deletion import Deletion, Plan
    from sednactl.lifecycle.leftovers import Leftover

MOST_LINES = 40
"""Foretold objects that are written out; more are counted."""


def plan_text(plan: Plan) -> str:
    """Write what would be deleted, what goes with it, and what would stay."""
    text = ""
    for cascade in plan.cascades:
        target = cascade.target
        where = f" in namespace {target.namespace}" if target.namespace else ""
        head = f"{target.kind} {target.name}{where}"
        children = cascade.goes[1:]
        text += printable(f"{head} goes" + (", and with it all it owns:" if children else ".")) + "\n"
        text += _indented("".join(f"{printable(line)}\n" for line in _nested(target, children)))
        if cascade.stays:
            text += "What is likely to stay:\n" + _indented(_leftovers(cascade.stays))
    notes = [*plan.notes, *(note for cascade in plan.cascades for note in cascade.notes)]
    return text + "".join(f"note: {printable(note)}\n" for note in dict.fromkeys(notes))


def _nested(target: Foretold, objects: Sequence[Foretold]) -> list[str]:
    """Write each object under its owner, which is why it goes."""
    below: dict[str, list[Foretold]] = {}
    for one in objects:
        below.setdefault(one.owner_uid, []).append(one)
    lines: list[str] = []
    waiting = [(one, 0) for one in reversed(below.get(target.uid, []))]
    while waiting:
        one, depth = waiting.pop()
        lines.append(f"{'  ' * depth}{one.kind} {one.name}")
        waiting += [(child, depth + 1) for child in reversed(below.get(one.uid, []))]
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"and {more} more"] if more > 0 else lines


def _leftovers(leftovers: Sequence[Leftover]) -> str:
    text = ""
    for one in leftovers:
        text += printable(f"{one.kind} {one.name}: {one.evidence} [{one.cause}]") + "\n"
        if one.mend:
            text += printable(f"  {one.mend}") + "\n"
    return text


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def deleted_lines(deletion: Deletion) -> str:
    """Write a line for each object that was asked to go, as kubectl does."""
    suffix = " (server dry run)" if deletion.dry_run else ""
    return "".join(
        printable(f'{_typed_name(one)} "{one.name}" deleted{suffix}') + "\n" for one in deletion.deleted
    )


def _typed_name(one: Foretold) -> str:
    group = one.api_version.rpartition("/")[0]
    return f"{one.kind.lower()}.{group}" if group else one.kind.lower()


def outcome_text(deletion: Deletion) -> str:
    """Write what a deletion came to: all gone as foretold, or what is left and why."""
    if not deletion.waited:
        return ""
    if not deletion.remaining:
        count = len(deletion.plan.foretold)
        return f"All {count} foretold objects are gone.\n" if count > 1 else ""
    count = len(deletion.remaining)
    return f"{count} object{'s are' if count > 1 else ' is'} left:\n" + _indented(
        _leftovers(deletion.remaining)
    )


def report_json(report: dict[str, Any]) -> str:
    """Write a report as JSON."""
    from sednactl.manifests.json_writing import json_text

    return json_text(report)
