"""The tables of `get`: a line a workload, columns that fit its kind, state beside Sedna's claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sednactl.lifecycle.ownership import Family, seconds_since
from sednactl.lifecycle.state import WorkloadState, state_of
from sednactl.lifecycle.users_of import Usage
from sednactl.render.columns import age
from sednactl.render.fitting import fitted
from sednactl.sedna.kinds import (
    DATASET,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    MODEL,
    OBJECT_SEARCH,
    OBJECT_TRACKING,
    REID,
    VIDEO_ANALYTICS,
    SednaKind,
)

Json = dict[str, Any]
Cell = Callable[[Family, WorkloadState], str]
Column = tuple[str, Cell]


@dataclass(frozen=True)
class Row:
    """The cells of one workload; `shorter` are other words for some, by the column's head, where room is scarce."""

    cells: tuple[str, ...]
    shorter: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """Workloads laid out in columns; `spare` can be left out where room is scarce, the first first."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    spare: tuple[str, ...]

    def text(self, room: int | None, *, headers: bool = True) -> str:
        """Write it, a line a row; `room` tells how wide a line may be."""
        shorter = {head: [row.shorter[head] for row in self.rows] for head in self._shortened()}
        rows = [row.cells for row in self.rows]
        return fitted(self.heads, rows, room, headers=headers, shorter=shorter, spare=self.spare)

    def _shortened(self) -> Iterable[str]:
        return self.rows[0].shorter if self.rows else ()


def workload_table(
    kind: SednaKind,
    families: Iterable[Family],
    now: datetime,
    *,
    wide: bool = False,
    all_namespaces: bool = False,
    usage: Usage | None = None,
) -> Table:
    """Lay out workloads of one kind; `usage` tells who uses models or datasets."""
    chosen = _COLUMNS[kind.kind]
    extra = _WIDE.get(kind.kind, ()) if wide else ()
    heads = ["NAME", *(head for head, _ in chosen), "AGE", *(head for head, _ in extra)]
    heads += ["USED-BY"] if usage is not None else []
    rows = []
    for family in families:
        state = state_of(family, now)
        cells = [family.name, *(cell(family, state) for _, cell in chosen), _age(family, now)]
        cells += [cell(family, state) for _, cell in extra]
        cells += [used_by(family, usage)] if usage is not None else []
        shorter = {"CLAIMS": _short_claim(state)}
        if usage is not None:
            shorter["USED-BY"] = _short_users(family, usage)
        rows.append(_row(family, cells, shorter, all_namespaces))
    return Table(_heads(heads, all_namespaces), tuple(rows), ("CLAIMS", "SAMPLES", "EVAL", "TRAIN"))


def overview_table(
    groups: Sequence[tuple[SednaKind, Sequence[Family]]],
    now: datetime,
    *,
    wide: bool = False,
    all_namespaces: bool = False,
) -> Table:
    """Lay out workloads of all kinds in one table."""
    heads = ["KIND", "NAME", "STATE", "READY", "CLAIMS", "AGE", *(["WHY"] if wide else [])]
    rows = []
    for kind, families in groups:
        for family in families:
            state = state_of(family, now)
            ready = ", ".join(f"{worker} {count}" for worker, count in state.replicas.items()) or "-"
            cells = [kind.word, family.name, state.word, ready, _claim(family, state), _age(family, now)]
            cells += [_why(family, state)] if wide else []
            shorter = {
                "READY": _short_counts(state),
                "KIND": kind.aliases[0] if kind.aliases else kind.word,
                "CLAIMS": _short_claim(state),
            }
            rows.append(_row(family, cells, shorter, all_namespaces))
    return Table(_heads(heads, all_namespaces), tuple(rows), ("CLAIMS", "READY"))


def _heads(heads: Sequence[str], all_namespaces: bool) -> tuple[str, ...]:
    return ("NAMESPACE", *heads) if all_namespaces else tuple(heads)


def _row(family: Family, cells: Sequence[str], shorter: Mapping[str, str], all_namespaces: bool) -> Row:
    return Row((_namespace(family), *cells) if all_namespaces else tuple(cells), shorter)


def used_by(family: Family, usage: Usage) -> str:
    """Name the workloads that use a model or dataset; with a question mark where some may not be read."""
    users = dict.fromkeys(map(str, usage.of(_namespace(family), family.name)))
    return ",".join([*users, *(["?"] if usage.unreadable else [])]) or "-"


def _state(_: Family, state: WorkloadState) -> str:
    return state.word


def _why(_: Family, state: WorkloadState) -> str:
    return state.evidence[0] if state.evidence else "-"


def _claim(_: Family, state: WorkloadState) -> str:
    return state.claim.words(healthy=state.healthy)


def _short_claim(state: WorkloadState) -> str:
    return state.claim.says or "-"


def _short_counts(state: WorkloadState) -> str:
    """Give the counts without the workers' names, and without those of which none is wanted now."""
    counts = [str(count) for count in state.replicas.values()]
    return ", ".join([one for one in counts if one != "0/0"] or counts[:1]) or "-"


