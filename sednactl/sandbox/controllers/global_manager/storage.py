"""Where a worker finds its models and data sets: host paths, downloads, and the environment that tells.

Rules of the Global Manager's storage initializer: a URL without a scheme is a
file on the node, whose folder is mounted; s3, http and https are downloaded by
an init container; every other scheme is handed on as it is.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import normpath
from typing import Any
from urllib.parse import unquote

from sednactl.sandbox.controllers.global_manager.halting import Panic
from sednactl.validation.go_urls import go_refuses, scheme_of
from sednactl.validation.mounting import (
    DOWNLOAD_VOLUME,
    DOWNLOADED,
    DOWNLOADER,
    DOWNLOADER_LIMITS,
    DOWNLOADS,
    HOST_PREFIX,
    folder_of,
    volume_name,
)

Json = dict[str, Any]

INITIALIZER_IMAGE = "kubeedge/sedna-storage-initializer:v0.3.0"
_INDIRECT = "@"


@dataclass(frozen=True)
class Source:
    """One URL a worker needs.

    `download` tells that the init container may fetch it, `indirect` that it is
    an index whose entries are to be fetched, `secret` is the Secret for it.
    """

    url: str
    secret: Mapping[str, Any] | None = None
    download: bool = True
    indirect: bool = False


@dataclass(frozen=True)
class Mount:
    """URLs that one environment variable tells a worker, joined by semicolons."""

    variable: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Storage:
    """What mounts add to a pod: volumes, mounts and variables of every container, and an init container."""

    variables: dict[str, str] = field(default_factory=dict)
    volumes: tuple[Json, ...] = ()
    volume_mounts: tuple[Json, ...] = ()
    container_env: tuple[Json, ...] = ()
    init_container: Json | None = None


@dataclass(frozen=True)
class _Place:
    """Where one URL is outside and inside of the container; "" where that does not apply."""

    source: Source
    host: str = ""
    mounted: str = ""
    inside: str = ""
    fetched_from: str = ""
    fetched_to: str = ""
    secret_env: tuple[Json, ...] = ()


def storage_of(mounts: Iterable[Mount]) -> Storage:
    """Give what a worker's mounts add to its pod. Raises Panic for a URL that Go cannot read."""
    places: list[_Place] = []
    variables: dict[str, str] = {}
    for mount in mounts:
        own = [_place(source) for source in mount.sources]
        places += own
        variables[mount.variable] = ";".join(place.inside or place.source.url for place in own)
    volumes, mounted, for_init = _host_paths(places)
    init = _init_container(places, for_init)
    env = [{"name": "DATA_PATH_PREFIX", "value": HOST_PREFIX}] if mounted else []
    env += _merged(place.secret_env for place in places if not place.source.download)
    if init is not None:
        volumes.insert(0, {"name": DOWNLOAD_VOLUME, "emptyDir": {}})
        mounted.insert(0, {"name": DOWNLOAD_VOLUME, "mountPath": DOWNLOADS, "readOnly": True})
    return Storage(variables, tuple(volumes), tuple(mounted), tuple(env), init)


def secret_env(secret: Mapping[str, Any] | None) -> tuple[Json, ...]:
    """Give the variables by which a worker reaches S3; none where the Secret does not name an endpoint."""
    if secret is None:
        return ()
    annotations = secret["metadata"].get("annotations") or {}
    endpoint = annotations.get("s3-endpoint", "")
    if not endpoint:
        return ()
    scheme = "http" if annotations.get("s3-usehttps") == "0" else "https"
    data = secret.get("data") or {}
    return (
        {"name": "S3_ENDPOINT_URL", "value": f"{scheme}://{endpoint}"},
        {"name": "ACCESS_KEY_ID", "value": _decoded(data.get("ACCESS_KEY_ID"))},
        {"name": "SECRET_ACCESS_KEY", "value": _decoded(data.get("SECRET_ACCESS_KEY"))},
    )


def _place(source: Source) -> _Place:
    fault = go_refuses(source.url)
    if fault:
        raise Panic(f"url {source.url!r} cannot be read: {fault}")
    scheme, host, path = _split(source.url)
    secrets = secret_env(source.secret) if scheme == "s3" or source.indirect else ()
    if scheme:
        if not source.download or scheme not in DOWNLOADED:
            return _Place(source, secret_env=secrets)
        inside = _join(DOWNLOADS, host + path)
        return _Place(
            source,
            mounted=DOWNLOADS,
            inside=inside,
            fetched_from=source.url,
            fetched_to=folder_of(inside),
            secret_env=secrets,
        )
    inside = _join(HOST_PREFIX, path)
    if not source.indirect:
        return _Place(source, folder_of(source.url), folder_of(inside), inside, secret_env=secrets)
    fetched = _join(DOWNLOADS, host + path)
    return _Place(
        source, folder_of(source.url), folder_of(inside), fetched, inside, folder_of(fetched), secrets
    )


def _split(url: str) -> tuple[str, str, str]:
    """Give scheme, host with port, and path, as Go's url.Parse does for a URL it takes."""
    scheme = scheme_of(url)
    rest = url.partition("#")[0]
    rest = (rest[len(scheme) + 1 :] if scheme else rest).partition("?")[0]
    if scheme and not rest.startswith("/"):
        return scheme, "", ""  # opaque
    host = ""
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        host, rest = authority.rpartition("@")[2], slash + path
    return scheme, host, unquote(rest)


def _host_paths(places: Sequence[_Place]) -> tuple[list[Json], list[Json], list[Json]]:
    volumes: dict[str, Json] = {}
    mounted: list[Json] = []
    for_init: list[Json] = []
    for place in places:
        if not place.host:
            continue
        name = volume_name(place.host)
        volumes.setdefault(name, {"name": name, "hostPath": {"path": place.host, "type": "Directory"}})
        mount = {"name": name, "mountPath": place.mounted}
        (for_init if place.source.indirect else mounted).append(mount)
    return list(volumes.values()), mounted, for_init


def _init_container(places: Sequence[_Place], for_init: Sequence[Json]) -> Json | None:
    fetched = [place for place in places if place.fetched_from and place.fetched_to]
    if not fetched:
        return None
    arguments = []
    for place in fetched:
        mark = _INDIRECT if place.source.indirect else ""
        arguments += [place.fetched_from, mark + place.fetched_to]
    return {
        "name": DOWNLOADER,
        "image": INITIALIZER_IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "args": arguments,
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "resources": {"limits": dict(DOWNLOADER_LIMITS)},
        "volumeMounts": [{"name": DOWNLOAD_VOLUME, "mountPath": DOWNLOADS}, *for_init],
        "env": [
            *_merged(place.secret_env for place in fetched),
            {"name": "INDIRECT_URL_MARK", "value": _INDIRECT},
        ],
    }


def _merged(groups: Iterable[Sequence[Json]]) -> list[Json]:
    """Give the variables of all groups; of two with one name the first."""
    found: dict[str, Json] = {}
    for group in groups:
        for variable in group:
            found.setdefault(variable["name"], variable)
    return list(found.values())


def _join(prefix: str, path: str) -> str:
    return normpath(f"{prefix}/{path}")


def _decoded(value: object) -> str:
    try:
        return base64.b64decode(str(value or "")).decode(errors="replace")
    except binascii.Error:
        return ""
