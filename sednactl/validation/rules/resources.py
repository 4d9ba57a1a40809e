"""Requests and limits that a pod may not have.

Source: Kubernetes' validation of a container's resource requirements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sednactl.sedna.quantity import NANO, nanos_of
from sednactl.validation.plain.scaling import LEAST_BYTES, MOST_CORES, usual_amounts
from sednactl.validation.rulebook import rule
from sednactl.validation.rules.pod_parts import Place
from sednactl.validation.shape import mapping
from sednactl.validation.structure import Problem
from sednactl.validation.words import label_key_fault
from sednactl.validation.workload import Workload

_OWN: Final = ("cpu", "memory", "ephemeral-storage")
_ALL_OWN: Final = frozenset(_OWN)


@rule("SDN138", "error", about={"resources": usual_amounts}, within="resources")
def resources_in_order(workload: Workload) -> Iterator[Problem]:
    """Requests or limits that Kubernetes refuses

    A request may not be above its limit, neither may be below 0, and their names are cpu, memory,
    ephemeral-storage, hugepages-SIZE or those of a device plugin (nvidia.com/gpu). Devices and
    huge pages come whole, need a limit, and their request is equal to it. The pod is refused
    otherwise, and a JointInferenceService ends as Failed.

    Wrong:
      requests: {cpu: "5"}
      limits: {cpu: "1"}
    Right:
      requests: {cpu: 500m}
      limits: {cpu: "1"}
    """
    for path, _, container in workload.containers():
        resources = mapping(container, "resources")
        if resources:
            yield from _amounts(resources, (*path, "resources"))
            yield from _against_limits(resources, (*path, "resources"))


def _amounts(resources: dict[str, Any], path: Place) -> Iterator[Problem]:
    for side in ("requests", "limits"):
        for name, amount in mapping(resources, side).items():
            nanos = nanos_of(amount)
            if name in _OWN and (nanos is None or nanos >= 0):
                continue
            place = (*path, side, name)
            if not is_resource(name):
                hint = f"one of {', '.join(_OWN)}, or a device's full name such as nvidia.com/gpu"
                yield Problem("SDN138", place, f'containers have no resource "{name}"', hint, True)
            if nanos is not None and nanos < 0:
                yield Problem("SDN138", place, f"{name} is {amount}, below 0", "0 or more")
            elif nanos is not None and is_device(name) and nanos % NANO:
                yield Problem("SDN138", place, f"{name} is {amount}; devices come whole", "a whole number")


def _against_limits(resources: dict[str, Any], path: Place) -> Iterator[Problem]:
    limits, requests = mapping(resources, "limits"), mapping(resources, "requests")
    for name, amount in requests.items():
        whole_only = name not in _OWN and (is_device(name) or name.startswith("hugepages-"))
        limit = limits.get(name)
        asked, most = nanos_of(amount), nanos_of(limit)
        if not whole_only and (asked is None or most is None or asked <= most):
            continue
        place = (*path, "requests", name)
        if limit is None and whole_only:
            message = f"{name} is requested without a limit"
            yield Problem("SDN138", place, message, f"write it under limits: {name}: {amount}", True)
        elif asked is None or most is None:
            continue
        elif asked > most:
            message = f"the request of {amount} {name} is above its limit of {limit}"
            yield Problem("SDN138", place, message, f"request at most {limit}, or raise limits.{name}")
        elif asked < most and whole_only:
            message = f"the request of {amount} {name} is not equal to its limit of {limit}"
            yield Problem("SDN138", place, message, "remove the request: the limit stands for both")
    asked_for = {*requests, *limits}
    if asked_for <= _ALL_OWN:
        return
    huge = next((name for name in asked_for if name.startswith("hugepages-")), "")
    if huge and not asked_for & {"cpu", "memory"}:
        yield Problem(
            "SDN138", path, f"{huge} needs cpu or memory beside it", "add a request for memory", True
        )


@rule("SDN150", "warning", about={"resources": usual_amounts}, within="resources")
def amounts_are_likely(workload: Workload) -> Iterator[Problem]:
    """Amount in a unit that is hardly meant

    m is a thousandth: 512m of memory is half a byte, and no container starts with that; Mi is what is
    meant. CPU without m counts whole cores: 500 asks for five hundred of them, and the pod stays Pending.

    Wrong:
      requests: {cpu: 500, memory: 512m}
    Right:
      requests: {cpu: 500m, memory: 512Mi}
    """
    for path, _, container in workload.containers():
        resources = mapping(container, "resources")
        for side in ("requests", "limits") if resources else ():
            amounts = mapping(resources, side)
            place = (*path, "resources", side)
            for name in ("memory", "ephemeral-storage"):
                nanos = nanos_of(amounts.get(name))
                if nanos is not None and 0 < nanos < LEAST_BYTES * NANO:
                    message = f"{name} is {amounts[name]}, which is less than a kilobyte"
                    yield Problem("SDN150", (*place, name), message, "e.g. 512Mi: m is a thousandth")
            nanos = nanos_of(amounts.get("cpu"))
            if nanos is not None and nanos >= MOST_CORES * NANO:
                message = f"cpu is {amounts['cpu']}: that many cores"
                yield Problem("SDN150", (*place, "cpu"), message, "e.g. 500m for half a core")


def shown(nanos: int, resource: str) -> str:
    """Give an amount in nano-units as a person writes it: bytes in the largest binary unit that it fills."""
    units = nanos / NANO
    if resource == "memory" or resource.endswith("storage"):
        for suffix, size in (("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10)):
            if units >= size:
                return f"{units / size:.4g}{suffix}"
    return f"{units:.4g}"


def is_device(name: str) -> bool:
    """Tell whether a resource comes from a device plugin: its name has a domain that is not Kubernetes' own."""
    return "/" in name and "kubernetes.io/" not in name


def is_resource(name: str) -> bool:
    """Tell whether Kubernetes takes a name as that of something a container may ask for."""
    if label_key_fault(name):
        return False
    return "/" in name or name in _OWN or name.startswith("hugepages-")
