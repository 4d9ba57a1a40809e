"""The ownership tree of a workload as a person reads it: readiness at every object, broken links marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sednactl.lifecycle.ownership import Branch, Family, label_uid
from sednactl.lifecycle.pod_trouble import deployment_trouble, pod_phase, pod_ready, pod_trouble
from sednactl.lifecycle.service_state import replicas_of
from sednactl.lifecycle.state import WorkloadState
from sednactl.render.columns import printable
from sednactl.render.fitting import broken

Json = dict[str, Any]

_UNICODE = ("├─ ", "└─ ", "│  ", "   ")
_ASCII = ("|- ", "`- ", "|  ", "   ")


def tree_text(
    family: Family,
    state: WorkloadState,
    branches: Sequence[Branch],
    *,
    nodes: Mapping[str, bool | None] | None = None,
    unicode: bool = True,
    room: int | None = None,
) -> str:
    """Write the tree; what a workload owns first, then what merely looks like it.

    `room` tells how wide a line may be, in cells; what is longer goes on under its object.
    """
    lines = [f"{family.kind.kind} {family.name}   {state.word}"]
    lines += branch_lines(branches, nodes=nodes, unicode=unicode, room=room)
    if not branches:
        lines.append(f"   {_nothing(family)}")
    return "".join(f"{printable(line)}\n" for line in lines)


def _nothing(family: Family) -> str:
    if not family.kind.makes_children:
        return "makes no children"
    return "what it owns may not be read here" if family.unreadable else "owns nothing"


def branch_lines(
    branches: Sequence[Branch],
    *,
    nodes: Mapping[str, bool | None] | None = None,
    unicode: bool = True,
    room: int | None = None,
) -> list[str]:
    """Write the branches alone."""
    return list(_children(branches, "", _UNICODE if unicode else _ASCII, nodes or {}, room, top=True))


def _children(
    branches: Sequence[Branch],
    indent: str,
    marks: tuple[str, str, str, str],
    nodes: Mapping[str, bool | None],
    room: int | None,
    *,
    top: bool = False,
) -> Iterator[str]:
    shown = [branch for branch in branches if not _spent(branch)]
    spent = len(branches) - len(shown)
    for index, branch in enumerate(shown):
        last = index == len(shown) - 1 and not spent
        below = indent + (marks[3] if last else marks[2])
        line = f"{indent}{marks[1] if last else marks[0]}{_line(branch, nodes, _mark(branch) if top else '')}"
        yield from broken(line, room, below + (marks[2] if branch.branches else marks[3]))
        yield from _children(branch.branches, below, marks, nodes, room)
    if spent:
        yield f"{indent}{marks[1]}{spent} older ReplicaSet{'s' if spent > 1 else ''} without pods"


def _spent(branch: Branch) -> bool:
    item = branch.object
    return (
        item.get("kind") == "ReplicaSet"
        and not branch.branches
        and (item.get("spec") or {}).get("replicas") == 0
    )


def _line(branch: Branch, nodes: Mapping[str, bool | None], mark: str) -> str:
    item = branch.object
    text = f"{item.get('kind')} {item['metadata']['name']}"
    condition = condition_of(item, nodes)
    return text + (f"   {condition}" if condition else "") + (f"   <- {mark}" if mark else "")


def _mark(branch: Branch) -> str:
    if branch.link == "unowned":
        return "broken link: its label names this workload, and it has no owner reference"
    if branch.link == "ghost":
        return f"ghost: made for a former workload of this name (uid {(label_uid(branch.object) or '?')[:8]})"
    if branch.link == "foreign":
        return "somebody else's: it has a name that a child of this workload needs"
    return ""


def condition_of(item: Json, nodes: Mapping[str, bool | None]) -> str:
    """Say in a few words how an object does."""
    kind = item.get("kind")
    if kind == "Pod":
        return _pod(item, nodes)
    leaving = "being deleted" if item["metadata"].get("deletionTimestamp") else ""
    if kind in ("Deployment", "ReplicaSet"):
        trouble = deployment_trouble(item)
        parts = [f"{replicas_of(item)} ready", trouble or "", leaving]
    elif kind == "HorizontalPodAutoscaler":
        spec, status = item.get("spec") or {}, item.get("status") or {}
        parts = [
            f"{spec.get('minReplicas', 1)} to {spec.get('maxReplicas', '?')} replicas, "
            f"wants {status.get('desiredReplicas', '?') if status.get('conditions') else '?'}",
            leaving,
        ]
    elif kind == "EndpointSlice":
        ready = sum(
            (one.get("conditions") or {}).get("ready") is not False for one in item.get("endpoints") or ()
        )
        parts = [f"{ready} ready endpoint{'' if ready == 1 else 's'}", leaving]
    elif kind == "Service":
        ports = ",".join(str(port.get("port")) for port in (item.get("spec") or {}).get("ports") or ())
        parts = [f"port {ports}" if ports else "", leaving]
    else:
        parts = [leaving]
    return "; ".join(part for part in parts if part)


def _pod(pod: Json, nodes: Mapping[str, bool | None]) -> str:
    node = str((pod.get("spec") or {}).get("nodeName") or "")
    where = f" on {node}" if node else ""
    if pod_ready(pod):
        return f"ready{where}"
    trouble = pod_trouble(pod, nodes)
    return trouble if trouble is not None else f"{pod_phase(pod)}{where}, not ready"


def tree_json(family: Family, state: WorkloadState, branches: Sequence[Branch]) -> Json:
    """Give the tree for machines."""
    return {
        "apiVersion": "sednactl.io/v1",
        "kind": "OwnershipTree",
        "workload": {**_identity(family.workload), "state": state.word, "evidence": list(state.evidence)},
        "children": [_branch_json(branch) for branch in branches],
    }


def _branch_json(branch: Branch) -> Json:
    return {
        **_identity(branch.object),
        "link": branch.link,
        "condition": condition_of(branch.object, {}),
        "children": [_branch_json(one) for one in branch.branches],
    }


def _identity(item: Json) -> Json:
    meta = item["metadata"]
    return {
        "kind": item.get("kind"),
        "namespace": meta.get("namespace", ""),
        "name": meta["name"],
        "uid": meta.get("uid", ""),
    }
