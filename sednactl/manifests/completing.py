"""From checked values to what a template sees: every key there, short forms spelled out, names made up.

A template can then be short and say `edge.env` without asking whether somebody
gave one. What only makes sense across several values is judged here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.manifests.autoscaling import autoscaler, missing_request
from sednactl.sedna.kinds import JOINT_INFERENCE, SednaKind

Json = dict[str, Any]
_MOUNT_KEYS = ("name", "mountPath", "subPath", "readOnly", "mountPropagation")
_LONGEST_LABEL = 63


def template_values(kind: SednaKind, name: str, namespace: str | None, values: Mapping[str, Any]) -> Json:
    """Give the names a template of this kind may use. Raises InvalidInput for values that contradict each other."""
    metadata = {
        "name": name,
        "namespace": namespace or values.get("namespace"),
        "labels": values.get("labels", {}),
        "annotations": values.get("annotations", {}),
    }
    # Not as names of their own: `namespace` is a function of Jinja's.
    rest = {key: value for key, value in values.items() if key not in metadata}
    found: Json = {"vars": {}, **rest, "name": name, "metadata": metadata}
    if kind is JOINT_INFERENCE:
        sides = scaled_sides(values)
        for side in ("cloud", "edge"):
            found[side] = _side(values.get(side, {}), side, side in sides)
        found["edge"]["hem"] = _hem(values.get("edge", {}).get("hem", {}))
    else:
        found = {"credential": None, "deviceSoc": [], **found}
    return found


def scaled_sides(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Tell which sides get an autoscaler: those that `hpa` names, else those that have an `hpa` block."""
    mode = values.get("hpa")
    if mode is None:
        return tuple(side for side in ("cloud", "edge") if values.get(side, {}).get("hpa") is not None)
    return {"both": ("cloud", "edge"), "none": ()}.get(mode, (mode,))


def _side(values: Mapping[str, Any], side: str, scaled: bool) -> Json:
    found: Json = {
        "node": None,
        "hostNetwork": False,
        "requests": {},
        "limits": {},
        "sidecars": [],
        "pod": {},
    }
    found |= values
    found["container"] = {**values.get("container", {}), "name": _container_name(values, side)}
    found["env"] = _env(values.get("env", {}))
    found["volumes"], found["mounts"] = _volumes(values.get("volumes", ()), side)
    found["hpa"] = autoscaler(values.get("hpa") or {}, side) if scaled else None
    if scaled:
        _require_requests(found, side)
    return found


def _require_requests(side: Json, word: str) -> None:
    main = {
        "name": side["container"]["name"],
        "resources": {key: side[key] for key in ("requests", "limits")},
    }
    lasting = [
        container
        for container in side["pod"].get("initContainers") or ()
        if isinstance(container, Mapping) and container.get("restartPolicy") == "Always"
    ]
    lacking = missing_request(side["hpa"], [main, *side["sidecars"], *lasting])
    if lacking is None:
        return
    resource, container, percent = lacking
    amount = "500m" if resource == "cpu" else "512Mi"
    raise InvalidInput(
        f"{word}.hpa: a target of {percent}% {resource} is a share of the {resource} request,"
        f" and container '{container}' has none",
        hint=f"add --{word}-request {resource}={amount}"
        if container == main["name"]
        else f"give container '{container}' resources.requests.{resource}",
    )


def _hem(values: Mapping[str, Any]) -> Json:
    parameters = values.get("parameters", {})
    return {**values, "parameters": [{"key": key, "value": value} for key, value in parameters.items()]}


def _env(values: Mapping[str, Any] | Sequence[Any]) -> list[Any]:
    if not isinstance(values, Mapping):
        return list(values)
    return [
        {"name": name, "value": value} if isinstance(value, str) else {"name": name, **value}
        for name, value in values.items()
    ]


def _container_name(values: Mapping[str, Any], side: str) -> str:
    """Take the name given, else make one of the model's name or the image's."""
    given: str | None = values.get("container", {}).get("name")
    if given:
        return given
    image = values.get("image", "").partition("@")[0].rpartition("/")[2].partition(":")[0]
    return dns_label(values.get("model", "")) or dns_label(image) or side


def dns_label(text: str) -> str:
    """Make the nearest name that Kubernetes takes for containers and volumes; empty where nothing is left."""
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST_LABEL].rstrip("-")


def _volumes(entries: Sequence[Mapping[str, Any]], side: str) -> tuple[list[Json], list[Json]]:
    """Split what the values say of each volume into the pod's volumes and the container's mounts."""
    volumes: dict[str, Json] = {}
    mounts = []
    for index, entry in enumerate(entries):
        source = {key: value for key, value in entry.items() if key not in _MOUNT_KEYS}
        if isinstance(source.get("hostPath"), str):
            source["hostPath"] = {"path": source["hostPath"], "type": "Directory"}
        name = entry.get("name") or _volume_name(source, entry["mountPath"], volumes)
        if source:
            if volumes.get(name, source) != source:
                raise InvalidInput(f"{side}.volumes[{index}]: there is another volume named '{name}'")
            volumes[name] = source
        elif name not in volumes:
            raise InvalidInput(
                f"{side}.volumes[{index}]: volume '{name}' has no source",
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
