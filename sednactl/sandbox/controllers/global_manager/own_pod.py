"""What is reported of the Global Manager's own pod, where the cluster has one: from its first crash on, instead of the kubelet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sednactl.sandbox.controllers.container_course import REPORTED_BY
from sednactl.sandbox.controllers.global_manager.access import Access, Refusal
from sednactl.sandbox.controllers.global_manager.installation import GM_LABELS, NAMESPACE
from sednactl.sandbox.controllers.global_manager.part import Means
from sednactl.sandbox.times import written
from sednactl.sedna.resources import POD

Json = dict[str, Any]
_EXIT_CODE = 2
"""With which Go ends after a panic."""


def show_crashed(means: Means, node: Access, restarts: int) -> None:
    """Report the container as waiting for its next start."""
    now = written(means.clock.now())
    ended = {"exitCode": _EXIT_CODE, "reason": "Error", "startedAt": now, "finishedAt": now}
    waiting = {
        "reason": "CrashLoopBackOff",
        "message": "back-off restarting failed container gm in pod",
    }
    _report(means, node, {"waiting": waiting}, restarts, ready=False, last={"terminated": ended})


def show_running(means: Means, node: Access, restarts: int) -> None:
    """Report the container as running again."""
    now = written(means.clock.now())
    _report(means, node, {"running": {"startedAt": now}}, restarts, ready=True, last=None)


def _report(
    means: Means, node: Access, state: Json, restarts: int, *, ready: bool, last: Json | None
) -> None:
    now = written(means.clock.now())
    for pod in means.world.all(POD, NAMESPACE):
        if not GM_LABELS.items() <= (pod["metadata"].get("labels") or {}).items():
            continue
        status = _status(pod, state, restarts, ready=ready, last=last, now=now)
        try:
            node.annotate(pod, REPORTED_BY, "global-manager")
            node.report(pod, status)
        except Refusal as refusal:
            means.tell(f"cannot report on pod {pod['metadata']['name']}: {refusal.message}")


def _status(
    pod: Mapping[str, Any], state: Json, restarts: int, *, ready: bool, last: Json | None, now: str
) -> Json:
    status = pod.get("status") or {}
    conditions = [
        {**one, "status": str(ready), "lastTransitionTime": now}
        if one["type"] in ("Ready", "ContainersReady")
        else one
        for one in status.get("conditions") or []
    ]
    containers = [
        {
            "name": container["name"],
            "image": container.get("image", ""),
            "imageID": "",
            "ready": ready,
            "started": ready,
            "restartCount": restarts,
            "state": state,
            **({"lastState": last} if last else {}),
        }
        for container in pod["spec"]["containers"]
    ]
    return {"phase": "Running", "conditions": conditions, "containerStatuses": containers}
