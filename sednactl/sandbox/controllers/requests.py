"""What pods ask of a node, and what is taken of it already. Pure but for `Occupancy`, which is fed with changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from sednactl.sandbox.controllers.pods import is_finished, node_of
from sednactl.sedna.quantity import NANO, nano_units

Json = dict[str, Any]
Amounts = Mapping[str, int]
"""Resources by name: cpu in millicores, everything else in whole units (bytes, pods, devices)."""

HostPort = tuple[str, str, int]
"""Address, protocol and port."""


@lru_cache(maxsize=4096)
def amount(resource: str, quantity: str) -> int:
    """Read a quantity as the scheduler counts it: rounded up, cpu in millicores."""
    unit = NANO // 1000 if resource == "cpu" else NANO
    return -(-nano_units(quantity) // unit)


def amounts(written: Mapping[str, Any] | None) -> dict[str, int]:
    """Read a map of quantities, e.g. a node's allocatable."""
    return {name: amount(name, str(value)) for name, value in (written or {}).items()}


def requests_of(pod: Json) -> dict[str, int]:
    """Give what a pod asks for: its containers together, or its greediest init container; a limit counts as a request."""
    total: Counter[str] = Counter()
    for container in pod["spec"].get("containers") or ():
        total.update(_of_container(container))
    result = dict(total)
    for container in pod["spec"].get("initContainers") or ():
        for name, value in _of_container(container).items():
            result[name] = max(result.get(name, 0), value)
    return {**result, "pods": 1}


def host_ports_of(pod: Json) -> list[HostPort]:
    """Give the ports of the node that a pod takes; with hostNetwork those of all its containers."""
    ports = []
    for container in pod["spec"].get("containers") or ():
        for port in container.get("ports") or ():
            number = port.get("hostPort") or (port["containerPort"] if pod["spec"].get("hostNetwork") else 0)
            if number:
                ports.append((port.get("hostIP") or "0.0.0.0", port.get("protocol") or "TCP", number))  # noqa: S104 - what the API means by "any"
    return ports


def lacking(wanted: Amounts, used: Amounts, allocatable: Amounts) -> Iterator[str]:
    """Give the resources of which too little is left."""
    for name, value in wanted.items():
        if value and used.get(name, 0) + value > allocatable.get(name, 0):
            yield name


def ports_clash(wanted: list[HostPort], used: Counter[HostPort]) -> bool:
    """Tell whether a wanted port of the node is taken, on that address or on all."""
    anywhere = "0.0.0.0"  # noqa: S104
    return any(
        (protocol, port) == (other_protocol, other_port)
        and (address == other or anywhere in (address, other))
        for address, protocol, port in wanted
        for (other, other_protocol, other_port), count in used.items()
        if count
    )


class Occupancy:
    """What the pods on every node ask for together; fed with every change of a pod."""

    def __init__(self) -> None:
        self._used: dict[str, Counter[str]] = {}
        self._ports: dict[str, Counter[HostPort]] = {}

    def take(self, before: Json | None, after: Json | None) -> bool:
        """Take in a pod's change; tells whether a node has more room than before."""
        old, new = _share(before), _share(after)
        if before is not None and after is not None and old == new:
            return False
        if old and before is not None:
            self._add(before, -1)
        if new and after is not None:
            self._add(after, 1)
        return bool(old) and not new

    def used(self, node: str) -> Amounts:
        """Give what is taken of a node."""
        return self._used.get(node, {})

    def ports(self, node: str) -> Counter[HostPort]:
        """Give the node's ports that are taken."""
        return self._ports.get(node, Counter())

    def _add(self, pod: Json, sign: int) -> None:
        used = self._used.setdefault(node_of(pod), Counter())
        for name, value in requests_of(pod).items():
            used[name] += sign * value
        ports = self._ports.setdefault(node_of(pod), Counter())
        for port in host_ports_of(pod):
            ports[port] += sign


def _share(pod: Json | None) -> str:
    """Give the node whose room a pod takes, "" for none."""
    return "" if pod is None or "spec" not in pod or is_finished(pod) else node_of(pod)


def _of_container(container: Json) -> dict[str, int]:
    resources = container.get("resources") or {}
    return amounts({**(resources.get("limits") or {}), **(resources.get("requests") or {})})
