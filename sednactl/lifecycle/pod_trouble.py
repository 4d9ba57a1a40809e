"""What keeps a pod, or a Deployment, from serving: one sentence, the first cause that counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

BEING_DELETED = "is being deleted"
_HARMLESS = ("ContainerCreating", "PodInitializing")
_WORDS = {
    "ImagePullBackOff": "its image cannot be pulled",
    "ErrImagePull": "its image cannot be pulled",
    "InvalidImageName": "its image has an impossible name",
    "CrashLoopBackOff": "it starts and dies again and again",
    "CreateContainerConfigError": "its configuration names something that is not there",
    "CreateContainerError": "its container cannot be made",
    "RunContainerError": "its container cannot be started",
}


def pod_ready(pod: Json) -> bool:
    """Tell whether a pod serves: its Ready condition is true and it is not being deleted."""
    if pod["metadata"].get("deletionTimestamp"):
        return False
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)


def pod_phase(pod: Json) -> str:
    """Give the pod's phase; Pending where none is set yet."""
    return str((pod.get("status") or {}).get("phase") or "Pending")


def pod_trouble(pod: Json, nodes: Mapping[str, bool | None] | None = None) -> str | None:
    """Say why a pod does not serve, None where nothing is wrong or nothing is known yet.

    `nodes` maps node names to whether they are Ready; None as a value: there is no such node.
    """
    meta, status, spec = pod["metadata"], pod.get("status") or {}, pod.get("spec") or {}
    node = str(spec.get("nodeName") or "")
    readiness = (nodes or {}).get(node, True) if node else True
    if meta.get("deletionTimestamp"):
        if readiness is False:
            return f"is being deleted, and waits for node {node}, which is offline (not Ready)"
        if readiness is None:
            return f"is being deleted, and its node {node} does not exist"
        return BEING_DELETED
    if readiness is None:
        return f"is bound to node {node}, which does not exist"
    if readiness is False:
        return f"is on node {node}, which is offline (not Ready)"
    if pod_phase(pod) == "Failed":
        return f"failed: {_reason(status)}"
    for container in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
        said = _container_trouble(container)
        if said:
            return said
    for condition in status.get("conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            return f"fits no node: {condition.get('message') or condition.get('reason') or 'no reason given'}"
    return None


def said_of(pod: Json, trouble: str) -> str:
    """Make a sentence of a pod and its trouble."""
    name = pod["metadata"]["name"]
    return f"Pod {name}'s {trouble}" if trouble.startswith("container ") else f"Pod {name} {trouble}"


def _container_trouble(container: Json) -> str | None:
    state, name = container.get("state") or {}, container.get("name")
    waiting = state.get("waiting")
    if waiting and waiting.get("reason") and waiting["reason"] not in _HARMLESS:
        words = _WORDS.get(waiting["reason"], "it waits")
        last = ((container.get("lastState") or {}).get("terminated") or {}).get("reason")
        detail = f"{waiting['reason']}, last end: {last}" if last else waiting["reason"]
        return f"container {name}: {words} ({detail})"
    ended = state.get("terminated")
    if ended and ended.get("exitCode"):
        return f"container {name} ended with code {ended['exitCode']} ({ended.get('reason') or 'Error'})"
    return None


def _reason(status: Json) -> str:
    said = [str(status[key]) for key in ("reason", "message") if status.get(key)]
    if said:
        return ": ".join(said)
    for container in status.get("containerStatuses") or ():
        trouble = _container_trouble(container)
        if trouble:
            return trouble
    return "no reason given"


def deployment_trouble(deployment: Json) -> str | None:
    """Say why a Deployment makes no progress, from its own conditions."""
    for condition in (deployment.get("status") or {}).get("conditions") or ():
        kind, status = condition.get("type"), condition.get("status")
        if kind == "ReplicaFailure" and status == "True":
            return f"pods cannot be made: {condition.get('message') or condition.get('reason')}"
        if kind == "Progressing" and status == "False":
            return f"no progress: {condition.get('message') or condition.get('reason')}"
    return None