def _short_users(family: Family, usage: Usage) -> str:
    users = len(dict.fromkeys(map(str, usage.of(_namespace(family), family.name))))
    said = f"{users} workload{'' if users == 1 else 's'}" if users else "-"
    return f"{said},?" if usage.unreadable else said


def _worker(worker: str) -> Cell:
    def cell(family: Family, state: WorkloadState) -> str:
        count = state.replicas.get(worker)
        needed = "Deployment" if worker in family.kind.deployments else "Pod"
        if needed in family.unreadable:
            return "?"
        return str(count) if count is not None else "-"

    return cell


def _hpa(family: Family, state: WorkloadState) -> str:
    if "HorizontalPodAutoscaler" in family.unreadable:
        return "?"
    return ",".join(f"{side}:{bounds}" for side, bounds in state.hpa.items()) or "none"


def _spec(*path: str) -> Cell:
    def cell(family: Family, _: WorkloadState) -> str:
        return _text(_dig(family.workload.get("spec") or {}, path))

    return cell


def _status(*path: str) -> Cell:
    def cell(family: Family, _: WorkloadState) -> str:
        return _text(_dig(family.workload.get("status") or {}, path))

    return cell


def _dig(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _text(value: Any) -> str:
    return "-" if value is None or value == "" else str(value)


def _each(path: Sequence[str], *inner: str) -> Cell:
    """Give a cell of what stands at `inner` in every member of the list at `path`, each once."""

    def cell(family: Family, _: WorkloadState) -> str:
        members = _dig(family.workload.get("spec") or {}, path)
        found = [_dig(one, inner) for one in members] if isinstance(members, list) else []
        return ",".join(dict.fromkeys(str(one) for one in found if one)) or "-"

    return cell


def _transmitter(family: Family, _: WorkloadState) -> str:
    asked = _dig(family.workload.get("spec") or {}, ("transmitter",))
    return "s3" if isinstance(asked, Mapping) and asked.get("s3") is not None else "ws"


def _node(*part: str) -> Cell:
    def cell(family: Family, _: WorkloadState) -> str:
        pod = _dig(family.workload.get("spec") or {}, (*part, "template", "spec"))
        if not isinstance(pod, Mapping):
            return "-"
        if pod.get("nodeName"):
            return str(pod["nodeName"])
        selector = pod.get("nodeSelector") or {}
        return ",".join(f"{key}={value}" for key, value in selector.items()) or "any"

    return cell


def _age(family: Family, now: datetime) -> str:
    created = family.workload["metadata"].get("creationTimestamp")
    return age(seconds_since(created, now)) if created else "<unknown>"


def _namespace(family: Family) -> str:
    return str(family.workload["metadata"].get("namespace", ""))


_STATE: Column = ("STATE", _state)
_CLAIMS: Column = ("CLAIMS", _claim)
_WHY: Column = ("WHY", _why)

_STAGES: tuple[Column, ...] = (
    _STATE,
    ("STAGE", _claim),
    ("INFERENCE", _worker("inference")),
    ("TRAIN", _worker("train")),
    ("EVAL", _worker("eval")),
)

_COLUMNS: dict[str, tuple[Column, ...]] = {
    JOINT_INFERENCE.kind: (
        _STATE,
        ("CLOUD", _worker("cloud")),
        ("EDGE", _worker("edge")),
        ("HPA", _hpa),
        _CLAIMS,
    ),
    FEDERATED_LEARNING.kind: (
        _STATE,
        ("AGGREGATION", _worker("aggregation")),
        ("TRAIN", _worker("train")),
        _CLAIMS,
    ),
    INCREMENTAL_LEARNING.kind: _STAGES,
    LIFELONG_LEARNING.kind: _STAGES,
    FEATURE_EXTRACTION.kind: (_STATE, ("READY", _worker("fe")), _CLAIMS),
    OBJECT_SEARCH.kind: (
        _STATE,
        ("USER", _worker("userworker")),
        ("REID", _worker("reidworker")),
        ("TRACKING", _worker("trackingworker")),
        _CLAIMS,
    ),
    OBJECT_TRACKING.kind: (_STATE, _CLAIMS),
    REID.kind: (_STATE, ("READY", _worker("reid")), _CLAIMS),
    VIDEO_ANALYTICS.kind: (_STATE, ("READY", _worker("videoanalytics")), _CLAIMS),
    MODEL.kind: (("FORMAT", _spec("format")), ("URL", _spec("url"))),
    DATASET.kind: (
        ("FORMAT", _spec("format")),
        ("NODE", _spec("nodeName")),
        ("SAMPLES", _status("numberOfSamples")),
        ("URL", _spec("url")),
    ),
}

_DATASET: Column = ("DATASET", _spec("dataset", "name"))
_WIDE: dict[str, tuple[Column, ...]] = {
    JOINT_INFERENCE.kind: (
        ("CLOUD-MODEL", _spec("cloudWorker", "model", "name")),
        ("CLOUD-NODE", _node("cloudWorker")),
        ("EDGE-MODEL", _spec("edgeWorker", "model", "name")),
        ("EDGE-NODE", _node("edgeWorker")),
        ("HARD-EXAMPLES", _spec("edgeWorker", "hardExampleMining", "name")),
        _WHY,
    ),
    FEDERATED_LEARNING.kind: (
        ("MODEL", _spec("aggregationWorker", "model", "name")),
        ("DATASETS", _each(("trainingWorkers",), "dataset", "name")),
        ("NODES", _each(("trainingWorkers",), "template", "spec", "nodeName")),
        ("TRANSMITTER", _transmitter),
        _WHY,
    ),
    INCREMENTAL_LEARNING.kind: (
        _DATASET,
        ("INITIAL-MODEL", _spec("initialModel", "name")),
        ("DEPLOY-MODEL", _spec("deploySpec", "model", "name")),
        ("HARD-EXAMPLES", _spec("deploySpec", "hardExampleMining", "name")),
        ("OUTPUT", _spec("outputDir")),
        _WHY,
    ),
    LIFELONG_LEARNING.kind: (_DATASET, ("OUTPUT", _spec("outputDir")), _WHY),
    FEATURE_EXTRACTION.kind: (("MODEL", _spec("model", "name")), ("NODE", _node()), _WHY),
    OBJECT_SEARCH.kind: (
        ("USER-NODE", _node("userWorker")),
        ("REID-NODE", _node("reidWorkers")),
        ("TRACKING-NODES", _each(("trackingWorkers",), "template", "spec", "nodeName")),
        _WHY,
    ),
    OBJECT_TRACKING.kind: (_WHY,),
    REID.kind: (("NODE", _node()), _WHY),
    VIDEO_ANALYTICS.kind: (("MODEL", _spec("model", "name")), ("NODE", _node()), _WHY),
    MODEL.kind: (("CREDENTIAL", _spec("credentialName")),),
    DATASET.kind: (("CREDENTIAL", _spec("credentialName")), ("UPDATED", _status("updateTime"))),
}
