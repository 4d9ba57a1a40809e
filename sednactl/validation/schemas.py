"""The schemas as a graph that is walked: loaded from the packaged files, built only where a document leads.

A schema file speaks JSON Schema with Kubernetes' extensions. References between
files are followed; what is written beside a reference (a description) wins over
what it refers to. The files describe the latest release of Sedna; what older ones
say differently lies in one file of merge patches and is laid over them when asked for.
"""

from __future__ import annotations

import functools
import json
import os
from typing import Any

from sednactl.packaged import schemas_dir
from sednactl.sedna.releases import LATEST, RELEASES, SINCE, Release

API_FOLDER = "sedna.io/v1alpha1"
DIFFERENCES = "sedna.io/releases.json"
_CAME_LATER = "x-sednactl-came-later"
NOTHING: Any = object()
"""Stands for "no default", as None is a value."""


class Node:
    """One type or field: what values it takes and what it is for. Children are built on first use."""

    __slots__ = (
        "_additional",
        "_file",
        "_items",
        "_properties",
        "_raw",
        "_series",
        "closed",
        "keys",
        "list_type",
        "name",
        "required",
        "type",
    )

    def __init__(self, raw: dict[str, Any], file: str, series: str) -> None:
        self._raw = raw
        self._file = file
        self._series = series
        self.name = ""  # of the shared type it is, e.g. PodSpec
        self.type: str = "int-or-string" if raw.get("x-kubernetes-int-or-string") else raw.get("type", "")
        self.required: tuple[str, ...] = tuple(raw.get("required", ()))
        self.closed = raw.get("additionalProperties") is False
        self.list_type: str = raw.get("x-kubernetes-list-type", "")
        self.keys: tuple[str, ...] = tuple(raw.get("x-kubernetes-list-map-keys", ()))
        self._properties: dict[str, Node | None] | None = None
        self._items: Node | None = None
        self._additional: Node | None = None

    def field(self, name: str) -> Node | None:
        """Give the field of an object by name; None when it has no such field."""
        properties = self._properties
        if properties is None:
            properties = self._properties = dict.fromkeys(self._raw.get("properties", ()))
        try:
            node = properties[name]
        except KeyError:
            return None
        if node is None:
            node = properties[name] = _node(self._raw["properties"][name], self._file, self._series)
        return node

    @property
    def field_names(self) -> tuple[str, ...]:
        """Give the names of an object's fields, in the order of the schema."""
        return tuple(self._raw.get("properties", ()))

    @property
    def items(self) -> Node | None:
        """Give what the list holds."""
        if self._items is None and "items" in self._raw:
            self._items = _node(self._raw["items"], self._file, self._series)
        return self._items

    @property
    def additional(self) -> Node | None:
        """Give what a map with free keys holds."""
        if self._additional is None and isinstance(self._raw.get("additionalProperties"), dict):
            self._additional = _node(self._raw["additionalProperties"], self._file, self._series)
        return self._additional

    @property
    def description(self) -> str:
        """Give what the field is for, in a sentence or two; empty where nothing is known."""
        return str(self._raw.get("description", ""))

    @property
    def default(self) -> Any:
        """Give the value that the API server fills in, or NOTHING."""
        return self._raw.get("default", NOTHING)

    def came_with(self, name: str) -> str:
        """Give the series, e.g. `0.7`, that brought a field which this one does not have yet; else ""."""
        return str(self._raw.get(_CAME_LATER, {}).get(name, ""))

    def limit(self, name: str) -> Any:
        """Give one of the schema's bounds (pattern, format, minimum, maximum, enum …), None when not set."""
        return self._raw.get(name)


@functools.cache
def schema_of(kind: str, release: Release = LATEST) -> Node | None:
    """Give the schema of a Sedna kind as a release has it; None when that has no such kind."""
    file = f"{API_FOLDER}/{kind}.json"
    if not kind.isalnum() or not os.path.exists(_path(file)):  # noqa: PTH110 - pathlib is slow to start
        return None
    if release < SINCE.get(kind, release):
        return None
    return _node(_load(file, release.series), file, release.series)


def kinds_with_schema() -> tuple[str, ...]:
    """Give the kinds that have a schema, by name."""
    folder = _path(API_FOLDER)
    names = os.listdir(folder)  # noqa: PTH208
    return tuple(sorted(name[:-5] for name in names if name[:1].isupper() and name.endswith(".json")))


def _path(file: str) -> str:
    return f"{schemas_dir()}/{file}"


@functools.cache
def _read(file: str) -> dict[str, Any]:
    with open(_path(file), encoding="utf-8") as stream:  # noqa: PTH123
        loaded: dict[str, Any] = json.load(stream)
    return loaded


@functools.cache
def _load(file: str, series: str) -> dict[str, Any]:
    schema = _read(file)
    younger = LATEST.series
    if series == younger:
        return schema
    differences = _read(DIFFERENCES)
    for older in reversed(RELEASES[:-1]):
        patch = differences.get(older.series, {}).get(file)
        if patch:
            schema = _patched(schema, patch, younger)
        if older.series == series:
            break
        younger = older.series
    return schema


def _patched(schema: dict[str, Any], patch: dict[str, Any], younger: str, *, names: bool = False) -> Any:
    """Lay a merge patch over a schema; a field that it takes away is remembered with the series that has it."""
    result = dict(schema)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            fields = key == "properties" and not names
            result[key] = _patched(schema.get(key, {}), value, younger, names=fields)
            gone = {name: younger for name, field in value.items() if field is None} if fields else {}
            if gone:
                result[_CAME_LATER] = {**result.get(_CAME_LATER, {}), **gone}
        else:
            result[key] = value
    return result


_shared: dict[tuple[str, str, str], Node] = {}


def _node(raw: dict[str, Any], file: str, series: str) -> Node:
    reference = raw.get("$ref")
    if reference is None:
        return Node(raw, file, series)
    target_file, _, pointer = reference.partition("#")
    if target_file:
        file = os.path.normpath(f"{os.path.dirname(file)}/{target_file}")  # noqa: PTH120
    if len(raw) > 1:
        target = _node({"$ref": f"#{pointer}"}, file, series)
        beside = {key: value for key, value in raw.items() if key != "$ref"}
        merged = Node(target._raw | beside, target._file, series)
        merged.name = target.name
        return merged
    node = _shared.get((series, file, pointer))
    if node is None:
        found: Any = _load(file, series)
        for step in pointer.strip("/").split("/"):
            found = found[step]
        node = _shared[series, file, pointer] = _node(found, file, series)
        node.name = node.name or pointer.rpartition("/")[2]
    return node


def plain_schema(node: Node) -> dict[str, Any]:
    """Give a node's own schema without its children and without words."""
    left_out = (
        *("properties", "items", "additionalProperties", "description", "title", "$schema", "const"),
        _CAME_LATER,
    )
    return {key: value for key, value in node._raw.items() if key not in left_out}
