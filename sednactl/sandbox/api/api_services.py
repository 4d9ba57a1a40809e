"""APIServices: for each group and version that is served an object that says by whom, and that it can be asked.

They can be read only; the server keeps them in step with what it serves.
"""

from __future__ import annotations

from sednactl.sandbox.api.builtin_kinds import METRICS
from sednactl.sandbox.api.kinds import Shelf
from sednactl.sandbox.api.metadata import begin_metadata
from sednactl.sandbox.api.reviews import REVIEWS
from sednactl.sandbox.api.state import State
from sednactl.sandbox.api.text import Json
from sednactl.sandbox.api.writing import track_update

API_SERVICES: Shelf = ("apiregistration.k8s.io", "apiservices")
_CUSTOM = 1000, 100
_BUILT_IN = {
    "": (18000, 1),
    "apiextensions.k8s.io": (16700, 15),
    "apps": (17800, 15),
    "authentication.k8s.io": (17700, 15),
    "authorization.k8s.io": (17600, 15),
    "autoscaling": (17500, 15),
    "coordination.k8s.io": (16500, 15),
    "discovery.k8s.io": (16200, 15),
    "rbac.authorization.k8s.io": (17000, 15),
    METRICS: (100, 100),
}
"""Priorities of groups and of their versions, as kube-apiserver and metrics-server register them."""

_NEWER = {("autoscaling", "v2"): 30}


def match_api_services(state: State) -> None:
    """Create and remove APIServices until they are those of what is served."""
    kind = state.kind_of(API_SERVICES)
    with state.store.lock:
        served = {(one.group, one.version) for one in state.catalog.all()} | REVIEWS.keys()
        wanted = {f"{version}.{group}": (group, version) for group, version in sorted(served)}
        wanted.pop(f"{kind.version}.{kind.group}")
        there = {version.name: version for version in state.store.list(API_SERVICES)[0]}
        for name in there.keys() - wanted.keys():
            state.remove(kind, there[name].object())
        for name, (group, version) in wanted.items():
            if name not in there:
                content = _api_service(name, group, version, state.now())
                begin_metadata(kind, content, "", state.now())
                structure = state.structure(kind)
                owned = track_update(
                    None, content, manager="kube-apiserver", structure=structure, now=state.clock.now()
                )
                state.put(kind, owned)


def _api_service(name: str, group: str, version: str, now: str) -> Json:
    first, second = _BUILT_IN.get(group, _CUSTOM)
    spec: Json = {"version": version, "groupPriorityMinimum": first}
    spec["versionPriority"] = _NEWER.get((group, version), second)
    if group:
        spec["group"] = group
    reason, message = "Local", "Local APIServices are always available"
    meta: Json = {"name": name}
    if group == METRICS:
        spec["service"] = {"namespace": "kube-system", "name": "metrics-server", "port": 443}
        spec["insecureSkipTLSVerify"] = True
        reason, message = "Passed", "all checks passed"
    else:
        kept = "onstart" if group in _BUILT_IN else "true"
        meta["labels"] = {"kube-aggregator.kubernetes.io/automanaged": kept}
    condition = {
        "type": "Available",
        "status": "True",
        "lastTransitionTime": now,
        "reason": reason,
        "message": message,
    }
    status = {"conditions": [condition]}
    typed = {"apiVersion": f"{API_SERVICES[0]}/v1", "kind": "APIService"}
    return {**typed, "metadata": meta, "spec": spec, "status": status}
