"""Where the values of each kind speak of its workers, and what holds for each of them in the end.

A kind has one worker (its values are the worker's), some that each have a block of
their own, or several alike: a block that says what they share, with a list of what
each has of its own. The stages of a learning job also share what the top says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.manifests.merging import merge
from sednactl.records import Record
from sednactl.sedna.kinds import (
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    OBJECT_SEARCH,
    OBJECT_TRACKING,
    REID,
    VIDEO_ANALYTICS,
    SednaKind,
)

Json = dict[str, Any]
Path = tuple[str | int, ...]


class _Block(Record):
    """A block of values: its key ("" for the values themselves), and whether it lists workers below `workers`."""

    key: str
    listed: bool = False


_STAGES = (_Block("train"), _Block("eval"), _Block("deploy"))
_BLOCKS: dict[str, tuple[_Block, ...]] = {
    JOINT_INFERENCE.word: (_Block("cloud"), _Block("edge")),
    FEDERATED_LEARNING.word: (_Block("aggregation"), _Block("train", listed=True)),
    INCREMENTAL_LEARNING.word: _STAGES,
    LIFELONG_LEARNING.word: _STAGES,
    OBJECT_SEARCH.word: (_Block("user"), _Block("tracking", listed=True), _Block("reid")),
    OBJECT_TRACKING.word: (_Block("tracking", listed=True), _Block("reid")),
    FEATURE_EXTRACTION.word: (_Block(""),),
    REID.word: (_Block(""),),
    VIDEO_ANALYTICS.word: (_Block(""),),
}
WORKER_KEYS = tuple(dict.fromkeys(block.key for blocks in _BLOCKS.values() for block in blocks if block.key))
"""Every key that holds a worker in some kind's values."""

_OF_A_WORKER = (
    "image", "node", "hostNetwork", "env", "requests", "limits", "volumes", "container", "sidecars", "pod",
)  # fmt: skip
"""What the top of a learning job's values may say for all its stages."""


class Worker(Record):
    """One worker: where its own values stand, and all that holds for it."""

    path: Path
    values: Json


def workers_in(kind: SednaKind, values: Mapping[str, Any]) -> list[Worker]:
    """Give the workers that values describe, in the order of the kind's blocks; none for models and datasets."""
    return [worker for block in _BLOCKS.get(kind.word, ()) for worker in _in_block(kind, block, values)]


def images_missing(kind: SednaKind, values: Mapping[str, Any]) -> list[Path]:
    """Give where an image should be said for the workers that have none, once for those that share a place."""
    places: list[Path] = []
    blocks = _BLOCKS.get(kind.word, ())
    for block in blocks:
        workers = _in_block(kind, block, values) or [Worker((), _own(block, values))]
        if any("image" not in worker.values for worker in workers):
            places.append((block.key, "image") if block.key else ("image",))
    if _top_is_shared(kind) and len(places) == len(blocks):
        return [("image",)]
    return places


def _in_block(kind: SednaKind, block: _Block, values: Mapping[str, Any]) -> list[Worker]:
    own = _own(block, values)
    if _top_is_shared(kind):
        own = merge({key: values[key] for key in _OF_A_WORKER if key in values}, own)
    if not block.listed:
        return [Worker((block.key,) if block.key else (), own)]
    return list(_listed(block, own))


def _listed(block: _Block, shared: Json) -> Iterator[Worker]:
    common = {key: value for key, value in shared.items() if key != "workers"}
    for index, one in enumerate(shared.get("workers") or ()):
        yield Worker((block.key, "workers", index), merge(common, one))


def _own(block: _Block, values: Mapping[str, Any]) -> Json:
    if block.key:
        return dict(values.get(block.key) or {})
    return {key: values[key] for key in (*_OF_A_WORKER, "model") if key in values}


def _top_is_shared(kind: SednaKind) -> bool:
    return kind in (INCREMENTAL_LEARNING, LIFELONG_LEARNING)
