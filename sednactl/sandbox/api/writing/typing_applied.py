"""Checks that an applied configuration fits its kind, in the words of structured-merge-diff."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.writing.field_errors import go_syntax
from sednactl.sandbox.api.writing.field_sets import Unindexable, element_of, spelled
from sednactl.sandbox.api.writing.strategic_merge import go_words
from sednactl.sandbox.api.writing.structure import Node, Structure

_UNTYPED = ("quantity", "int-or-string", "time", "micro-time", "any")


def check_applied(applied: dict[str, Any], structure: Structure) -> None:
    """Raise a Refusal for fields the kind does not have, values of the wrong type and entries given twice."""
    problems: list[str] = []
    _check(structure.root, applied, "", problems)
    if not problems:
        return
    metadata = applied.get("metadata") or {}
    whose = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}; {structure.api_version}, Kind={structure.kind}"
    why = problems[0] if len(problems) == 1 else "errors:\n" + "\n".join(f"  {each}" for each in problems)
    raise Refusal("", f"failed to create typed patch object ({whose}): {why}")


def _check(node: Node, value: Any, path: str, problems: list[str]) -> None:
    kind = node.kind
    if value is None or kind == "any":
        return
    if kind == "object":
        if type(value) is not dict:
            problems.append(f"{path}: expected map, got {_shown(value)}")
            return
        for key, item in value.items():
            child = node.child(key)
            if child is None:
                problems.append(f"{path}.{key}: field not declared in schema")
                return
            _check(child, item, f"{path}.{key}", problems)
    elif kind == "array":
        if type(value) is not list:
            problems.append(f"{path}: expected list, got {_shown(value)}")
            return
        _check_list(node, value, path, problems)
    elif type(value) in (dict, list):
        wanted = {
            "integer": "numeric (int or float)",
            "number": "numeric (int or float)",
            "boolean": "boolean",
        }
        expected = "any scalar" if kind in _UNTYPED else wanted.get(kind, "string")
        problems.append(f"{path}: expected {expected}, got {_described(expected, value)}")
    elif kind in ("string", "bytes"):
        if type(value) is not str:
            problems.append(f"{path}: expected string, got {_described('string', value)}")
    elif kind in ("integer", "number"):
        if type(value) not in (int, float):
            problems.append(f"{path}: expected numeric (int or float), got {_described('numeric', value)}")
    elif kind == "boolean" and type(value) is not bool:
        problems.append(f"{path}: expected boolean, got {_shown(value)}")


def _check_list(node: Node, value: list[Any], path: str, problems: list[str]) -> None:
    seen: set[str] = set()
    for index, item in enumerate(value):
        place = f"{path}[{index}]"
        if node.list_type != "atomic":
            try:
                element = element_of(node, item)
            except Unindexable as error:
                problems.append(f"{path}: element {index}: {error}")
                return
            place = f"{path}{spelled(element)}"
            if element in seen:
                problems.append(f"{path}: duplicate entries for key {spelled(element)}")
            seen.add(element)
        if node.items is not None:
            _check(node.items, item, place, problems)


def _described(expected: str, value: Any) -> str:
    if expected.startswith("numeric"):
        words = {bool: "bool", str: "string", list: "[]interface {}", dict: "map[string]interface {}"}
        return words[type(value)]
    return f"&value.valueUnstructured{{Value:{go_syntax(value)}}}" if expected == "string" else _shown(value)


def _shown(value: Any) -> str:
    return f"&{{{go_words(value)}}}"
