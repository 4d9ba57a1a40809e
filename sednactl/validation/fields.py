"""Describes the fields of a kind from the schemas, for `explain`: types, what is required, what it is for."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sednactl.errors import UsageError
from sednactl.packaged import schemas_dir
from sednactl.validation.schemas import schema_of

if TYPE_CHECKING:
    from sednactl.validation.schemas import Node


@dataclass(frozen=True)
class Field:
    """One field: `type` as kubectl explain writes it, `depth` below the one that was asked for."""

    name: str
    type: str
    required: bool
    description: str
    depth: int


@dataclass(frozen=True)
class Explained:
    """A kind, or a field in it, with the fields it has."""

    kind: str
    path: tuple[str, ...]
    type: str
    description: str
    fields: tuple[Field, ...]
    required: bool = False


def explain_field(kind: str, path: Sequence[str], *, recursive: bool = False) -> Explained:
    """Describe the field at `path` of a kind; its names may have the indexes that findings give them.

    Raises UsageError where there is none, with the nearest name.
    """
    node = schema_of(kind)
    if node is None:
        raise UsageError(f"no description of {kind} yet", hint="described are: " + ", ".join(_described()))
    description = node.description
    path = tuple(name.partition("[")[0] for name in path)
    required = False
    for depth, name in enumerate(path):
        owner = _inside(node)
        child = owner.field(name)
        if child is None:
            raise _no_such_field(kind, path[:depth], owner, name)
        description = words_about(owner, name, child) or _own_words(_inside(child))
        required = name in owner.required
        node = child
    fields = tuple(_fields(_inside(node), 0, recursive))
    return Explained(kind, path, type_of(node), description, fields, required)


def type_of(node: Node) -> str:
    """Give a type as kubectl explain writes it: string, []Object, map[string]Quantity …"""
    if node.type == "array" and node.items is not None:
        return f"[]{type_of(node.items)}"
    if node.additional is not None:
        return f"map[string]{type_of(node.additional)}"
    if node.type == "int-or-string":
        return "Quantity" if node.limit("pattern") else "IntOrString"
    return "Object" if node.type == "object" else node.type


def _fields(node: Node, depth: int, recursive: bool) -> Iterator[Field]:
    for name in node.field_names:
        child = node.field(name)
        if child is None:
            continue
        words = words_about(node, name, child)
        yield Field(name, type_of(child), name in node.required, words, depth)
        if recursive:
            yield from _fields(_inside(child), depth + 1, recursive)


def _inside(node: Node) -> Node:
    """Give what a list or a map with free keys holds, down to an object or a plain value."""
    while True:
        below = node.items or node.additional
        if below is None:
            return node
        node = below


def _no_such_field(kind: str, path: Sequence[str], owner: Node, name: str) -> UsageError:
    import difflib

    where = ".".join((kind, *path))
    near = difflib.get_close_matches(name, owner.field_names, 1)
    if near:
        hint = f"did you mean {where}.{near[0]}?"
    elif owner.field_names:
        hint = f"its fields: {', '.join(owner.field_names)}"
    else:
        hint = f"{where} is a {type_of(owner)} and has no fields"
    return UsageError(f'{where} has no field "{name}"', hint=hint)


_LIKE = {"EphemeralContainer": "Container"}
"""Types whose fields are those of another one, but for a few of their own."""


def words_about(owner: Node, name: str, child: Node) -> str:
    """Give what a field of `owner` is for; empty where nothing is known."""
    return child.description or _words(owner, name)


def _words(owner: Node, name: str) -> str:
    words = _all_words()
    own = words.get(owner.name, {}).get(name, "")
    return own or words.get(_LIKE.get(owner.name, ""), {}).get(name, "")


def _own_words(node: Node) -> str:
    return _words(node, "")


def _described() -> tuple[str, ...]:
    from sednactl.validation.schemas import kinds_with_schema

    return kinds_with_schema()


@functools.cache
def _all_words() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = json.loads(
        Path(schemas_dir(), "kubernetes", "words.json").read_text("utf-8")
    )
    return loaded
