"""The parts of a Sedna installation among what a cluster runs: which object each is, and of which release."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sednactl.errors import UsageError
from sednactl.sedna.releases import Release, release_named
from sednactl.validation.rbac import Account

Json = dict[str, Any]


def part_named(name: str, objects: Iterable[Json]) -> Json | None:
    """Find a part of Sedna (`gm`, `lc`, `kb`) by the label that its manifests give it, else by its name."""
    known = list(objects)
    for one in known:
        if (one["metadata"].get("labels") or {}).get("sedna") == name:
            return one
    return next((one for one in known if one["metadata"].get("name") == name), None)


def images_of(workload: Json) -> tuple[str, ...]:
    """Give the images of a Deployment or DaemonSet."""
    pod = pod_spec(workload)
    return tuple(str(one.get("image")) for one in pod.get("containers") or () if one.get("image"))


def release_of_image(images: Iterable[str]) -> Release | None:
    """Read the release off an image's tag; None for tags that are no release of Sedna."""
    for image in images:
        tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
        try:
            return release_named(tag)
        except UsageError:
            continue
    return None


def account_of(manager: Json) -> Account:
    """Give the service account that a Deployment's pods run as."""
    name = str(pod_spec(manager).get("serviceAccountName") or "default")
    return Account(str(manager["metadata"].get("namespace")), name)


def pod_spec(workload: Json) -> Json:
    """Give the pod spec of a Deployment or DaemonSet."""
    found: Json = ((workload.get("spec") or {}).get("template") or {}).get("spec") or {}
    return found
