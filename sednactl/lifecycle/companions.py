"""The models and datasets a workload refers to, made together with it.

Values describe them by name; what they leave open is read off the url's ending and
off the node of the worker that uses the data. Only what the workload really refers
to is made, and only in a form that Sedna can use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.lifecycle.index_files import why_unreadable
from sednactl.lifecycle.references import references_of, workers_of
from sednactl.records import Record
from sednactl.sedna.kinds import DATASET, INCREMENTAL_LEARNING, MODEL, SednaKind

Json = Mapping[str, Any]


class Companion(Record):
    """An object to make together with a workload: its kind, its name, and the values for its template."""

    kind: SednaKind
    name: str
    values: dict[str, Any]


def companions_of(kind: SednaKind, workload: Json, values: Json) -> tuple[Companion, ...]:
    """Give the models and datasets that `withModels` and `withDatasets` ask for, models first.

    Raises InvalidInput for one that nothing describes, one that the workload does not
    refer to, and a dataset that the workload could not read.
    """
    found: list[Companion] = []
    if values.get("withModels"):
        found += _described(kind, MODEL, workload, values.get("models") or {})
    if values.get("withDatasets"):
        nodes = _nodes_of_datasets(kind, workload)
        for one in _described(kind, DATASET, workload, values.get("datasets") or {}):
            found.append(_readable(kind, one, nodes.get(one.name)))
    return tuple(found)


def _described(kind: SednaKind, made: SednaKind, workload: Json, described: Json) -> Iterator[Companion]:
    named = [one.name for one in references_of(kind, workload) if one.resource.kind == made.kind]
    wanted = list(dict.fromkeys(named))
    key, flag = f"{made.word}s", f"--{made.word}-url"
    for name in described:
        if name not in wanted:
            refers = f"it refers to {', '.join(wanted)}" if wanted else f"it refers to no {made.word}"
            raise InvalidInput(f"{key}.{name}: the workload does not refer to this {made.word}", hint=refers)
    for name in wanted:
        if name not in described:
            raise InvalidInput(
                f"{made.word} {name} is to be made too, but nothing says where it is",
                hint=f"add {flag} {name}=URL, or {key}.{name}.url to the values",
            )
        said = dict(described[name])
        said.setdefault("format", _ending(str(said.get("url", ""))))
        if not said["format"]:
            raise InvalidInput(
                f"{key}.{name}: the url does not end in a format",
                hint=f"add ,format=FORMAT to {flag}, or {key}.{name}.format",
            )
        yield Companion(made, name, said)


def _readable(kind: SednaKind, dataset: Companion, node: str | None) -> Companion:
    """Complete a dataset with its node, and refuse what the job's local part cannot read."""
    values, where = dict(dataset.values), f"datasets.{dataset.name}"
    if "node" not in values and not node:
        raise InvalidInput(
            f"{where}: no node watches it, as no worker that uses it has one",
            hint=f"add ,node=NODE to --dataset-url, or {where}.node",
        )
    values.setdefault("node", node)
    why = why_unreadable(kind, str(values["url"]), str(values["format"]))
    if why:
        raise InvalidInput(f"{where}: {why.message}", hint=why.mend)
    if kind is INCREMENTAL_LEARNING:
        values["format"] = "txt"  # compared to the letter there
    return Companion(dataset.kind, dataset.name, values)


def _nodes_of_datasets(kind: SednaKind, workload: Json) -> dict[str, str]:
    """Tell on which node the worker runs that reads each dataset."""
    nodes: dict[str, str] = {}
    learned_from = ((workload.get("spec") or {}).get("dataset") or {}).get("name")
    for worker in workers_of(kind, workload):
        dataset = worker.dataset or (learned_from if worker.worker == "train" else None)
        if dataset:
            nodes.setdefault(str(dataset), str(worker.pod.get("nodeName") or ""))
    return nodes


def _ending(url: str) -> str:
    last = url.rstrip("/").rpartition("/")[2]
    stem, dot, ending = last.rpartition(".")
    return ending.lower() if dot and stem and ending.isalnum() else ""
