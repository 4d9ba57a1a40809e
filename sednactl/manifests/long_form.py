"""The texts and lists that a values file may use, as the maps they stand for, so that layers can be merged by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.manifests.shorthand import autoscaler_shorthand, training_worker, volume
from sednactl.manifests.workers import WORKER_KEYS

Json = dict[str, Any]
_DESCRIBED = ("models", "datasets")


def in_long_form(values: Mapping[str, Any], origin: str) -> Json:
    """Turn the short forms of any kind's values into maps; `origin` names the layer in messages.

    Raises InvalidInput for a short form that cannot be read.
    """
    found = _worker(values, f"{origin}: ")
    for key in WORKER_KEYS:
        if isinstance(found.get(key), Mapping):
            found[key] = _side(found[key], key, f"{origin}: {key}.")
    for key in _DESCRIBED:
        if isinstance(found.get(key), Mapping):
            found[key] = {
                name: {"url": said} if isinstance(said, str) else said for name, said in found[key].items()
            }
    return found


def _side(values: Mapping[str, Any], key: str, where: str) -> Json:
    found = _worker(values, where)
    if isinstance(found.get("hpa"), str):
        found["hpa"] = autoscaler_shorthand(found["hpa"], f"{where}hpa")
    hem = found.get("hem")
    _refuse_truth(hem.get("parameters") if isinstance(hem, Mapping) else None, f"{where}hem.parameters")
    if isinstance(found.get("workers"), list):
        found["workers"] = [
            _listed(item, key, f"{where}workers[{index}]") for index, item in enumerate(found["workers"])
        ]
    return found


def _listed(item: Any, key: str, where: str) -> Any:
    if isinstance(item, str):
        return training_worker(item, where) if key == "train" else {"node": item}
    return _worker(item, f"{where}.") if isinstance(item, Mapping) else item


def _worker(values: Mapping[str, Any], where: str) -> Json:
    found = dict(values)
    if isinstance(found.get("volumes"), list):
        found["volumes"] = [
            volume(item, f"{where}volumes[{index}]") if isinstance(item, str) else item
            for index, item in enumerate(found["volumes"])
        ]
    entries = found.get("env")
    _refuse_truth(entries, f"{where}env")
    if isinstance(entries, list) and all(_is_plain_entry(entry) for entry in entries):
        found["env"] = {
            entry["name"]: entry.get("value", "")
            if "valueFrom" not in entry
            else {"valueFrom": entry["valueFrom"]}
            for entry in entries
        }
    return found


def _refuse_truth(names: Any, where: str) -> None:
    """Refuse a name that YAML took for true or false: nobody calls a variable so, but many call one Y or ON."""
    for word in ("true", "false"):
        if isinstance(names, Mapping) and word in names:
            raise InvalidInput(
                f"{where}: a name is read as {word}",
                hint="YAML takes y, n, yes, no, on and off for true and false: put the name in quotes",
            )


def _is_plain_entry(entry: Any) -> bool:
    return (
        isinstance(entry, Mapping)
        and isinstance(entry.get("name"), str)
        and set(entry) in ({"name"}, {"name", "value"}, {"name", "valueFrom"})
    )
