"""Probes and hooks that a container may not have.

Source: Kubernetes' validation of probes and lifecycle handlers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sednactl.validation.rulebook import rule
from sednactl.validation.rules.pod_parts import Place, ends_before_the_pod
from sednactl.validation.rules.ports import HIGHEST, port_name_fault
from sednactl.validation.shape import has, mapping, text, whole
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS = ("postStart", "preStop")
_WAYS = ("exec", "httpGet", "tcpSocket", "grpc")
_HOOK_WAYS = ("exec", "httpGet", "tcpSocket", "sleep")
_COUNTS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")


@rule("SDN145", "error", about=(*_PROBES, "lifecycle"))
def probes_in_order(workload: Workload) -> Iterator[Problem]:
    """Probe or hook that Kubernetes refuses

    A probe says in one way how to look (exec, httpGet, tcpSocket, grpc), its numbers are not below
    0, and of a liveness or startup probe one success is enough (successThreshold 1). Init
    containers have probes and hooks only as sidecars (restartPolicy: Always).

    Wrong:
      readinessProbe: {}
    Right:
      readinessProbe:
        tcpSocket: {port: 5000}
    """
    for path, group, container in workload.containers():
        for key in (*_PROBES, "lifecycle"):
            if key in container and has(container, key) and ends_before_the_pod(group, container):
                message = f"an init container has no {key}"
                hint = "remove it, or make it a sidecar with restartPolicy: Always"
                yield Problem("SDN145", (*path, key), message, hint, True)
            elif key in _PROBES and isinstance(container.get(key), dict):
                yield from _probe(mapping(container, key), key, (*path, key))
        hooks = mapping(container, "lifecycle")
        for hook in _HOOKS:
            if isinstance(hooks.get(hook), dict):
                yield from _one_way(mapping(hooks, hook), _HOOK_WAYS, (*path, "lifecycle", hook))


def _probe(probe: dict[str, Any], kind: str, place: Place) -> Iterator[Problem]:
    yield from _one_way(probe, _WAYS, place)
    for key in _COUNTS:
        number = whole(probe, key)
        if number is not None and number < 0:
            yield Problem("SDN145", (*place, key), f"{key} {number}; it cannot be below 0", "0 or more")
    successes = whole(probe, "successThreshold")
    if kind != "readinessProbe" and successes is not None and successes > 1:
        yield Problem(
            "SDN145",
            (*place, "successThreshold"),
            f"successThreshold {successes}; only 1 works here",
            "leave the line out, or write 1",
        )
    grace = whole(probe, "terminationGracePeriodSeconds")
    if grace is not None and kind == "readinessProbe":
        message = "a readiness probe stops no container"
        yield Problem("SDN145", (*place, "terminationGracePeriodSeconds"), message, "remove the line", True)
    elif grace is not None and grace < 1:
        message = f"a grace period of {grace} seconds; at least 1 is needed"
        yield Problem("SDN145", (*place, "terminationGracePeriodSeconds"), message, "1 or more")


def _one_way(handler: dict[str, Any], ways: tuple[str, ...], place: Place) -> Iterator[Problem]:
    given = [way for way in ways if has(handler, way)]
    if not given:
        yield Problem("SDN145", place, "it does not say what to do", f"add one of {', '.join(ways)}", True)
    for way in given[1:]:
        message = f"{given[0]} and {way} exclude each other"
        yield Problem("SDN145", (*place, way), message, "keep one of them", True)
    if given[:1] == ["exec"] and not mapping(handler, "exec").get("command"):
        yield Problem("SDN145", (*place, "exec"), "exec has no command", "add command", True)
    for way in given[:1]:
        if way in ("httpGet", "tcpSocket", "grpc"):
            yield from _port(mapping(handler, way), (*place, way, "port"))


def _port(handler: dict[str, Any], place: Place) -> Iterator[Problem]:
    number, name = whole(handler, "port"), text(handler, "port")
    if number is not None and not 1 <= number <= HIGHEST:
        yield Problem(
            "SDN145",
            place,
            f"port {number}; ports run from 1 to {HIGHEST}",
            "the port that the container listens on",
        )
    fault = port_name_fault(name) if name else "it is empty" if handler.get("port") == "" else ""
    if fault:
        yield Problem(
            "SDN145",
            place,
            f'"{name}" is no name of a port: {fault}',
            "the name of one of the container's ports",
        )
