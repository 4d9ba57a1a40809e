"""Pods that a Deployment refuses: Sedna's CRD lets them through, and the service ends as Failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sednactl.validation.plain.names import named_with_images
from sednactl.validation.plain.pods import is_always
from sednactl.validation.plain.workloads import mounts_what_it_has, runs_something
from sednactl.validation.rulebook import Plain, rule
from sednactl.validation.rules.pod_parts import deployed
from sednactl.validation.shape import has, listed, maps, text
from sednactl.validation.structure import Problem
from sednactl.validation.words import is_dns_label
from sednactl.validation.workload import Workload

_CONTAINERS: Final[dict[str, Plain | None]] = dict.fromkeys(
    ("initContainers", "containers"), named_with_images
)


@rule("SDN131", "error", about=_CONTAINERS)
def containers_have_images(workload: Workload) -> Iterator[Problem]:
    """Container without an image

    Sedna's CRD does not ask for an image, a Deployment does: without one it is refused and
    the service ends as Failed.
    """
    for path, pod in workload.pods():
        for group in ("initContainers", "containers"):
            for index, container in maps(pod, group):
                if not has(container, "image") or container["image"] == "":
                    name = text(container, "name")
                    at = (*path, group, index)
                    yield Problem(
                        "SDN131", at, f'the container "{name}" has no image', "add image: REPOSITORY:TAG"
                    )


@rule("SDN132", "error", unless=runs_something)
def pods_have_containers(workload: Workload) -> Iterator[Problem]:
    """Pod without containers

    The list of containers is empty, or the pod's spec is missing: there is nothing to run,
    and the Deployment is refused.
    """
    for path, pod in workload.pods():
        if not pod or pod.get("containers") == []:
            place = path if pod else path[:-1]
            yield Problem("SDN132", place, "the pod has no container", "add spec.containers", True)


@rule(
    "SDN133",
    "error",
    "JointInferenceService",
    "FeatureExtractionService",
    "ObjectSearchService",
    about={"restartPolicy": is_always},
)
def restart_policy(workload: Workload) -> Iterator[Problem]:
    """Restart policy that a Deployment refuses

    Both workers of a JointInferenceService run as Deployments, whose pods must always be
    restarted. OnFailure and Never were possible before Sedna 0.7, when workers were bare pods.
    The same holds for a FeatureExtractionService and for the user and reid workers of an
    ObjectSearchService.
    """
    for path, pod in workload.pods():
        policy = text(pod, "restartPolicy")
        if policy and policy != "Always" and deployed(workload, path):
            message = f'restartPolicy "{policy}" is refused for Deployments; only Always works'
            yield Problem("SDN133", (*path, "restartPolicy"), message, "remove the line")


@rule("SDN134", "error", about=("volumeMounts",), unless=mounts_what_it_has)
def mounts_have_volumes(workload: Workload) -> Iterator[Problem]:
    """Mount of a volume that the pod does not have

    Every volumeMount names a volume of the same pod; the Deployment is refused otherwise.
    """
    for path, pod in workload.pods():
        volumes = {text(volume, "name") for volume in listed(pod, "volumes") if type(volume) is dict}
        for group in ("initContainers", "containers"):
            for index, container in enumerate(listed(pod, group)):
                for place, mount in enumerate(listed(container, "volumeMounts")):
                    name = text(mount, "name")
                    if name and name not in volumes:
                        at = (*path, group, index, "volumeMounts", place, "name")
                        known = (
                            f"volumes here: {', '.join(sorted(volumes))}"
                            if volumes
                            else "add it under volumes"
                        )
                        yield Problem("SDN134", at, f'the pod has no volume "{name}"', known)


@rule("SDN135", "error", about=_CONTAINERS)
def container_names(workload: Workload) -> Iterator[Problem]:
    """Container name that Kubernetes refuses

    Names of containers are DNS labels: lower-case letters, digits and '-', at most 63.
    """
    for path, pod in workload.pods():
        for group in ("initContainers", "containers"):
            for index, container in maps(pod, group):
                name = container.get("name")
                if isinstance(name, str) and not is_dns_label(name) and "$" not in name:
                    message = f'"{name}" is no valid container name'
                    hint = "lower-case letters, digits and '-', at most 63 characters"
                    yield Problem("SDN135", (*path, group, index, "name"), message, hint)
