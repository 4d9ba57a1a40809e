"""A bound pod's status as its kubelet would report it now. Pure: from the pod, its start time and the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sednactl.sandbox.controllers.container_course import Course, Moment, course_of, moment_of
from sednactl.sandbox.times import read, written

Json = dict[str, Any]

_NOT_READY = "ContainersNotReady"


def admitted(pod: Json, now: datetime) -> Json:
    """Give the status of a pod that its node just took on: nothing runs yet."""
    containers = pod["spec"]["containers"]
    reason = "PodInitializing" if pod["spec"].get("initContainers") else "ContainerCreating"
    status = {
        "phase": "Pending",
        "startTime": written(now),
        "containerStatuses": [_waiting(each, reason) for each in containers],
    }
    if pod["spec"].get("initContainers"):
        status["initContainerStatuses"] = [_waiting(each, reason) for each in pod["spec"]["initContainers"]]
    return _with_conditions(pod, status, now, initialized=not pod["spec"].get("initContainers"))


def rejected(pod: Json, resource: str, requested: int, used: int, capacity: int, now: datetime) -> Json:
    """Give the status of a pod for which its node has no room, in kubelet's words (`OutOfcpu`)."""
    return {
        "phase": "Failed",
        "reason": f"OutOf{resource}",
        "message": f"Pod was rejected: Node didn't have enough resource: {resource}, "
        f"requested: {requested}, used: {used}, capacity: {capacity}",
        "startTime": written(now),
        "conditions": pod.get("status", {}).get("conditions") or [],
    }


def running(pod: Json, start: float, address: str, now: datetime) -> tuple[Json, float | None]:
    """Give an admitted pod's status now, and the seconds until it changes (None: not by itself).

    `start` is how many seconds after its start time the containers can start.
    """
    began = (read(pod["status"].get("startTime")) or now) + timedelta(seconds=start)
    elapsed = (now - began).total_seconds()
    if elapsed < 0:
        return pod["status"], -elapsed
    containers = pod["spec"]["containers"]
    courses = [course_of(each, pod) for each in containers]
    moments = [moment_of(each, elapsed) for each in courses]
    statuses = [
        _container_status(container, course, moment, pod, began)
        for container, course, moment in zip(containers, courses, moments, strict=True)
    ]
    status: Json = {
        "phase": phase_of(courses, moments),
        "startTime": pod["status"]["startTime"],
        "containerStatuses": statuses,
        "podIP": address,
        "podIPs": [{"ip": address}],
    }
    if pod["spec"].get("initContainers"):
        status["initContainerStatuses"] = [_completed(each, began) for each in pod["spec"]["initContainers"]]
    changes = [moment.until - elapsed for moment in moments if moment.until is not None]
    full = _with_conditions(pod, status, now, initialized=True)
    return full, max(0.05, min(changes)) if changes else None


def phase_of(courses: Sequence[Course], moments: Sequence[Moment]) -> str:
    """Give the phase that containers' states make."""
    if all(moment.state == "terminated" for moment in moments):
        failed = any(course.exit_code for course in courses)
        return "Failed" if failed else "Succeeded"
    if any(moment.state == "waiting" and moment.ended is None for moment in moments):
        return "Pending"
    return "Running"


def _with_conditions(pod: Json, status: Json, now: datetime, *, initialized: bool) -> Json:
    unready = [each["name"] for each in status["containerStatuses"] if not each["ready"]]
    finished = status["phase"] in ("Succeeded", "Failed")
    reason = "PodCompleted" if status["phase"] == "Succeeded" else "PodFailed" if finished else _NOT_READY
    message = "" if finished else f"containers with unready status: [{' '.join(unready)}]"
    ready = not unready
    before = {each["type"]: each for each in pod.get("status", {}).get("conditions") or ()}
    held = {
        "PodReadyToStartContainers": (bool(status.get("podIP")) and not finished, "", ""),
        "Initialized": (initialized, "" if initialized else "ContainersNotInitialized", ""),
        "Ready": (ready, "" if ready else reason, "" if ready else message),
        "ContainersReady": (ready, "" if ready else reason, "" if ready else message),
        "PodScheduled": (True, "", ""),
    }
    conditions = [
        _condition(type_, holds, reason, text, before.get(type_), now)
        for type_, (holds, reason, text) in held.items()
    ]
    known = set(held)
    others = [each for type_, each in before.items() if type_ not in known]
    return {**status, "conditions": [*conditions, *others]}


def _condition(type_: str, holds: bool, reason: str, text: str, before: Json | None, now: datetime) -> Json:
    status = str(holds)
    same = before is not None and before["status"] == status
    moment = (before.get("lastTransitionTime") if before is not None and same else None) or written(now)
    condition = {"type": type_, "status": status, "lastProbeTime": None, "lastTransitionTime": moment}
    return condition | {key: value for key, value in (("reason", reason), ("message", text)) if value}


def _container_status(container: Json, course: Course, moment: Moment, pod: Json, began: datetime) -> Json:
    image = str(container.get("image", ""))
    name = str(container["name"])
    ran = moment.state == "running"
    state: Json
    if course.missing:
        text = f'Back-off pulling image "{image}"'
        state = {"waiting": {"reason": "ImagePullBackOff", "message": text}}
    elif ran:
        state = {"running": {"startedAt": written(began + timedelta(seconds=moment.began))}}
    elif moment.state == "terminated":
        state = {"terminated": _terminated(course, moment, began)}
    else:
        meta = pod["metadata"]
        which = f"container={name} pod={meta['name']}_{meta.get('namespace', '')}({meta['uid']})"
        text = f"back-off {_seconds(moment.back_off)} restarting failed {which}"
        state = {"waiting": {"reason": "CrashLoopBackOff", "message": text}}
    status = {
        "name": name,
        "image": image,
        "imageID": "" if course.missing else f"sandbox/{image}",
        "ready": ran and moment.ready,
        "started": ran,
        "restartCount": moment.restarts,
        "state": state,
        "lastState": {},
    }
    if not course.missing:
        status["containerID"] = f"sandbox://{pod['metadata']['uid']}/{name}/{moment.restarts}"
    if moment.ended is not None and moment.state != "terminated":
        status["lastState"] = {"terminated": _terminated(course, moment, began)}
    return status


def _terminated(course: Course, moment: Moment, began: datetime) -> Json:
    ended = moment.ended or 0.0
    return {
        "exitCode": course.exit_code,
        "reason": "Error" if course.exit_code else "Completed",
        "startedAt": written(began + timedelta(seconds=ended - (course.run or 0.0))),
        "finishedAt": written(began + timedelta(seconds=ended)),
    }


def _completed(container: Json, began: datetime) -> Json:
    moment = written(began)
    ended = {"exitCode": 0, "reason": "Completed", "startedAt": moment, "finishedAt": moment}
    return {
        "name": container["name"],
        "image": container.get("image", ""),
        "imageID": "",
        "ready": True,
        "restartCount": 0,
        "state": {"terminated": ended},
        "lastState": {},
    }


def _waiting(container: Json, reason: str) -> Json:
    return {
        "name": container["name"],
        "image": container.get("image", ""),
        "imageID": "",
        "ready": False,
        "started": False,
        "restartCount": 0,
        "state": {"waiting": {"reason": reason}},
        "lastState": {},
    }


def _seconds(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 60}m{whole % 60}s" if whole >= 60 else f"{whole}s"
