"""Lists in pages, also when a page's place in history expires halfway."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sednactl.cluster.answers import ExpiredPlace
from sednactl.cluster.door import Json, Selection
from sednactl.errors import Expired, ServerFault

T = TypeVar("T")

_RESTARTS = 5


@dataclass(frozen=True)
class Part(Generic[T]):
    """What one answer holds of a list; `token` leads to the rest, None where there is none."""

    items: list[T]
    resource_version: str
    token: str | None


ReadPart = Callable[["int | None", "str | None"], Part[T]]
"""Reads one part: limit (None for all), continue token (None for the first)."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items of a list.

    `first` says that a list begins with this page; with `consistent` an earlier
    beginning is then void.
    """

    items: list[T]
    resource_version: str
    first: bool


def pages(
    read: ReadPart[T], key: Callable[[T], str], size: int, *, consistent: bool = False
) -> Iterator[Page[T]]:
    """Give the pages of a list.

    The API server lists in the order of its keys (`namespace/name`, which `key`
    gives of an item). After an
    expired continue token it offers one for the rest as it is now; where it does
    not, the list begins anew and everything up to the last key given is skipped.
    Either way no object comes twice, and only one key has to be remembered however
    long the list is. With `consistent`, all pages are of one resourceVersion: an expired
    token begins the list anew, at last in one piece (client-go's way out).
    """
    token: str | None = None
    limit: int | None = size
    last: str | None = None
    restarts = vain = 0
    while True:
        try:
            part = read(limit, token)
        except Expired as error:
            if token is None:
                raise
            rest = error.rest if isinstance(error, ExpiredPlace) and not consistent else None
            restarts += 1
            vain += 1
            # A server whose tokens expire as fast as it gives them would keep us for ever.
            if vain > 2 * _RESTARTS or (restarts > _RESTARTS and rest is None):
                raise
            token = rest if vain < _RESTARTS else None
            if consistent or restarts == _RESTARTS or vain >= _RESTARTS:
                limit = None
            continue
        vain = 0
        items = part.items
        if not consistent and items:
            if last is not None and restarts:
                items = [item for item in items if key(item) > last]
            last = max(last or "", key(items[-1])) if items else last
        yield Page(items, part.resource_version, first=token is None)
        token = part.token
        if token is None:
            return


def objects_of(content: Json, selection: Selection) -> Part[Json]:
    """Give the objects of a decoded list, complete with apiVersion and kind. Raises ServerFault for what is no list."""
    metadata = content.get("metadata")
    items = content.get("items")
    if not isinstance(metadata, dict) or not isinstance(items or [], list):
        raise ServerFault(f"the API server's list of {selection.resource.full_name} is no list")
    typed = [_typed(item, selection) for item in items or []]
    return Part(typed, str(metadata.get("resourceVersion") or ""), metadata.get("continue") or None)


def _typed(item: Any, selection: Selection) -> Json:
    if not isinstance(item, dict) or not isinstance(item.get("metadata"), dict):
        raise ServerFault(f"the API server's list of {selection.resource.full_name} holds no objects")
    rest = {key: value for key, value in item.items() if key not in ("apiVersion", "kind")}
    return {"apiVersion": selection.resource.api_version, "kind": selection.resource.kind, **rest}


def place_of(item: Json) -> str:
    """Give the key in whose order the API server lists."""
    metadata = item["metadata"]
    namespace = metadata.get("namespace")
    return f"{namespace}/{metadata.get('name')}" if namespace else str(metadata.get("name"))
