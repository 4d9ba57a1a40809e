"""Pods as rows: what a pod is doing is put together from its containers' states."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sednactl.sandbox.api.tables.columns import AGE, NAME, Column, Printer, age, name, since
from sednactl.sandbox.api.text import Json

_COLUMNS = (
    NAME,
    Column("Ready", "How many of the pod's containers are ready."),
    Column("Status", "What the pod is doing, or why it is not running."),
    Column("Restarts", "How often its containers were restarted, and when last."),
    AGE,
    Column("IP", "The pod's address.", priority=1),
    Column("Node", "The node it runs on.", priority=1),
    Column("Nominated Node", "The node it shall have once others left it.", priority=1),
    Column("Readiness Gates", "How many of its readiness gates are met.", priority=1),
)


def _cells(pod: Json, now: datetime) -> list[Any]:
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    reason, ready, restarts, restarted = _doing(pod)
    total = len(spec.get("containers") or ()) + sum(map(_sidecar, spec.get("initContainers") or ()))
    told = str(restarts)
    if restarts and restarted:
        told = f"{restarts} ({since(restarted, now)} ago)"
    addresses = status.get("podIPs") or ({"ip": status.get("podIP")},)
    return [
        name(pod),
        f"{ready}/{total}",
        reason,
        told,
        age(pod, now),
        addresses[0].get("ip") or "<none>",
        spec.get("nodeName") or "<none>",
        status.get("nominatedNodeName") or "<none>",
        _gates(spec, status),
    ]


def _sidecar(container: Json) -> bool:
    return container.get("restartPolicy") == "Always"


def _doing(pod: Json) -> tuple[str, int, int, str]:
    """Give the status column, ready containers, restarts, and when the last restart was."""
    meta, spec, status = pod["metadata"], pod.get("spec") or {}, pod.get("status") or {}
    phase = status.get("phase") or ""
    reason = status.get("reason") or phase
    conditions = status.get("conditions") or ()
    if any(
        one.get("type") == "PodScheduled" and one.get("reason") == "SchedulingGated" for one in conditions
    ):
        reason = "SchedulingGated"
    starting, ready, restarts, restarted = _initializing(spec, status)
    if starting and not _true(conditions, "Initialized"):
        reason = starting
    else:
        reason, more_ready, more, later = _running(status, reason)
        ready += more_ready
        restarts = more + sum(
            one.get("restartCount", 0)
            for one in status.get("initContainerStatuses") or ()
            if _sidecar(_named(spec, one.get("name")))
        )
        restarted = later
    if meta.get("deletionTimestamp"):
        if status.get("reason") == "NodeLost":
            reason = "Unknown"
        elif phase not in ("Succeeded", "Failed"):
            reason = "Terminating"
    return reason, ready, restarts, restarted


def _initializing(spec: Json, status: Json) -> tuple[str, int, int, str]:
    ready = restarts = 0
    restarted = ""
    for position, container in enumerate(status.get("initContainerStatuses") or ()):
        restarts += container.get("restartCount", 0)
        restarted = max(restarted, _last_end(container))
        state = container.get("state") or {}
        ended = state.get("terminated")
        if ended is not None and ended.get("exitCode", 0) == 0:
            continue
        if _sidecar(_named(spec, container.get("name"))) and container.get("started"):
            ready += bool(container.get("ready"))
            continue
        waiting = (state.get("waiting") or {}).get("reason")
        if ended is not None:
            return f"Init:{ended.get('reason') or _exit(ended)}", ready, restarts, restarted
        if waiting and waiting != "PodInitializing":
            return f"Init:{waiting}", ready, restarts, restarted
        return f"Init:{position}/{len(spec.get('initContainers') or ())}", ready, restarts, restarted
    return "", ready, restarts, restarted


def _running(status: Json, reason: str) -> tuple[str, int, int, str]:
    ready = restarts = 0
    restarted = ""
    running = False
    for container in reversed(status.get("containerStatuses") or ()):
        restarts += container.get("restartCount", 0)
        restarted = max(restarted, _last_end(container))
        state = container.get("state") or {}
        ended = state.get("terminated")
        waiting = (state.get("waiting") or {}).get("reason")
        if waiting:
            reason = waiting
        elif ended is not None:
            reason = ended.get("reason") or _exit(ended)
        elif container.get("ready") and "running" in state:
            running = True
            ready += 1
    if reason == "Completed" and running:
        reason = "Running" if _true(status.get("conditions") or (), "Ready") else "NotReady"
    return reason, ready, restarts, restarted


def _named(spec: Json, wanted: Any) -> Json:
    found = (one for one in spec.get("initContainers") or () if one.get("name") == wanted)
    return next(found, {})


def _last_end(container: Json) -> str:
    ended = (container.get("lastState") or {}).get("terminated") or {}
    return str(ended.get("finishedAt") or "")


def _exit(ended: Json) -> str:
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode', 0)}"


def _true(conditions: Any, wanted: str) -> bool:
    return any(one.get("type") == wanted and one.get("status") == "True" for one in conditions)


def _gates(spec: Json, status: Json) -> str:
    gates = spec.get("readinessGates") or ()
    if not gates:
        return "<none>"
    met = sum(_true(status.get("conditions") or (), gate.get("conditionType")) for gate in gates)
    return f"{met}/{len(gates)}"


def _conditions(pod: Json) -> list[Json]:
    phase = (pod.get("status") or {}).get("phase")
    if phase not in ("Succeeded", "Failed"):
        return []
    message = "The pod has completed successfully." if phase == "Succeeded" else "The pod failed."
    return [{"type": "Completed", "status": "True", "reason": phase, "message": message}]


POD = Printer(_COLUMNS, _cells, _conditions)
