"""Values: what a user says about a workload, gathered from files, `--set` and flags.

Later layers win: values files in the order given, then `--set`, then flags
(defaults live in the templates).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sednactl.errors import InvalidInput
from sednactl.manifests.autoscaling import ALIASES
from sednactl.manifests.long_form import in_long_form
from sednactl.manifests.merging import merge
from sednactl.manifests.values_schema import spell
from sednactl.records import Record

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.manifests.setting import Setting
    from sednactl.manifests.values_schema import Path
    from sednactl.sedna.kinds import SednaKind

Json = dict[str, Any]
_DEEPEST_VALUE = 2
"""Steps in the path of a value of its own, such as cloud.model; what lies deeper is part of one."""


class Values(Record):
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
            what = "a list" if isinstance(document.content, list) else "one value alone"
            raise InvalidInput(
                f"{document.file}: values are a map of names to values, this is {what}",
                hint="begin with a name: 'sednactl templates show KIND --values' prints a file to start from",
            )
        _require_maps(document)
        merged = merge(merged, in_long_form(document.content, document.file))
    if settings:
        from sednactl.manifests.setting import apply_setting
    for change in settings:
        apply_setting(merged, change, ALIASES if "hpa" in change.path[:-1] else {})
    merged = in_long_form(merged, "--set")
    if flags:
        merged = merge(merged, flags)
    return Values(merged, tuple(files), tuple(settings), flag_names or {})


def _require_maps(document: Document) -> None:
    """Refuse a worker that is no map, which a flag of that worker would otherwise replace without a word."""
    from sednactl.manifests.workers import WORKER_KEYS

    for key in WORKER_KEYS:
        worker = document.content.get(key)
        if worker is not None and not isinstance(worker, Mapping):
            from sednactl.manifests.values_schema import given

            line, column = document.locate((key,), key=True)
            raise InvalidInput(
                f"{document.file}:{line}:{column}: {key} is {given(worker)}, but must be a map",
                hint=f"write what it has below it, e.g. {key}: {{image: example/worker:v1}}",
            )


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
    manifest = {"apiVersion", "kind", "spec"} <= values.content.keys()
    raise InvalidInput(
        f"{len(faults)} of the values cannot be used",
        hint="this is a manifest, not values: 'sednactl apply -f FILE' sends it" if manifest else None,
        detail=[
            line + (f" ({fault.hint})" if fault.hint else "")
            for line, fault in zip(lines, faults, strict=True)
        ],
    )


def missing_values(values: Values, kind: SednaKind) -> list[Path]:
    """List the required values that nobody gave."""
    from sednactl.manifests.values_schema import values_faults, values_schema
    from sednactl.manifests.workers import WORKER_KEYS, images_missing

    content = dict(values.content)
    # A worker nobody spoke of lacks all that it requires.
    for key in values_schema(kind.word)["required"]:
        if key in WORKER_KEYS:
            content.setdefault(key, {})
    missing: list[Path] = [
        fault.path
        for fault in values_faults(content, kind.word)
        if fault.missing and len(fault.path) <= _DEEPEST_VALUE
    ]
    return list(dict.fromkeys(missing + images_missing(kind, content)))


def _holds(content: Any, path: Path) -> bool:
    try:
        for step in path:
            content = content[step]
    except (LookupError, TypeError):
        return False
    return True
