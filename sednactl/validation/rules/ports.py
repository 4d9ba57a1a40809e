"""Ports that a pod may not have.

Source: Kubernetes' validation of a container's ports, and of a pod on its node's network.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sednactl.validation.rulebook import rule
from sednactl.validation.rules.pod_parts import (
    INIT,
    MAIN,
    Place,
    ends_before_the_pod,
    on_the_nodes_network,
)
from sednactl.validation.shape import maps, text, whole
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

HIGHEST = 65535


@rule("SDN139", "error", about=("ports",))
def ports_in_order(workload: Workload) -> Iterator[Problem]:
    """Port that Kubernetes refuses

    Ports run from 1 to 65535. Their names have 15 characters at most (a-z, 0-9 and single dashes
    between them, one letter at least), and differ within a container. On the node's network a
    hostPort is equal to its containerPort, and no port of a node is taken twice by one pod.

    Wrong:
      containerPort: 70000
    """
    for path, _, container in workload.containers():
        names: set[str] = set()
        for index, port in maps(container, "ports"):
            place = (*path, "ports", index)
            yield from _numbers(port, place)
            name = text(port, "name")
            fault = port_name_fault(name) if name else ""
            if fault:
                yield Problem(
                    "SDN139", (*place, "name"), f'"{name}" is no name of a port: {fault}', "e.g. http"
                )
            elif name in names:
                message = f'the container has another port "{name}"'
                yield Problem("SDN139", (*place, "name"), message, "give each a name of its own")
            names.add(name or " ")
    for path, pod in workload.pods():
        shared = on_the_nodes_network(workload, path, pod)
        if shared:
            yield from _unlike(pod, path)
        yield from _taken_twice(pod, path, shared)


def _numbers(port: dict[str, Any], place: Place) -> Iterator[Problem]:
    for key in ("containerPort", "hostPort"):
        number = whole(port, key)
        if number is not None and not 1 <= number <= HIGHEST and (number or key == "containerPort"):
            yield Problem(
                "SDN139", (*place, key), f"{key} {number}; ports run from 1 to {HIGHEST}", "e.g. 5000"
            )


def _unlike(pod: dict[str, Any], path: Place) -> Iterator[Problem]:
    for index, container in maps(pod, MAIN):
        for spot, port in maps(container, "ports"):
            inside, outside = whole(port, "containerPort"), whole(port, "hostPort")
            if outside and inside and outside != inside:
                message = (
                    f"hostPort {outside} is not containerPort {inside}: on the node's network they are one"
                )
                place = (*path, MAIN, index, "ports", spot, "hostPort")
                yield Problem("SDN139", place, message, "remove hostPort, or hostNetwork")


def _taken_twice(pod: dict[str, Any], path: Place, shared: bool) -> Iterator[Problem]:
    taken: dict[tuple[str, str, int], str] = {}
    for group in (MAIN, INIT):
        for index, container in maps(pod, group):
            if ends_before_the_pod(group, container):
                continue
            for spot, port in maps(container, "ports"):
                key = "hostPort" if whole(port, "hostPort") else "containerPort"
                number = whole(port, key)
                if not number or (key == "containerPort" and not shared):
                    continue
                socket = (text(port, "protocol") or "TCP", text(port, "hostIP"), number)
                other = taken.setdefault(socket, text(container, "name"))
                if other != text(container, "name") or (
                    key == "hostPort" and _again(container, spot, socket)
                ):
                    message = f'port {number} of the node is taken by the container "{other}" already'
                    place = (*path, group, index, "ports", spot, key)
                    level = None if group == MAIN else "warning"
                    yield Problem("SDN139", place, message, "give each another port", level=level)


def _again(container: dict[str, Any], before: int, socket: tuple[str, str, int]) -> bool:
    """Tell whether a container names the same port of the node earlier in its list."""
    return any(
        spot < before
        and (text(port, "protocol") or "TCP", text(port, "hostIP"), whole(port, "hostPort")) == socket
        for spot, port in maps(container, "ports")
    )


def port_name_fault(name: str) -> str:
    """Say what is wrong with the name of a port; empty when nothing is."""
    if len(name) > 15:
        return "longer than 15 characters"
    if not set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        return "only a-z, 0-9 and '-'"
    if name.strip("0123456789-") == "":
        return "it needs a letter"
    if "--" in name or name[0] == "-" or name[-1] == "-":
        return "'-' only stands alone between others"
    return ""
