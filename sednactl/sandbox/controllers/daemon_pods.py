"""Which nodes a DaemonSet is for, the pod for each, and which pods a new template replaces. Pure.

Rules as in Kubernetes' DaemonSet controller. Its `maxSurge` is not played: pods
are replaced one after the other, as many as may be unavailable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sednactl.sandbox.controllers.placing import UNSCHEDULABLE, selects_node, tolerates
from sednactl.sandbox.controllers.pods import is_finished, is_leaving, is_ready, node_of, seconds_to_available
from sednactl.sandbox.controllers.revisions import template_hash
from sednactl.sandbox.controllers.rollout import scaled
from sednactl.sandbox.controllers.writing import controller_reference
from sednactl.sedna.resources import DAEMON_SET

Json = dict[str, Any]
PodsByNode = Mapping[str, Sequence[Json]]

HASH = "controller-revision-hash"
GENERATION = "pod-template-generation"
_COUNTED = "deprecated.daemonset.template.generation"
_PRESSURES = ("disk-pressure", "memory-pressure", "pid-pressure")
_FIELD = "metadata.name"


def hash_of(daemon_set: Json) -> str:
    """Give the label by which pods of the present template are known."""
    return template_hash(daemon_set["spec"]["template"], 0)


def pod_for(daemon_set: Json, node: str) -> Json:
    """Give the pod to create for a node, which the scheduler can put on no other."""
    meta, template = daemon_set["metadata"], daemon_set["spec"]["template"]
    own = template.get("metadata") or {}
    labels = {**(own.get("labels") or {}), HASH: hash_of(daemon_set)}
    if _COUNTED in (meta.get("annotations") or {}):
        labels[GENERATION] = meta["annotations"][_COUNTED]
    kept = {key: own[key] for key in ("annotations", "finalizers") if own.get(key)}
    spec = template["spec"]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": f"{meta['name']}-",
            "namespace": meta["namespace"],
            "labels": labels,
            **kept,
            "ownerReferences": [controller_reference(daemon_set, DAEMON_SET)],
        },
        "spec": {
            **spec,
            "affinity": _bound_to(spec.get("affinity"), node),
            "tolerations": _tolerations(spec),
        },
    }


def place_for(pod: Json) -> str:
    """Give the node that a pod of a DaemonSet is on, or is to go to; "" where it is for none."""
    if node_of(pod):
        return node_of(pod)
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    for term in required.get("nodeSelectorTerms") or ():
        for need in term.get("matchFields") or ():
            if need.get("key") == _FIELD and need.get("operator") == "In":
                return str(need["values"][0])
    return ""


def by_node(pods: Sequence[Json]) -> dict[str, list[Json]]:
    """Give pods by their node, the oldest first; those that are over and on their way out no longer count."""
    found: dict[str, list[Json]] = {}
    for pod in sorted(pods, key=lambda one: (one["metadata"]["creationTimestamp"], one["metadata"]["name"])):
        if not (is_finished(pod) and is_leaving(pod)):
            found.setdefault(place_for(pod), []).append(pod)
    return found


def belongs(daemon_set: Json, node: Json) -> tuple[bool, bool]:
    """Tell whether a node should get a pod, and whether one that is there may stay."""
    template = daemon_set["spec"]["template"]["spec"]
    if node_of({"spec": template}) not in ("", node["metadata"]["name"]):
        return False, False
    pod = {"spec": {**template, "tolerations": _tolerations(template)}}
    if not selects_node(pod, node):
        return False, False
    taints = (node.get("spec") or {}).get("taints") or ()
    against = {taint["effect"] for taint in taints if not tolerates(pod, taint)}
    stays = "NoExecute" not in against
    return stays and "NoSchedule" not in against, stays


def replaced(daemon_set: Json, pods: PodsByNode, wanted: int, now: datetime) -> list[Json]:
    """Give the pods of older templates that go now; `wanted` is how many nodes the DaemonSet is for."""
    strategy = daemon_set["spec"].get("updateStrategy") or {}
    if strategy.get("type") == "OnDelete":
        return []
    most = scaled((strategy.get("rollingUpdate") or {}).get("maxUnavailable", 1), wanted, up=True) or 1
    present = hash_of(daemon_set)
    missing, going, waiting = 0, [], []
    for there in pods.values():
        alive = [pod for pod in there if not is_leaving(pod)]
        if len(alive) != 1:
            missing += 1
        elif (alive[0]["metadata"].get("labels") or {}).get(HASH) == present:
            missing += not _is_available(daemon_set, alive[0], now)
        elif _is_available(daemon_set, alive[0], now):
            waiting.append(alive[0])
        else:
            missing += 1
            going.append(alive[0])
    return going + waiting[: max(0, most - missing)]


def status_of(daemon_set: Json, nodes: Sequence[Json], pods: PodsByNode, now: datetime) -> Json:
    """Give the status of a DaemonSet with these pods on these nodes."""
    present = hash_of(daemon_set)
    desired = current = ready = available = updated = astray = 0
    for node in nodes:
        there = pods.get(node["metadata"]["name"], ())
        if not belongs(daemon_set, node)[0]:
            astray += bool(there)
            continue
        desired += 1
        for pod in there[:1]:
            current += 1
            ready += is_ready(pod)
            available += _is_available(daemon_set, pod, now)
            updated += (pod["metadata"].get("labels") or {}).get(HASH) == present
    status: Json = {
        "currentNumberScheduled": current,
        "numberMisscheduled": astray,
        "desiredNumberScheduled": desired,
        "numberReady": ready,
    }
    others = {
        "observedGeneration": daemon_set["metadata"].get("generation", 0),
        "updatedNumberScheduled": updated,
        "numberAvailable": available,
        "numberUnavailable": desired - available,
    }
    return status | {key: value for key, value in others.items() if value}


def _is_available(daemon_set: Json, pod: Json, now: datetime) -> bool:
    return seconds_to_available(pod, int(daemon_set["spec"].get("minReadySeconds") or 0), now) == 0


def _tolerations(spec: Json) -> list[Json]:
    """Give a template's tolerations and those of every daemon: a node's troubles are no reason to leave it."""
    added = [
        {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoExecute"}
        for key in ("not-ready", "unreachable")
    ]
    added += [
        {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoSchedule"}
        for key in _PRESSURES
    ]
    added.append({"key": UNSCHEDULABLE["key"], "operator": "Exists", "effect": "NoSchedule"})
    if spec.get("hostNetwork"):
        key = "node.kubernetes.io/network-unavailable"
        added.append({"key": key, "operator": "Exists", "effect": "NoSchedule"})
    places = [(each["key"], each["effect"]) for each in added]
    own = [
        each
        for each in spec.get("tolerations") or ()
        if (each.get("key"), each.get("effect")) not in places or each.get("operator") != "Exists"
    ]
    return [*own, *added]


def _bound_to(affinity: Json | None, node: str) -> Json:
    need = {"key": _FIELD, "operator": "In", "values": [node]}
    terms = {"nodeSelectorTerms": [{"matchFields": [need]}]}
    rest = (affinity or {}).get("nodeAffinity") or {}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": terms}
    return {**(affinity or {}), "nodeAffinity": {**rest, **required}}
