"""Which datasets a learning job that Sedna triggers itself can read: an index file of a format it knows.

Source: the local controller of Sedna v0.7.0, which counts the lines of the index, and
its manager of incremental learning, which writes the training's part of it as txt only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from sednactl.errors import Forbidden
from sednactl.records import Record
from sednactl.sedna.kinds import DATASET, INCREMENTAL_LEARNING, LIFELONG_LEARNING, SednaKind

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

_FORMATS = {INCREMENTAL_LEARNING.kind: ("txt",), LIFELONG_LEARNING.kind: ("txt", "csv")}


class Unreadable(Record):
    """Why a job cannot learn from a dataset, and what would be right."""

    message: str
    mend: str


def why_unreadable(kind: SednaKind, url: str, data_format: str) -> Unreadable | None:
    """Say why a job of this kind cannot read such a dataset; None when it can, or reads it in its own way."""
    readable = _FORMATS.get(kind.kind)
    if readable is None:
        return None
    if data_format.lower() not in readable:
        return Unreadable(
            f"format {data_format!r} is none that {kind.kind} can learn from",
            f"the url must be an index file of the format {' or '.join(readable)}",
        )
    if url.endswith("/"):
        return Unreadable(
            "the url is a folder, not the index file that lists the samples", "e.g. /data/index.txt"
        )
    return None


def unreadable_dataset(
    cluster: Cluster,
    kind: SednaKind,
    manifest: Mapping[str, Any],
    namespace: str,
    made: Collection[tuple[str, str]],
) -> list[str]:
    """Say of a learning job's dataset that is in the cluster why the job cannot learn from it.

    `made` are kind and name of what is made together with it, which was judged before.
    """
    name = ((manifest.get("spec") or {}).get("dataset") or {}).get("name")
    if kind.kind not in _FORMATS or not name or (DATASET.kind, name) in made:
        return []
    try:
        found = cluster.find(DATASET.resource, str(name), namespace)
    except Forbidden:
        return []
    spec = (found or {}).get("spec") or {}
    why = (
        why_unreadable(kind, str(spec["url"]), str(spec["format"]))
        if {"url", "format"} <= set(spec)
        else None
    )
    return [f"Dataset {name} (spec.dataset): {why.message}; {why.mend}"] if why else []
