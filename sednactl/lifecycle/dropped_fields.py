"""What the cluster left out of an object it was sent.

An API server prunes fields its CRD does not know: a CRD of Sedna 0.6 takes a
service with `hpa` and stores it without. Nobody would notice until the first
load peak, so what was sent is compared with what was stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Path = tuple[str | int, ...]

_KEYS = (
    "name",
    "key",
    "containerPort",
    "port",
    "mountPath",
    "devicePath",
    "ip",
    "topologyKey",
    "type",
    "uid",
)
"""What members of Kubernetes' list-maps are told apart by, most telling first."""

_WRITTEN_ELSEWHERE = {("Secret", ("stringData",))}
"""Fields that the API takes and stores under another name."""

SERVER_METADATA = ("managedFields", "creationTimestamp", "generation", "selfLink", "deletionTimestamp")
"""Metadata that only the API server writes; an exported manifest may carry it."""


def dropped_fields(sent: Mapping[str, Any], stored: Mapping[str, Any]) -> tuple[Path, ...]:
    """Give the path of every field that was sent with a value and is not in what was stored.

    Only the topmost lost field of a branch is given. Status and the metadata
    that the server writes itself do not count; neither do null and empty values,
    which mean "nothing".
    """
    kind = str(sent.get("kind", ""))
    return tuple(path for path in _lost(sent, stored, ()) if not _of_no_concern(kind, path))


def _of_no_concern(kind: str, path: Path) -> bool:
    if path[:1] == ("status",) or (len(path) == 2 and path[0] == "metadata" and path[1] in SERVER_METADATA):
        return True
    return (kind, path) in _WRITTEN_ELSEWHERE


def _lost(sent: Any, stored: Any, path: Path) -> Iterator[Path]:
    if isinstance(sent, Mapping):
        for key, value in sent.items():
            if value is None or value == {} or value == []:
                continue
            if not isinstance(stored, Mapping) or key not in stored:
                yield (*path, key)
            else:
                yield from _lost(value, stored[key], (*path, key))
    elif isinstance(sent, list) and isinstance(stored, list):
        for index, member in enumerate(sent):
            found, counterpart = _counterpart(member, index, sent, stored)
            if not found:
                yield (*path, index)
            else:
                yield from _lost(member, counterpart, (*path, index))


def _counterpart(member: Any, index: int, sent: Sequence[Any], stored: Sequence[Any]) -> tuple[bool, Any]:
    """Find a list's member again: by the key that tells the sent members apart, else by its place."""
    if isinstance(member, Mapping):
        for key in _KEYS:
            values = [one.get(key) for one in sent if isinstance(one, Mapping)]
            if member.get(key) is None or values.count(member[key]) != 1:
                continue
            matching = [one for one in stored if isinstance(one, Mapping) and one.get(key) == member[key]]
            if len(matching) == 1:
                return True, matching[0]
            if not matching and len(stored) >= len(sent):
                break  # defaulting may have renamed it: its place decides
            if not matching:
                return False, None
    if index < len(stored):
        return True, stored[index]
    return False, None
