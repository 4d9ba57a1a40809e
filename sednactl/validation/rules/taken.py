"""Names and places in a pod that Sedna gives to what it adds: Kubernetes refuses a pod that has one of them twice.

Source: Sedna's storage initializer, which puts its volumes and mounts behind those of the manifest, and
Kubernetes' validation of pods: names of volumes and of containers differ, and so do the mount paths of a
container, compared as they are written.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sednactl.validation.addresses import GETTING, addresses_of, downloaded, on_the_node
from sednactl.validation.mounting import (
    DOWNLOAD_VOLUME,
    DOWNLOADER,
    DOWNLOADS,
    HOST_PREFIX,
    HOT_UPDATE,
    HOT_UPDATE_VOLUME,
    LONGEST_NAME,
    NAMELESS_VOLUME,
    folder_of,
    inside_of,
    volume_name,
)
from sednactl.validation.noted import Own
from sednactl.validation.rulebook import page
from sednactl.validation.shape import mapping, maps, text
from sednactl.validation.structure import Problem

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.all_together import Together
    from sednactl.validation.workload import Workload

page(
    "SDN151",
    "error",
    """
    Name or place in a pod that Sedna takes itself

    Of a model or dataset that is a path on the node, Sedna mounts the folder at /home/data followed by that
    path, from a volume named after it: /models/big/m.pb gives the volume models-bigz and the mount
    /home/data/models/big/. For what is to be downloaded (s3, http, https) it adds an init container
    storage-initializer and a volume sedna-storage-initializer, mounted at /downloads; for an incremental
    learning job with hotUpdateEnabled a volume sedna-model-hot-update-volume at /model-hot-update.

    A manifest that has one of these too makes a pod that Kubernetes refuses: a service ends as Failed, a job
    gets no worker. A mount at the same place that is written otherwise (without the last slash) is taken, but
    Sedna's lies over it: that is a warning. So is a name for downloads where the model is not among these
    files, so that nobody knows whether it is downloaded.

    Wrong, for the Model at /models/big/m.pb:
      volumes:
      - name: models-bigz
        emptyDir: {}
    """,
)
_FIXED = frozenset((DOWNLOAD_VOLUME, NAMELESS_VOLUME, HOT_UPDATE_VOLUME))
_OF_DOWNLOADS = frozenset((DOWNLOADER, DOWNLOAD_VOLUME, DOWNLOADS))
_OF_HOT_UPDATE = frozenset((HOT_UPDATE, HOT_UPDATE_VOLUME))
_REFUSED = "Kubernetes refuses a pod that has two"


def own_names(workload: Workload) -> Iterator[Own]:
    """Give the names and places in a workload's pods that what Sedna adds may have as well."""
    if workload.kind not in GETTING:
        return
    for path, pod in workload.pods():
        if "volumes" in pod:
            for index, volume in maps(pod, "volumes"):
                name = text(volume, "name")
                if name.endswith("z") or len(name) == LONGEST_NAME or name in _FIXED:
                    yield Own("volume", name, (*path, "volumes", index, "name"), path, _given(workload, path))
    for path, group, container in workload.containers():
        if container.get("name") == DOWNLOADER:
            yield Own("container", DOWNLOADER, (*path, "name"), path[:-2], ())
        if group == "containers" and "volumeMounts" in container:
            for index, mount in maps(container, "volumeMounts"):
                at = text(mount, "mountPath")
                if at.startswith((HOST_PREFIX, DOWNLOADS, HOT_UPDATE)):
                    place = (*path, "volumeMounts", index, "mountPath")
                    yield Own("mount", at, place, path[:-2], _given(workload, path[:-2]))


def _given(workload: Workload, pod: tuple[Any, ...]) -> tuple[str, ...]:
    """Give what a worker gets because its own manifest says where it lies; the marks of a hot update among it."""
    spec = workload.spec
    if workload.kind == "FederatedLearningJob":
        urls = [text(mapping(mapping(spec, "transmitter"), "s3"), "aggDataPath")]
    elif pod[1] != "deploySpec":
        urls = []
    elif workload.kind == "LifelongLearningJob":
        urls = [f"{text(spec, 'outputDir').rstrip('/')}/deploy/index.pkl"]
    else:
        hot = mapping(mapping(spec, "deploySpec"), "model").get("hotUpdateEnabled") is True
        return tuple(sorted(_OF_HOT_UPDATE)) if hot else ()
    return tuple(url for url in urls if on_the_node(url) and "$" not in url)


def taken_names(together: Together) -> Iterator[tuple[Document, Problem]]:
    """Give the names and places that Sedna takes too, as far as it is known where models and datasets lie."""
    for noted in together.owning:
        for own in noted.pins.own if noted.pins else ():
            found = list(addresses_of(noted.kind, noted.namespace, own.pod, noted.names, together.defined))
            problem = _taken(own, found)
            if problem is not None:
                yield noted.document, problem


def _taken(own: Own, urls: list[str | None]) -> Problem | None:
    hint = f"take another {'path' if own.what == 'mount' else 'name'}"
    if own.name in _OF_HOT_UPDATE:
        if own.name not in own.given:
            return None
        message = f'Sedna adds a {own.what} "{own.name}" for the hot update: {_REFUSED}'
        return Problem("SDN151", own.path, message, hint)
    if own.name in _OF_DOWNLOADS:
        fetched = next((url for url in urls if downloaded(url)), None)
        if fetched is not None:
            message = f'Sedna adds a {own.what} "{own.name}" to download {_clip(fetched)}: {_REFUSED}'
            return Problem("SDN151", own.path, message, hint)
        if None not in urls:
            return None
        message = f'Sedna adds a {own.what} "{own.name}" of its own where it downloads a model or dataset'
        return Problem("SDN151", own.path, message, hint, level="warning")
    for url in (*urls, *own.given):
        if url is None or url in _OF_HOT_UPDATE or not on_the_node(url):
            continue
        if own.what == "volume" and own.name == volume_name(folder_of(url)):
            message = f'Sedna adds a volume "{own.name}" for {_clip(url)}: {_REFUSED}'
            return Problem("SDN151", own.path, message, hint)
        at = folder_of(inside_of(url))
        if own.what == "mount" and own.name == at:
            message = f"Sedna mounts the folder of {_clip(url)} at {_clip(at)}: {_REFUSED}"
            return Problem("SDN151", own.path, message, hint)
        if own.what == "mount" and posixpath.normpath(own.name) == posixpath.normpath(at):
            message = f"Sedna mounts the folder of {_clip(url)} there too, and over it"
            return Problem("SDN151", own.path, message, hint, level="warning")
    return None


def _clip(url: str) -> str:
    return url if len(url) <= 80 else url[:77] + "…"
