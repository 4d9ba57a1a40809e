"""The screen of `describe`: what is asked for, what is there, what Sedna says and what to make of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sednactl.lifecycle.description import CheckedReference, Description, SideDescription
from sednactl.lifecycle.ownership import seconds_since
from sednactl.lifecycle.state import STORED
from sednactl.render.columns import age, printable
from sednactl.render.events import event_table
from sednactl.render.fitting import broken, fitted
from sednactl.render.settings import settings_of
from sednactl.render.tree import branch_lines

Json = dict[str, Any]


def description_text(
    description: Description, now: datetime, *, unicode: bool = True, room: int | None = None
) -> str:
    """Write everything about one workload, the verdict first and the events last; `room` cells a line."""
    inner = None if room is None else room - 2
    text = _head(description, now, room)
    text += _section(
        "Diagnosis", (line for said in description.diagnosis for line in broken(f"- {said}", inner, "  "))
    )
    if settings := list(settings_of(description.family)):
        text += f"\nSettings\n{_pairs(settings, room, indent='  ')}"
    for side in description.sides:
        text += _section(side.spec.title, _side(description, side, inner))
    text += _section("References", _references(description.references, inner))
    text += _section("Used by", _users(description, inner))
    if description.tree:
        text += _section("Children", branch_lines(description.tree, unicode=unicode, room=inner))
    text += _section("Events", _events(description, now, inner))
    return text


def _head(description: Description, now: datetime, room: int | None) -> str:
    family, state = description.family, description.state
    meta = family.workload["metadata"]
    created = str(meta.get("creationTimestamp") or "")
    rows = [
        ("Name", family.name),
        ("Namespace", str(meta.get("namespace", ""))),
        ("Kind", family.kind.kind),
        ("UID", family.uid),
        ("Age", f"{age(seconds_since(created, now))} (since {created})" if created else "unknown"),
    ]
    labels = meta.get("labels") or {}
    if labels:
        rows.append(("Labels", ", ".join(f"{key}={value}" for key, value in sorted(labels.items()))))
    rows.append(("State", state.word))
    if state.claim.says:
        claim = state.claim.says + (f" ({state.claim.reason})" if state.claim.reason else "")
        rows.append(("Sedna says", claim + (f": {state.claim.message}" if state.claim.message else "")))
    elif state.word != STORED:
        rows.append(("Sedna says", "nothing"))
    spec = family.workload.get("spec") or {}
    rows += [(key, str(value)) for key, value in spec.items() if isinstance(value, (str, int, float))]
    if state.word == STORED:
        # What Sedna has found out about it: how many samples, when that was.
        status = family.workload.get("status") or {}
        rows += [(key, str(value)) for key, value in status.items() if isinstance(value, (str, int, float))]
    return _pairs(rows, room)


def _pairs(rows: list[tuple[str, str]], room: int | None, indent: str = "") -> str:
    return "".join(f"{line}\n" for line in _paired(rows, room, indent))


def _paired(rows: Sequence[tuple[str, str]], room: int | None, indent: str = "") -> Iterator[str]:
    """Put values under each other behind their names; one that is too long goes on below itself."""
    widest = max(len(name) for name, _ in rows) + 1
    for name, value in rows:
        line = f"{indent}{printable(f'{name}:' if name else '').ljust(widest)}  {printable(value)}"
        yield from broken(line, room, " " * (len(indent) + widest + 2))


def _section(title: str, lines: Iterator[str] | list[str] | Any) -> str:
    body = "".join(f"  {printable(line)}\n" for line in lines)
    return f"\n{title}\n{body}" if body else ""


def _side(description: Description, side: SideDescription, room: int | None) -> Iterator[str]:
    spec = side.spec
    present = {
        (one.reference.resource.kind, one.reference.name): one.present for one in description.references
    }
    rows = []
    if spec.model:
        rows.append(("Model", _with_presence(spec.model, present, "Model")))
    if spec.dataset:
        rows.append(("Dataset", _with_presence(spec.dataset, present, "Dataset")))
    images = [str(one.get("image") or "none") for one in spec.pod.get("containers") or ()]
    rows.append(("Image", ", ".join(images) or "none"))
    rows.append(("Node", _node(side)))
    count = description.state.replicas.get(spec.worker)
    if count is not None and count.ready is not None:
        alike = sum(other.spec.worker == spec.worker for other in description.sides)
        shared = f" (all {alike} together)" if alike > 1 else ""
        rows.append(("Replicas", f"{count.ready} ready of {count.desired}{shared}"))
    rows += _autoscaler(description, side)
    yield from _paired(rows, room)


def _with_presence(name: str, present: Mapping[tuple[str, str], bool | None], kind: str) -> str:
    there = present.get((kind, name))
    return name if there is None else f"{name} ({'present' if there else 'MISSING'})"


def _node(side: SideDescription) -> str:
    pod = side.spec.pod
    if side.node:
        if not side.node_known:
            return side.node
        words = {True: "Ready", False: "offline: not Ready", None: "no such node"}
        return f"{side.node} ({words[side.node_ready]})"
    selector = pod.get("nodeSelector") or {}
    chosen = ", ".join(f"{key}={value}" for key, value in selector.items())
    return f"any with {chosen}" if chosen else "any"


def _autoscaler(description: Description, side: SideDescription) -> Iterator[tuple[str, str]]:
    if "HorizontalPodAutoscaler" in description.family.unreadable:
        if side.spec.hpa:
            yield "Autoscaler", "? (may not be read)"
        return
    if side.hpa is None:
        if side.spec.hpa:
            yield "Autoscaler", "asked for, and NOT there"
        return
    from sednactl.render.scale_table import amount
    from sednactl.scaling.metrics import metrics_of

    spec = side.hpa.get("spec") or {}
    yield "Autoscaler", str(side.hpa["metadata"]["name"])
    yield (
        "",
        f"{spec.get('minReplicas', 1)} to {spec.get('maxReplicas')} replicas"
        + ("" if side.spec.hpa else ", though none is asked for"),
    )
    for metric in metrics_of(side.hpa):
        yield "", f"{metric.name} {amount(metric, metric.current)} of {amount(metric, metric.target)}"
    for condition in (side.hpa.get("status") or {}).get("conditions") or ():
        # ScalingLimited=False and the others =True are how things should be.
        good = (condition.get("status") == "False") == (condition.get("type") == "ScalingLimited")
        said = f"{condition.get('type')}={condition.get('status')} ({condition.get('reason')})"
        yield "", said if good else f"{said}: {condition.get('message')}"


def _references(references: tuple[CheckedReference, ...], room: int | None) -> Iterator[str]:
    rows = [
        (
            one.reference.resource.kind,
            one.reference.name,
            "present" if one.present else "unknown" if one.present is None else "MISSING",
            one.reference.path,
        )
        for one in references
    ]
    yield from fitted(("KIND", "NAME", "THERE", "USED AS"), rows, room).splitlines() if rows else ()


def _users(description: Description, room: int | None) -> Iterator[str]:
    usage, family = description.usage, description.family
    if usage is None:
        return
    users = usage.of(str(family.workload["metadata"].get("namespace", "")), family.name)
    if users:
        rows = [(one.kind.kind, one.name, one.path) for one in users]
        yield from fitted(("KIND", "NAME", "AS"), rows, room).splitlines()
    elif not usage.unreadable:
        yield "nothing in its namespace"
    if usage.unreadable:
        yield f"? ({', '.join(kind.plural for kind in usage.unreadable)} may not be listed)"


def _events(description: Description, now: datetime, room: int | None) -> Iterator[str]:
    yield from event_table(description.events, now, room=room).splitlines() if description.events else ()
