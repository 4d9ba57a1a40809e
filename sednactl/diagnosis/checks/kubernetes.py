"""Kubernetes itself: its version, the APIs that Sedna asks for, its nodes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sednactl.diagnosis.book import Result, check
from sednactl.diagnosis.observed import Observed
from sednactl.diagnosis.words import some
from sednactl.lifecycle.reading import node_ready
from sednactl.sedna.node_roles import is_edge, roles_of
from sednactl.sedna.resources import HPA

AREA = "Kubernetes"
_OLDEST = (1, 23)
"""The first Kubernetes with autoscaling/v2."""


@check("DOC101", AREA, "version")
def version(observed: Observed, _: datetime) -> Iterator[Result]:
    """Kubernetes version

    Sedna 0.7 makes autoscalers of version autoscaling/v2, which Kubernetes has from 1.23 on. On an
    older one every service with an hpa ends as Failed.
    """
    told = str(observed.version.get("gitVersion") or "")
    numbers = tuple(_leading_number(observed.version.get(part)) for part in ("major", "minor"))
    if numbers == (0, 0):
        yield Result("DOC101", "unknown", f"the API server does not tell its version: {told or 'nothing'}")
    elif numbers < _OLDEST:
        message = f"Kubernetes {told} has no autoscaling/v2, which Sedna 0.7 asks for"
        yield Result("DOC101", "failed", message, "upgrade Kubernetes to 1.23 or later")
    else:
        yield Result("DOC101", "ok", f"Kubernetes {told}")


def _leading_number(value: object) -> int:
    """Read what providers write: `27`, `27+`."""
    digits = ""
    for character in str(value or ""):
        if not character.isdigit():
            break
        digits += character
    return int(digits or 0)


@check("DOC102", AREA, "groups")
def autoscaling_api(observed: Observed, _: datetime) -> Iterator[Result]:
    """Autoscaling API

    The Global Manager writes HorizontalPodAutoscalers of autoscaling/v2. Where the API server does not
    serve that version, no side of a service can scale.
    """
    if HPA.api_version in observed.groups:
        yield Result("DOC102", "ok", f"{HPA.api_version} is served")
    else:
        mend = "upgrade Kubernetes, or take autoscaling/v2 out of the API server's --runtime-config"
        yield Result("DOC102", "failed", f"the API server does not serve {HPA.api_version}", mend)


@check("DOC103", AREA, "nodes")
def nodes(observed: Observed, _: datetime) -> Iterator[Result]:
    """Nodes by role and readiness

    A node that is not Ready runs nothing new, and its pods count as lost after a while; at the edge
    that may be how things are meant, as edge nodes come and go. A cluster without a Ready cloud node
    cannot run the Global Manager nor any cloud side. Edge nodes are those with the label
    node-role.kubernetes.io/edge or node-role.kubernetes.io/agent.
    """
    sides = {"edge": [], "cloud": []}  # type: dict[str, list[tuple[str, bool]]]
    details = []
    for node in observed.nodes:
        name, ready = str(node["metadata"].get("name")), node_ready(node)
        sides["edge" if is_edge(node) else "cloud"].append((name, ready))
        roles = ", ".join(sorted(roles_of(node))) or "no role"
        details.append(f"{name}: {roles}, {'Ready' if ready else 'not Ready'}")
    counts = " and ".join(
        f"{sum(ready for _, ready in members)} of {len(members)} {side} nodes"
        for side, members in sides.items()
    )
    message = f"{counts} are Ready"
    lost = [name for members in sides.values() for name, ready in members if not ready]
    if not any(ready for _, ready in sides["cloud"]):
        mend = "look at the cloud nodes' kubelet: kubectl describe nodes"
        yield Result("DOC103", "failed", message, mend, details=tuple(details))
    elif lost:
        message += f"; not Ready: {some(lost)}"
        mend = "kubectl describe node tells when it was last heard of; on it, look at edgecore or kubelet"
        yield Result("DOC103", "warning", message, mend, details=tuple(details))
    elif not sides["edge"]:
        message = f"{message}; no node has the label node-role.kubernetes.io/edge"
        mend = "join edge nodes with keadm, or label those there are"
        yield Result("DOC103", "warning", message, mend, details=tuple(details))
    else:
        yield Result("DOC103", "ok", message, details=tuple(details))
