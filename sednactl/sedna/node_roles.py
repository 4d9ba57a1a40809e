"""Which side a node is on, and what its labels call it.

KubeEdge's keadm labels edge nodes `node-role.kubernetes.io/edge`, since 1.7 also `…/agent`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PREFIX = "node-role.kubernetes.io/"
_EDGE = frozenset({"edge", "agent"})


def roles_of(node: Mapping[str, Any]) -> frozenset[str]:
    """Give the roles that a node's labels name."""
    labels = node["metadata"].get("labels") or {}
    return frozenset(key.removeprefix(PREFIX) for key in labels if key.startswith(PREFIX))


def is_edge(node: Mapping[str, Any]) -> bool:
    """Tell whether a node is at the edge; every other one counts as a cloud node."""
    return bool(roles_of(node) & _EDGE)
