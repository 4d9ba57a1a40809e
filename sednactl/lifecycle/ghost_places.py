"""Where a pod that is being deleted runs, and whether that node can confirm it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sednactl.errors import Refused, Unreachable
from sednactl.lifecycle.ghosts import Place
from sednactl.sedna.resources import NODE

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

Json = dict[str, Any]


def place_of(cluster: Cluster, pod: Json, nodes: dict[str, tuple[bool | None, bool]]) -> Place:
    """Find out where a pod runs and whether that node is online; `nodes` remembers nodes already asked for."""
    name = str((pod.get("spec") or {}).get("nodeName") or "")
    if name and name not in nodes:
        nodes[name] = _node_state(cluster, name)
    ready, exists = nodes.get(name, (None, True))
    return Place(name, ready, exists)


def _node_state(cluster: Cluster, name: str) -> tuple[bool | None, bool]:
    try:
        node = cluster.find(NODE, name)
    except (Refused, Unreachable):
        return None, True
    if node is None:
        return None, False
    conditions = (node.get("status") or {}).get("conditions") or ()
    return any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions), True
