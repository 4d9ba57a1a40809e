"""One worker as a template sees it: every key there, environment and volumes as Kubernetes spells them, a name made up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.manifests.values_schema import Path, spell

Json = dict[str, Any]
_MOUNT_KEYS = ("name", "mountPath", "subPath", "readOnly", "mountPropagation")
_LONGEST_LABEL = 63


def completed_worker(values: Mapping[str, Any], path: Path, fallback: str) -> Json:
    """Give a worker with everything a template may ask of it.

    `path` is where its values stand (for messages), `fallback` the container's name
    where neither the values, the model nor the image give one.
    """
    found: Json = {
        "node": None,
        "hostNetwork": False,
        "requests": {},
        "limits": {},
        "sidecars": [],
        "pod": {},
    }
    found |= values
    found["container"] = {**values.get("container", {}), "name": _container_name(values, fallback)}
    found["env"] = _env(values.get("env", {}))
    found["volumes"], found["mounts"] = _volumes(values.get("volumes", ()), path)
    return found


def _env(values: Mapping[str, Any] | Sequence[Any]) -> list[Any]:
    if not isinstance(values, Mapping):
        return list(values)
    return [
        {"name": name, "value": value} if isinstance(value, str) else {"name": name, **value}
        for name, value in values.items()
    ]


def _container_name(values: Mapping[str, Any], fallback: str) -> str:
    """Take the name given, else make one of the model's name or the image's."""
    given: str | None = values.get("container", {}).get("name")
    if given:
        return given
    image = values.get("image", "").partition("@")[0].rpartition("/")[2].partition(":")[0]
    return dns_label(values.get("model", "")) or dns_label(image) or fallback


def dns_label(text: str) -> str:
    """Make the nearest name that Kubernetes takes for containers and volumes; empty where nothing is left."""
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST_LABEL].rstrip("-")


def _volumes(entries: Sequence[Mapping[str, Any]], path: Path) -> tuple[list[Json], list[Json]]:
    """Split what the values say of each volume into the pod's volumes and the container's mounts."""
    volumes: dict[str, Json] = {}
    mounts = []
    for index, entry in enumerate(entries):
        source = {key: value for key, value in entry.items() if key not in _MOUNT_KEYS}
        if isinstance(source.get("hostPath"), str):
            source["hostPath"] = {"path": source["hostPath"], "type": "Directory"}
        name = entry.get("name") or _volume_name(source, entry["mountPath"], volumes)
        here = spell((*path, "volumes", index))
        if source:
            if volumes.get(name, source) != source:
                raise InvalidInput(f"{here}: there is another volume named '{name}'")
            volumes[name] = source
        elif name not in volumes:
            raise InvalidInput(
                f"{here}: volume '{name}' has no source",
                hint="say hostPath, emptyDir, configMap, secret, persistentVolumeClaim …",
            )
        mounts.append({"name": name} | {key: entry[key] for key in _MOUNT_KEYS[1:] if key in entry})
    return [{"name": name, **source} for name, source in volumes.items()], mounts


def _volume_name(source: Mapping[str, Any], mount: str, taken: Mapping[str, Json]) -> str:
    host = source.get("hostPath")
    path = str(host.get("path", "")) if isinstance(host, Mapping) else ""
    base = dns_label(path.rstrip("/").rpartition("/")[2]) or dns_label(mount) or "volume"
    if base not in taken or taken[base] == source:
        return base
    number = 2
    while f"{base[:58]}-{number}" in taken:
        number += 1
    return f"{base[:58]}-{number}"
