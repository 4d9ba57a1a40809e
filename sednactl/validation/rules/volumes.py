"""Volumes and mounts that a pod may not have.

Source: Kubernetes' validation of volumes and volumeMounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sednactl.sedna.quantity import nanos_of
from sednactl.validation.plain.pods import of_a_node, plain_mounts
from sednactl.validation.rulebook import rule
from sednactl.validation.rules.pod_parts import INIT, MAIN, Place
from sednactl.validation.shape import has, mapping, maps, text, whole
from sednactl.validation.structure import Problem
from sednactl.validation.words import is_dns_label
from sednactl.validation.workload import Workload

_NAMED: Final = {
    "hostPath": "path",
    "configMap": "name",
    "secret": "secretName",
    "persistentVolumeClaim": "claimName",
    "nfs": "server",
}
"""What a source has to say besides its own name."""
_OF_FILES: Final = ("configMap", "secret", "projected", "downwardAPI")
"""Sources whose files have modes and paths."""


@rule("SDN142", "error", about={"volumes": of_a_node})
def volumes_in_order(workload: Workload) -> Iterator[Problem]:
    """Volume that Kubernetes refuses

    A volume's name is a DNS label, and a volume has one source, which says where the data is: a
    path without "..", a ConfigMap, a Secret, a claim. The pod is refused otherwise.

    Wrong:
      - name: data
        hostPath: {path: /data}
        emptyDir: {}
    """
    for path, pod in workload.pods():
        for index, volume in maps(pod, "volumes"):
            place = (*path, "volumes", index)
            name = volume.get("name")
            if isinstance(name, str) and not is_dns_label(name) and "$" not in name:
                hint = "lower-case letters, digits and '-', at most 63 characters"
                yield Problem("SDN142", (*place, "name"), f'"{name}" is no name of a volume', hint)
            sources = [key for key in volume if key != "name" and isinstance(volume[key], dict)]
            for source in sources[1:]:
                message = f"{sources[0]} and {source} exclude each other: a volume has one source"
                yield Problem("SDN142", (*place, source), message, "make it two volumes", True)
            yield from _source(volume, place)


def _source(volume: dict[str, Any], place: Place) -> Iterator[Problem]:
    for source, key in _NAMED.items():
        if source in volume and has(volume, source) and not mapping(volume, source).get(key):
            yield Problem("SDN142", (*place, source), f"{source} needs {key}", f"add {key}", True)
    path = text(mapping(volume, "hostPath"), "path")
    if ".." in path and ".." in path.split("/"):
        yield Problem(
            "SDN142", (*place, "hostPath", "path"), f'"{path}" has a step ".."', "write the path out"
        )
    for source in _OF_FILES:
        if source not in volume:
            continue
        mode = whole(mapping(volume, source), "defaultMode")
        if mode is not None and not 0 <= mode <= 0o777:
            where = (*place, source, "defaultMode")
            yield Problem(
                "SDN142", where, f"a mode of {mode}; 0 to 0777 (511) are allowed", "e.g. 0644 (420)"
            )
        for index, item in maps(mapping(volume, source), "items"):
            yield from _relative(item, "path", (*place, source, "items", index))
    size = nanos_of(mapping(volume, "emptyDir").get("sizeLimit")) if "emptyDir" in volume else None
    if size is not None and size < 0:
        yield Problem(
            "SDN142",
            (*place, "emptyDir", "sizeLimit"),
            f"a size of {mapping(volume, 'emptyDir')['sizeLimit']}, below 0",
            "e.g. 1Gi",
        )


@rule("SDN143", "error", about={"volumeMounts": plain_mounts, "volumeDevices": None})
def mounts_in_order(workload: Workload) -> Iterator[Problem]:
    """Mount that Kubernetes refuses

    A mount has a path in the container, and a subPath that stays inside its volume. Bidirectional
    mounts are for privileged containers. A volumeDevice is a claim's. That the volume of a mount
    exists is SDN134's.
    """
    for path, pod in workload.pods():
        if any("volumeDevices" in container for group in (INIT, MAIN) for _, container in maps(pod, group)):
            yield from _devices(pod, path)
    for path, _, container in workload.containers():
        privileged = mapping(container, "securityContext").get("privileged") is True
        for index, mount in maps(container, "volumeMounts"):
            place = (*path, "volumeMounts", index)
            if mount.get("mountPath") == "":
                yield Problem(
                    "SDN143", (*place, "mountPath"), "the mountPath is empty", "e.g. mountPath: /data"
                )
            if mount.get("name") == "":
                yield Problem(
                    "SDN143",
                    (*place, "name"),
                    "the mount's name of a volume is empty",
                    "name one of the pod's volumes",
                )
            for key in ("subPath", "subPathExpr"):
                yield from _relative(mount, key, place, "SDN143")
            if text(mount, "subPath") and text(mount, "subPathExpr"):
                message = "subPath and subPathExpr exclude each other"
                yield Problem("SDN143", (*place, "subPathExpr"), message, "keep one of them", True)
            if mount.get("mountPropagation") == "Bidirectional" and not privileged:
                message = "Bidirectional needs a privileged container"
                yield Problem("SDN143", (*place, "mountPropagation"), message, "HostToContainer does not")


def _devices(pod: dict[str, Any], path: Place) -> Iterator[Problem]:
    claims = {
        text(volume, "name")
        for _, volume in maps(pod, "volumes")
        if has(volume, "persistentVolumeClaim") or has(volume, "ephemeral")
    }
    for group in (INIT, MAIN):
        for index, container in maps(pod, group):
            for place, device in maps(container, "volumeDevices"):
                if text(device, "name") not in claims:
                    message = f'the pod has no claim "{text(device, "name")}" among its volumes'
                    yield Problem(
                        "SDN143",
                        (*path, group, index, "volumeDevices", place),
                        message,
                        "add a volume with persistentVolumeClaim",
                    )


def _relative(owner: dict[str, Any], key: str, place: Place, number: str = "SDN142") -> Iterator[Problem]:
    path = text(owner, key)
    if path.startswith("/") or ".." in path.split("/"):
        yield Problem(number, (*place, key), f'{key} "{path}" leaves the volume', "no / first, no step ..")
