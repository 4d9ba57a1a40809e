"""Values: what a user says about a workload, gathered from files, `--set` and flags.

Later layers win: values files in the order given, then `--set`, then flags
(defaults live in the templates). Maps are merged key by key, lists are replaced,
but for volumes, which are matched by the path they are mounted at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sednactl.errors import InvalidInput
from sednactl.manifests.autoscaling import ALIASES
from sednactl.manifests.setting import Setting, apply_setting
from sednactl.manifests.shorthand import autoscaler_shorthand, volume
from sednactl.manifests.values_schema import spell

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.manifests.values_schema import Path
    from sednactl.sedna.kinds import SednaKind

Json = dict[str, Any]
_SIDES = ("cloud", "edge")
_DEEPEST_VALUE = 2
"""Steps in the path of a value of its own, such as cloud.model; what lies deeper is part of one."""


class Values(NamedTuple):
    """Merged values and where each came from, so that an error can name the file or the flag."""

    content: Json
    files: tuple[Document, ...] = ()
    settings: tuple[Setting, ...] = ()
    flags: Mapping[Path, str] = {}

    def origin(self, path: Path) -> str:
        """Say where the value at a path was given: `--set edge.node`, `values.yaml:7:5`, or nothing known."""
        for length in range(len(path), 0, -1):
            flag = self.flags.get(path[:length])
            if flag is not None:
                return flag
        for setting in reversed(self.settings):
            if setting.path[: len(path)] == path or path[: len(setting.path)] == setting.path:
                return str(setting.origin)
        for document in reversed(self.files):
            if _holds(document.content, path):
                line, column = document.locate(path, key=True)
                return f"{document.file}:{line}:{column}"
        return ""


def gather_values(
    files: Sequence[Document] = (),
    settings: Sequence[Setting] = (),
    flags: Mapping[str, Any] | None = None,
    flag_names: Mapping[Path, str] | None = None,
) -> Values:
    """Merge all layers. Raises InvalidInput for a file that holds no map, or a path that leads nowhere."""
    merged: Json = {}
    for document in files:
        if not isinstance(document.content, Mapping):
            raise InvalidInput(
                f"{document.file}: values are a map of names to values, this is something else"
            )
        merged = merge(merged, in_long_form(document.content, document.file))
    for change in settings:
        apply_setting(merged, change, ALIASES if "hpa" in change.path[:-1] else {})
    merged = in_long_form(merged, "--set")
    if flags:
        merged = merge(merged, flags)
    return Values(merged, tuple(files), tuple(settings), flag_names or {})


def in_long_form(values: Mapping[str, Any], origin: str) -> Json:
    """Turn the texts and lists that a values file may use into maps, so that layers can be merged by key."""
    found = dict(values)
    for side in _SIDES:
        if isinstance(found.get(side), Mapping):
            found[side] = _side_in_long_form(found[side], f"{origin}: {side}")
    return found


def _side_in_long_form(side: Mapping[str, Any], origin: str) -> Json:
    found = dict(side)
    if isinstance(found.get("hpa"), str):
        found["hpa"] = autoscaler_shorthand(found["hpa"], f"{origin}.hpa")
    if isinstance(found.get("volumes"), list):
        found["volumes"] = [
            volume(item, f"{origin}.volumes[{index}]") if isinstance(item, str) else item
            for index, item in enumerate(found["volumes"])
        ]
    _refuse_truth(found.get("env"), f"{origin}.env")
    hem = found.get("hem")
    _refuse_truth(hem.get("parameters") if isinstance(hem, Mapping) else None, f"{origin}.hem.parameters")
    entries = found.get("env")
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


def merge(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> Json:
    """Give both maps as one; where they differ the upper one wins."""
    found = dict(lower)
    for key, value in upper.items():
        below = found.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping) and key != "valueFrom":
            if key == "hpa":
                below = {name: item for name, item in below.items() if ALIASES.get(name) not in value}
            found[key] = merge(below, value)
        elif key == "volumes" and isinstance(value, list) and isinstance(below, list):
            found[key] = _merge_volumes(below, value)
        else:
            found[key] = value
    return found


def _merge_volumes(lower: Sequence[Any], upper: Sequence[Any]) -> list[Any]:
    def place(item: Any) -> Any:
        return item.get("mountPath") if isinstance(item, Mapping) else None

    taken = {place(item) for item in upper}
    return [item for item in lower if place(item) is None or place(item) not in taken] + list(upper)


def check_values(values: Values, kind: SednaKind, *, complete: bool = True) -> None:
    """Hold the values against the kind's schema. Raises InvalidInput with one line for every fault.

    With `complete=False` whole values may be missing (not parts of one), as a
    template of the user's own may not need them.
    """
    from sednactl.manifests.values_schema import values_faults

    faults = [
        fault
        for fault in values_faults(values.content, kind.word)
        if complete or not fault.missing or len(fault.path) > _DEEPEST_VALUE
    ]
    if not faults:
        return
    lines = []
    for fault in faults:
        origin = values.origin(fault.path)
        place = spell(fault.path) or "the values"
        if origin.endswith(f" {place}"):
            lines.append(f"{origin} {fault.message}")
        else:
            lines.append(f"{origin}: {place} {fault.message}" if origin else f"{place} {fault.message}")
    if len(faults) == 1:
        raise InvalidInput(lines[0], hint=faults[0].hint or None)
    raise InvalidInput(
        f"{len(faults)} of the values cannot be used",
        detail=[
            line + (f" ({fault.hint})" if fault.hint else "")
            for line, fault in zip(lines, faults, strict=True)
        ],
    )


def missing_values(values: Values, kind: SednaKind) -> list[Path]:
    """List the required values that nobody gave."""
    from sednactl.manifests.values_schema import values_faults, values_schema

    content = dict(values.content)
    # A side nobody spoke of lacks all that it requires.
    for key in values_schema(kind.word)["required"]:
        if key in _SIDES:
            content.setdefault(key, {})
    return [
        fault.path
        for fault in values_faults(content, kind.word)
        if fault.missing and len(fault.path) <= _DEEPEST_VALUE
    ]


def _holds(content: Any, path: Path) -> bool:
    try:
        for step in path:
            content = content[step]
    except (LookupError, TypeError):
        return False
    return True
