"""Ghost instances on a screen and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sednactl.lifecycle.ghost_evidence import BEFORE_0_7, IN_SERVICE, SURPLUS_POD, TOO_YOUNG, called
from sednactl.render.columns import age, columns, printable
from sednactl.render.columns import width as cells
from sednactl.sedna.resources import CHILD_RESOURCES, HPA, POD

if TYPE_CHECKING:
    from sednactl.lifecycle.ghost_report import GhostReport
    from sednactl.lifecycle.ghost_returns import Remaining
    from sednactl.lifecycle.ghosts import Ghost

_LIVES = (BEFORE_0_7, SURPLUS_POD)
_FULL_NAMES = {
    resource.kind: resource.kind.lower() + (f".{resource.group}" if resource.group else "")
    for resource in CHILD_RESOURCES
}


def ghost_data(report: GhostReport) -> dict[str, Any]:
    """Give the report as the command-line contract spells it."""
    data: dict[str, Any] = {
        "apiVersion": "sednactl.io/v1",
        "kind": "GhostReport",
        "scanned": dict(report.scan.scanned),
        "ghosts": [_ghost_data(ghost, report) for ghost in report.scan.ghosts],
        "unknown": [
            {"kind": kind or None, "objects": count, "reason": _why_unjudged(report, kind)}
            for kind, count in sorted(report.scan.unjudged.items())
        ]
        + [
            {"kind": kind, "objects": None, "reason": reason}
            for kind, reason in sorted(report.scan.blind.items())
        ],
    }
    if report.done is not None:
        data["bundle"] = str(report.done.bundle) if report.done.bundle else None
        data["stopped"] = report.done.stopped.message if report.done.stopped else None
        data["remaining"] = [_remaining_data(one) for one in report.remaining]
    return data


def _ghost_data(ghost: Ghost, report: GhostReport) -> dict[str, Any]:
    outcome = report.outcome(ghost)
    return {
        "kind": ghost.kind,
        "namespace": ghost.namespace,
        "name": ghost.name,
        "uid": ghost.uid,
        "age": ghost.age,
        "workload": {"kind": ghost.workload.kind, "name": ghost.workload.name, "uid": ghost.workload.uid},
        "cause": ghost.cause,
        "evidence": ghost.evidence,
        "action": ghost.action,
        "result": outcome.result if outcome else None,
        "detail": (outcome.detail if outcome else "") or None,
        "verdict": ghost.verdict,
        "keptBecause": ghost.kept_because or None,
        "mend": ghost.mend or None,
        "carries": dict(ghost.carries),
        "blocks": ghost.blocks,
    }


def _remaining_data(one: Remaining) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "namespace": one.namespace,
        "name": one.name,
        "uid": one.uid,
        "cause": one.cause,
        "evidence": one.evidence,
    }


def ghost_names(report: GhostReport) -> str:
    """Give what is to be deleted as kubectl's -o name does, one a line."""
    return "".join(f"{_FULL_NAMES[ghost.kind]}/{printable(ghost.name)}\n" for ghost in report.doomed())


def ghost_rows(report: GhostReport) -> str:
    """Give everything about each object in one row, for wide screens and for grep."""
    heads = (
        "NAMESPACE",
        "OBJECT",
        "UID",
        "AGE",
        "FORMER WORKLOAD",
        "WORKLOAD UID",
        "CAUSE",
        "ACTION",
        "EVIDENCE",
    )
    return columns(heads, [_row(ghost, report) for ghost in report.scan.ghosts]) if report.scan.ghosts else ""


def _row(ghost: Ghost, report: GhostReport) -> tuple[str, ...]:
    return (
        ghost.namespace,
        f"{ghost.kind}/{ghost.name}",
        ghost.uid,
        age(ghost.age),
        f"{ghost.workload.kind}/{ghost.workload.name}",
        ghost.workload.uid,
        ghost.cause,
        _action(ghost, report),
        " ".join([*_evidence(ghost, report), *([f"To mend it, {ghost.mend}."] if ghost.mend else [])]),
    )


def ghost_table(report: GhostReport, width: int, *, fitted: bool = False) -> str:
    """Group what was found by former workload; each sentence of evidence stands under the objects it is about.

    `width` is where sentences are wrapped, in cells. With `fitted` rows keep to it,
    too: where one does not fit, all objects stand on lines of their own. What can
    be done by hand closes a group.
    """
    groups = _groups(report.scan.ghosts)
    if not groups:
        return ""
    lines = _lines([ghost for members in groups for ghost in members], report, width if fitted else None)
    out = next(lines)
    for members in groups:
        out += ["", *_wrapped([_heading(members, report)], width, indent="", then="  ")]
        said: set[str] = set()
        for index, ghost in enumerate(members):
            out += next(lines)
            words = _evidence(ghost, report)
            if index + 1 == len(members) or _evidence(members[index + 1], report) != words:
                out += _wrapped([word for word in words if word not in said], width)
                said.update(words)
        mends = dict.fromkeys(ghost.mend for ghost in members if ghost.mend)
        out += _wrapped([f"To mend it, {mend}." for mend in mends], width, indent="  ")
    return "\n".join(out) + "\n"


def _lines(ghosts: Sequence[Ghost], report: GhostReport, width: int | None) -> Iterator[list[str]]:
    """Give the lines of the heads, then those of each ghost, within `width` if there is one."""
    heads = ("ACTION", "OBJECT", "AGE", "WHY")
    rows = [(_action(ghost, report), _object(ghost), age(ghost.age), _code(ghost)) for ghost in ghosts]
    lines = columns(heads, rows).splitlines()
    if width is None or all(cells(line) + 2 <= width for line in lines):
        yield from (["  " + line] for line in lines)
        return
    objects = [heads[1], *(row[1] for row in rows)]
    rest = columns((heads[0], *heads[2:]), [(row[0], *row[2:]) for row in rows]).splitlines()
    for line, one in zip(rest, objects, strict=True):
        yield ["  " + line, *_wrapped([one], width, indent="    ")]


