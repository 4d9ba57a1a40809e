"""Does a values file say only what it may? Answers with the path and, for a slip of the pen, the word meant.

The schemas in schemas/values keep to a small part of JSON Schema, walked here; what
several kinds have in common stands in shared.json, and "allOf" takes it in. Importing a whole validator for a file
of twenty lines would cost more than all the rest of `create`, and its messages know
nothing of flags. A test holds the verdicts against a real validator.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sednactl.packaged import schemas_dir
from sednactl.records import Record

Path = tuple[str | int, ...]
Types = Mapping[str, Mapping[str, Any]]
_MOST_FAULTS = 20
_SHARED = "shared"


class ValuesFault(Record):
    """One thing a values file may not say. `missing` tells that a required key is not there."""

    path: Path
    message: str
    hint: str = ""
    missing: bool = False


@lru_cache(maxsize=4)
def values_schema(word: str) -> dict[str, Any]:
    """Give the schema of the values of a kind by the kind's word, e.g. `jointinference`, or what they share."""
    loaded: dict[str, Any] = json.loads((schemas_dir() / "values" / f"{word}.json").read_bytes())
    return loaded


@lru_cache(maxsize=4)
def _types(word: str) -> Types:
    """Give what the references in a kind's schema name."""
    return {**values_schema(_SHARED)["$defs"], **values_schema(word).get("$defs", {})}


def resolved_schema(schema: Mapping[str, Any], types: Types) -> Mapping[str, Any]:
    """Join a schema with what it refers to; what it says itself goes first."""
    referred = [part["$ref"] for part in schema.get("allOf", ())]
    if "$ref" in schema:
        referred.append(schema["$ref"])
    if not referred:
        return schema
    found: Mapping[str, Any] = {}
    for reference in referred:
        found = _joined(found, resolved_schema(types[reference.rpartition("/")[2]], types))
    return _joined(found, schema) if schema.keys() - {"$ref", "description"} else found


def _joined(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> Mapping[str, Any]:
    found = {**lower, **upper}
    if "properties" in lower and "properties" in upper:
        found["properties"] = {**lower["properties"], **upper["properties"]}
    if "required" in lower and "required" in upper:
        found["required"] = [*lower["required"], *upper["required"]]
    return found


def values_faults(values: Any, word: str) -> list[ValuesFault]:
    """List what is wrong with a kind's values (at most 20), in the order of the schema; empty when they fit."""
    found: list[ValuesFault] = []
    for fault in _walk(values, values_schema(word), (), _types(word)):
        found.append(fault)
        if len(found) == _MOST_FAULTS:
            break
    return found


_TYPES: dict[str, tuple[str, Any]] = {
    "object": ("a map", Mapping),
    "array": ("a list", list),
    "string": ("a text", str),
    "integer": ("a whole number", int),
    "number": ("a number", (int, float)),
    "boolean": ("true or false", bool),
}


def _walk(value: Any, schema: Any, path: Path, types: Types) -> Iterator[ValuesFault]:
    if schema is False:
        yield ValuesFault(path, "has its own place in the values", f"say it beside '{path[-2]}', not inside")
        return
    schema = resolved_schema(schema, types)
    wanted = schema.get("type")
    if wanted is not None:
        allowed = [wanted] if isinstance(wanted, str) else wanted
        if not any(_is(value, word) for word in allowed):
            yield _wrong_type(value, allowed, path)
            return
    if "enum" in schema and value not in schema["enum"]:
        yield ValuesFault(
            path, f"{value!r} is not one of {', '.join(schema['enum'])}", _meant(value, schema["enum"])
        )
    elif isinstance(value, str):
        yield from _walk_text(value, schema, path)
    elif isinstance(value, Mapping):
        yield from _walk_map(value, schema, path, types)
    elif isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from _walk(item, schema["items"], (*path, index), types)


def _walk_text(value: str, schema: Mapping[str, Any], path: Path) -> Iterator[ValuesFault]:
    if len(value) < schema.get("minLength", 0):
        yield ValuesFault(path, "is empty")
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        hint = (
            "put the name in place of the placeholder"
            if "$" in value
            else "lower-case letters, digits, '-' and '.'"
        )
        yield ValuesFault(path, f"{value!r} is no name of a node", hint)


def _walk_map(
    value: Mapping[Any, Any], schema: Mapping[str, Any], path: Path, types: Types
) -> Iterator[ValuesFault]:
    properties: Mapping[str, Any] = schema.get("properties", {})
    patterns: Mapping[str, Any] = schema.get("patternProperties", {})
    others = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
    for key in schema.get("required", ()):
        if key not in value:
            yield ValuesFault((*path, key), "is missing", missing=True)
    for key, item in value.items():
        here = (*path, key)
        matching = [inner for pattern, inner in patterns.items() if re.search(pattern, key)]
        if key in properties:
            matching.append(properties[key])
        if not matching and others is False:
            known = [*properties, *(inner["title"] for inner in patterns.values())]
            yield ValuesFault(here, "is unknown", _meant(key, known, path))
        elif not matching and others is not True:
            matching.append(others)
        for inner in matching:
            yield from _walk(item, inner, here, types)


def _is(value: Any, word: str) -> bool:
    if isinstance(value, bool):
        return word == "boolean"
    if word == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[word][1])


def _wrong_type(value: Any, allowed: list[str], path: Path) -> ValuesFault:
    wanted = " or ".join(_TYPES[word][0] for word in allowed)
    if value is None:
        return ValuesFault(path, f"is empty, but must be {wanted}", "give it a value or leave the key out")
    named = isinstance(value, (dict, list, str))
    hint = _quote_it(value) if "string" in allowed and not named else ""
    return ValuesFault(path, f"is {given(value)}, but must be {wanted}", hint)


def given(value: Any) -> str:
    """Name what stands where something else must: a map, a list, a text; a number or the like as it is written."""
    for word in ("object", "array", "string"):
        name, kind = _TYPES[word]
        if isinstance(value, kind):
            return name
    return json.dumps(value)


def _quote_it(value: Any) -> str:
    if isinstance(value, bool):
        return (
            "YAML reads yes, no, on and off as true and false; put it in quotes (with --set use --set-string)"
        )
    return "put it in quotes (with --set use --set-string)"


def _meant(word: Any, known: Sequence[Any], path: Path = ()) -> str:
    from difflib import get_close_matches

    close = get_close_matches(str(word), [str(name) for name in known], n=1, cutoff=0.6)
    if close:
        return f"did you mean '{spell(path)}{'.' if path else ''}{close[0]}'?"
    return f"known here: {', '.join(str(name) for name in known)}"


def spell(path: Path) -> str:
    """Write a path as `--set` takes it: `cloud.env.input_shape`, `edge.volumes[0].name`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += ("." if text else "") + step.replace("\\", "\\\\").replace(".", "\\.")
    return text
