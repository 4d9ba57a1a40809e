"""Which release of Sedna's Global Manager a cluster runs, as its image says, and as whom it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sednactl.errors import NotFound, UsageError
from sednactl.sedna.releases import release_named
from sednactl.sedna.resources import DEPLOYMENT
from sednactl.validation.shape import mapping, maps, text

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.sedna.releases import Release

NAME, NAMESPACE = "gm", "sedna"
"""Where Sedna's manifests and its Helm chart put it."""


@dataclass(frozen=True)
class ManagerImage:
    """The image of the Global Manager; `release` is None where its tag names none that is known.

    `account` is its service account, "" where it names none.
    """

    image: str
    release: Release | None
    account: str = ""


def manager_image(cluster: Cluster) -> ManagerImage | None:
    """Read the Deployment of the Global Manager; None where there is none. Raises Forbidden and the door's other errors."""
    try:
        manager = cluster.find(DEPLOYMENT, NAME, NAMESPACE)
    except NotFound:
        return None
    return image_of(manager)


def image_of(workload: Any) -> ManagerImage | None:
    """Give the image of a Deployment or DaemonSet of Sedna's; None without one.

    Of several the first whose tag is a release is taken, so that a sidecar does not hide it.
    """
    pod = mapping(mapping(mapping(workload, "spec"), "template"), "spec")
    account = text(pod, "serviceAccountName") or text(pod, "serviceAccount")
    images = images_of(workload)
    for image in images:
        tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
        try:
            return ManagerImage(image, release_named(tag), account)
        except UsageError:
            continue  # a tag of one's own
    return ManagerImage(images[0], None, account) if images else None


def images_of(workload: Any) -> tuple[str, ...]:
    """Give the images of a Deployment or DaemonSet."""
    pod = mapping(mapping(mapping(workload, "spec"), "template"), "spec")
    return tuple(filter(None, (text(container, "image") for _, container in maps(pod, "containers"))))
