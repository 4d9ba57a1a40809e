"""How definitions differ from a release's, and what a change of them would do, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sednactl.render.columns import columns, printable

if TYPE_CHECKING:
    from sednactl.lifecycle.crd_changing import Action
    from sednactl.lifecycle.crd_losses import KindHarm
    from sednactl.lifecycle.crd_survey import Definitions
    from sednactl.validation.crd_state import DefinitionState
    from sednactl.validation.schema_difference import FieldChange

Json = dict[str, Any]
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_FEW, _SOME = 4, 12
"""Lines of a kind's differences that are written out: in pod templates, which are Kubernetes' own, and elsewhere."""
_NAMES = 3
_TEMPLATE = ".template."


def difference_text(found: Definitions, *, wide: bool = False) -> str:
    """Write a table of all kinds, then what the release would change in those that differ."""
    release = str(found.release)
    rows = [(state.name, state.state, ", ".join(state.series)) for state in found.states]
    text = columns(("CRD", f"BESIDE {release}", "AS IN SEDNA"), rows)
    for state in found.states:
        if state.changes:
            text += "\n" + _changes_text(state, release, wide=wide)
    return text


def remarks_of(found: Definitions) -> list[str]:
    """Give what is worth knowing beside the differences, a line each."""
    said = [f"{state.name}: {remark}" for state in found.states for remark in state.remarks]
    if found.gap:
        said.append(found.gap)
    return [*said, *found.notes]


def _changes_text(state: DefinitionState, release: str, *, wide: bool) -> str:
    was = f"as in {state.series[-1]}" if state.series else "as in no release"
    text = printable(f"{state.name} is {was}; {release} {_counted(state.changes)}:") + "\n"
    own = [change for change in state.changes if not _in_template(change)]
    pods = [change for change in state.changes if _in_template(change)]
    lines = _grouped(own)
    folded = _grouped(pods)
    if len(folded) > _FEW and not wide:
        folded = [f"in pod templates it {_counted(pods)}"]
    lines = lines if wide or len(lines) <= _SOME else [*lines[:_SOME], f"… and {len(lines) - _SOME} more"]
    cut = len(lines) > _SOME or (pods and len(folded) == 1 and len(pods) > _FEW and not wide)
    text += "".join(f"  {printable(line)}\n" for line in (*lines, *folded))
    return text + ("  (-o wide shows all)\n" if cut and not wide else "")


def _counted(changes: Sequence[FieldChange]) -> str:
    """Write what a release does to fields: `adds 3 fields, changes 1`."""
    count: Counter[str] = Counter(change.change for change in changes)
    said = [
        f"{verb} {count[kind]}"
        for kind, verb in (("added", "adds"), ("removed", "removes"), ("changed", "changes"))
        if count[kind]
    ]
    first = said[0] if said else "changes 0"
    number = first.rpartition(" ")[2]
    return ", ".join([f"{first} field{'' if number == '1' else 's'}", *said[1:]])


def _in_template(change: FieldChange) -> bool:
    return _TEMPLATE in change.path


def _grouped(changes: Sequence[FieldChange]) -> list[str]:
    """Write a line a change; the same one in several pod templates takes one line."""
    places: Counter[tuple[str, str, str]] = Counter()
    for change in changes:
        _, template, rest = change.path.partition(_TEMPLATE)
        path = f"{_TEMPLATE}{rest}".strip(".") if template else change.path
        places[path, _SIGNS[change.change], change.detail] += 1
    return [
        f"{sign} {path}{f': {detail}' if detail else ''}{f'   (in {count} places)' if count > 1 else ''}"
        for (path, sign, detail), count in places.items()
    ]


def difference_report(found: Definitions) -> Json:
    """Give a CrdReport: every kind's state and every change by path."""
    return {
        "apiVersion": "sednactl.io/v1",
        "kind": "CrdReport",
        "release": str(found.release),
        "differs": found.differs,
        "manager": None
        if found.manager is None
        else {
            "image": found.manager.image,
            "release": None if found.manager.release is None else str(found.manager.release),
        },
        "gap": found.gap or None,
        "notes": list(found.notes),
        "definitions": [_state_json(state) for state in found.states],
    }


def _state_json(state: DefinitionState) -> Json:
    return {
        "name": state.name,
        "kind": state.kind,
        "state": state.state,
        "asIn": list(state.series),
        "storedVersions": list(state.stored),
        "remarks": list(state.remarks),
        "changes": [
            {"path": one.path, "change": one.change, "detail": one.detail or None} for one in state.changes
        ],
    }


def preview_text(steps: Sequence[tuple[DefinitionState, Action, KindHarm]], release: str) -> str:
    """Write what each change is, and below what it would do to which existing objects."""
    rows = []
    for state, action, harm in steps:
        was = state.series[-1] if state.series else "no release's"
        word = "DOWNGRADE" if action == "downgrade" else action
        unknown = "?" if harm.unread else ""
        rows.append(
            (
                state.name,
                f"{word} {was} → {release}",
                unknown or str(harm.objects),
                unknown or str(harm.harmed),
            )
        )
    text = columns(("CRD", "CHANGE", "OBJECTS", "HARMED"), rows) if rows else ""
    return text + "".join(_harm_text(harm) for _, _, harm in steps)


def _harm_text(harm: KindHarm) -> str:
    if harm.unread:
        return f"\nWhat {harm.kind}s would lose is not known: {printable(harm.unread)}\n"
    if not harm.harmed:
        return ""
    text = f"\n{harm.kind}: {harm.harmed} of {harm.objects} would be harmed\n"
    for place, count in harm.lost.most_common(_SOME):
        text += _harm_line("loses", place, count, harm)
    for place, count in harm.refused.most_common(_SOME):
        text += _harm_line("is invalid in", place, count, harm)
    more = max(0, len(harm.lost) - _SOME) + max(0, len(harm.refused) - _SOME)
    return text + (f"  … and {more} more fields; -o json shows all\n" if more else "")


def _harm_line(word: str, place: str, count: int, harm: KindHarm) -> str:
    concerned = [one for one in harm.named if place in one.places]
    names = ", ".join(f"{one.namespace}/{one.name}" for one in concerned[:_NAMES])
    more = f" and {count - min(_NAMES, len(concerned))} more" if count > min(_NAMES, len(concerned)) else ""
    return printable(f"  {word} {place}: {names}{more}") + "\n"


def changes_report(
    release: str, dry_run: str, outcomes: Sequence[tuple[DefinitionState, str, KindHarm | None]]
) -> Json:
    """Give a CrdChanges: what was done to each kind's definition, and what that does to its objects."""
    return {
        "apiVersion": "sednactl.io/v1",
        "kind": "CrdChanges",
        "release": release,
        "dryRun": None if dry_run == "none" else dry_run,
        "definitions": [
            {
                "name": state.name,
                "kind": state.kind,
                "state": state.state,
                "asIn": list(state.series),
                "action": action,
                "objects": None if harm is None else _harm_json(harm),
            }
            for state, action, harm in outcomes
        ],
    }


def _harm_json(harm: KindHarm) -> Json:
    return {
        "seen": harm.objects,
        "harmed": harm.harmed,
        "unread": harm.unread or None,
        "lost": [{"path": place, "objects": count} for place, count in harm.lost.most_common()],
        "refused": [{"path": place, "objects": count} for place, count in harm.refused.most_common()],
        "named": [
            {
                "namespace": one.namespace,
                "name": one.name,
                "lost": list(one.lost),
                "refused": list(one.refused),
            }
            for one in harm.named
        ],
    }
