"""Workloads of which a rule has nothing to say: what no field tells by itself."""

from __future__ import annotations

from typing import Final

from sednactl.sedna.naming import LONGEST_NAME
from sednactl.validation.shape import listed, text
from sednactl.validation.words import is_dns_1035_label
from sednactl.validation.workload import Workload

_FITS_ANY: Final[int] = min(LONGEST_NAME.values())
"""Characters of a name that the children of every kind can carry, in any release."""
_GROUPS: Final = ("initContainers", "containers")


def any_child_can_carry_its_name(workload: Workload) -> bool:
    """Tell whether a workload's name is a DNS label that begins with a letter, and short."""
    return is_dns_1035_label(workload.name, _FITS_ANY)


def names_no_deployment(workload: Workload) -> bool:
    """Tell whether there is no "-deployment" in a workload's name."""
    return "-deployment" not in workload.name


def runs_something(workload: Workload) -> bool:
    """Tell whether all pods have containers."""
    for _, pod in workload.pods():  # noqa: SIM110 - a generator takes longer
        if not pod.get("containers"):
            return False
    return True


def mounts_what_it_has(workload: Workload) -> bool:
    """Tell whether all mounts are of volumes of their pod."""
    for _, pod in workload.pods():
        volumes = {text(volume, "name") for volume in listed(pod, "volumes")}
        for group in _GROUPS:
            for container in listed(pod, group):
                for mount in listed(container, "volumeMounts"):
                    if text(mount, "name") not in volumes:
                        return False
    return True


def is_for_any_kubernetes(workload: Workload) -> bool:
    """Tell whether nobody said what version of Kubernetes a workload is for."""
    return workload.target.kubernetes is None


def claims_no_port_of_a_node(workload: Workload) -> bool:
    """Tell whether a JointInferenceService names no ports, and none of its sides scales on its node's network."""
    if workload.kind != "JointInferenceService":
        return False
    for _, _, container in workload.containers():
        if "ports" in container:
            return False
    for side, _ in workload.scaled_sides():  # noqa: SIM110
        if side.pod.get("hostNetwork") is True:
            return False
    return True