def _groups(ghosts: Sequence[Ghost]) -> list[list[Ghost]]:
    # Not only neighbours belong together: a bundle holds them in the order of deletion.
    families: dict[tuple[object, ...], list[Ghost]] = {}
    for ghost in ghosts:
        families.setdefault((ghost.namespace, ghost.workload, ghost.cause in _LIVES), []).append(ghost)
    return list(families.values())


def remaining_table(remaining: Sequence[Remaining], width: int) -> str:
    """Say what was still there after the clean-up, each with its cause."""
    if not remaining:
        return ""
    out = ["", "Still there:"]
    for one in remaining:
        what = f"{one.cause}   {one.namespace}: {one.kind}/{one.name}"
        out += _wrapped([what], width, indent="  ", then="    ")
        out += _wrapped([one.evidence], width)
    return "\n".join(out) + "\n"


def summary(report: GhostReport, scope: str) -> list[str]:
    """Give what it amounts to, in a line or two, for standard error."""
    scan = report.scan
    objects = sum(scan.scanned.values())
    looked = f"; {objects} object{'s' * (objects != 1)} looked at {scope}" if objects else ""
    if not scan.ghosts:
        return [f"No ghost instances{looked}."]
    doomed = report.doomed()
    kept = [ghost for ghost in scan.ghosts if ghost.action == "keep"]
    by_hand = sum(ghost.verdict == "ghost" for ghost in kept)
    too_young = sum(ghost.kept_because == TOO_YOUNG for ghost in kept)
    no_ghosts = len(kept) - by_hand - too_young
    if report.done is None or not doomed:
        parts = [f"{len(doomed)} to delete"] if doomed else []
        unchanged = " Nothing was changed."
    else:
        parts = _deeds(report)
        unchanged = ""
    parts += [f"{by_hand} to be seen to by hand"] if by_hand else []
    parts += [f"{too_young} too young to be judged (--older-than 0s judges all)"] if too_young else []
    parts += [f"{no_ghosts} that only look{'s' if no_ghosts == 1 else ''} like a ghost"] if no_ghosts else []
    return [f"{', '.join(parts)}{looked}.{unchanged}"]


def _deeds(report: GhostReport) -> list[str]:
    outcomes = [report.outcome(ghost) for ghost in report.doomed()]
    results = [one.result for one in outcomes if one is not None]
    words = {"deleted": "deleted", "kept": "kept after all", "failed": "failed"}
    parts = [
        f"{results.count(result)} {word}"  # type: ignore[arg-type]
        for result, word in words.items()
        if result == "deleted" or result in results
    ]
    parts += [f"{outcomes.count(None)} not come to"] if None in outcomes else []
    parts += [f"{len(report.remaining)} still there or back"] if report.remaining else []
    return parts


def unknown_lines(report: GhostReport) -> list[str]:
    """Say what could not be looked at, a line each."""
    lines = []
    for kind, count in sorted(report.scan.unjudged.items()):
        objects = "1 object" if count == 1 else f"{count} objects"
        lines.append(f"{objects} of {kind or 'unknown workloads'} not judged: {_why_unjudged(report, kind)}")
    lines += [f"{kind}s not looked at: {reason}" for kind, reason in sorted(report.scan.blind.items())]
    return lines


def _why_unjudged(report: GhostReport, kind: str) -> str:
    return (
        report.scan.unreadable.get(kind)
        or "their labels or owner references name a kind this program does not know"
    )


def _heading(members: Sequence[Ghost], report: GhostReport) -> str:
    ghost = members[0]
    whose = f"{ghost.namespace}: {called(ghost.workload)}"
    if ghost.cause in _LIVES:
        return f"{whose} lives"
    blocking = any(one.blocks and one.verdict == "ghost" and not _deleted(one, report) for one in members)
    return f"{whose} is gone" + ("; what it left stops a new one of that name" if blocking else "")


def _action(ghost: Ghost, report: GhostReport) -> str:
    outcome = report.outcome(ghost)
    return outcome.result if outcome else ghost.action


def _deleted(ghost: Ghost, report: GhostReport) -> bool:
    outcome = report.outcome(ghost)
    return outcome is not None and outcome.result == "deleted"


def _code(ghost: Ghost) -> str:
    return ghost.cause if ghost.kept_because in ("", IN_SERVICE) else ghost.kept_because


def _object(ghost: Ghost) -> str:
    kind = "HPA" if ghost.kind == HPA.kind else ghost.kind
    pods = ghost.carries.get(POD.kind, 0)
    return f"{kind}/{ghost.name}" + (f" +{pods} Pod{'s' if pods > 1 else ''}" if pods else "")


def _evidence(ghost: Ghost, report: GhostReport) -> list[str]:
    outcome = report.outcome(ghost)
    words = [] if _deleted(ghost, report) else [ghost.evidence]  # why it had to go was said before
    if outcome is not None and outcome.detail:
        words.append(f"{outcome.result.capitalize()}: {outcome.detail}.")
    return words


def _wrapped(
    sentences: Sequence[str], width: int, *, indent: str = "      ", then: str | None = None
) -> Iterator[str]:
    import textwrap

    for sentence in sentences:
        yield from textwrap.wrap(
            printable(sentence),
            max(40, width),
            initial_indent=indent,
            subsequent_indent=indent if then is None else then,
            break_on_hyphens=False,
            break_long_words=False,
        )
