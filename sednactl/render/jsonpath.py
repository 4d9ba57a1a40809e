"""`-o jsonpath=TEMPLATE`: the part of kubectl's JSONPath that scripts use.

Fields, indexes, slices, wildcards, recursive descent, unions, `range … end`,
quoted text and filters that compare one field with a value. Numbers and
objects are written as kubectl writes them (objects as JSON).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.errors import UsageError

_STEP = re.compile(
    r"\.\.(?P<deep>[\w-]+|\*)"
    r"|\.(?P<field>(?:\\.|[\w/-])+|\*)"
    r"|\[(?P<slice>-?\d*:-?\d*)\]"
    r"|\[(?P<indexes>-?\d+(?:,-?\d+)*)\]"
    r"|\[(?P<all>\*)\]"
    r"|\[(?P<quoted>'(?:[^'\\]|\\.)*'(?:,\s*'(?:[^'\\]|\\.)*')*|\"(?:[^\"\\]|\\.)*\")\]"
    r"|\[\?\((?P<filter>[^\]]*)\)\]"
)
_FILTER = re.compile(r"\s*(?P<left>@[^=!<>\s]*)\s*(?:(?P<op>==|!=|<=|>=|<|>)\s*(?P<right>.+?))?\s*\Z")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")


def evaluate(template: str, data: Any) -> str:
    """Fill a template from a decoded object. Raises UsageError for what it cannot read or find."""
    if template and "{" not in template:
        template = "{" + (template if template.startswith((".", "[", "$")) else f".{template}") + "}"
    parts = list(_parts(template))
    text, end = _run(parts, 0, data, data)
    if end != len(parts):
        raise _unreadable("{end}", "without a {range}")
    return text


def _parts(template: str) -> Iterator[tuple[bool, str]]:
    """Split a template into literal text (False) and what stands in braces (True)."""
    position = 0
    while position < len(template):
        start = template.find("{", position)
        if start < 0:
            yield False, template[position:]
            return
        if start > position:
            yield False, template[position:start]
        end = _closing(template, start + 1)
        yield True, template[start + 1 : end].strip()
        position = end + 1


def _closing(template: str, position: int) -> int:
    quote = ""
    while position < len(template):
        char = template[position]
        if quote:
            if char == "\\":
                position += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif char == "}":
            return position
        position += 1
    raise _unreadable(template, "a { is never closed")


def _run(parts: list[tuple[bool, str]], index: int, root: Any, here: Any) -> tuple[str, int]:
    out = []
    while index < len(parts):
        code, text = parts[index]
        if not code:
            out.append(text)
        elif text == "end":
            return "".join(out), index
        elif text.startswith("range "):
            body_end = index
            members = _select(text[6:].strip(), root, here)
            for member in members:
                written, body_end = _run(parts, index + 1, root, member)
                out.append(written)
            index = body_end if members else _end_of_range(parts, index)
            if index >= len(parts):
                raise _unreadable(f"{{{text}}}", "has no {end}")
        elif (quoted := _QUOTED.fullmatch(text)) is not None:
            out.append(_unescaped(quoted[1] if quoted[1] is not None else quoted[2]))
        else:
            out.append(" ".join(_written(value) for value in _select(text, root, here)))
        index += 1
    return "".join(out), index


def _end_of_range(parts: list[tuple[bool, str]], index: int) -> int:
    depth = 0
    for position in range(index, len(parts)):
        code, text = parts[position]
        depth += code and text.startswith("range ")
        depth -= code and text == "end"
        if depth == 0:
            return position
    return len(parts)


def _select(path: str, root: Any, here: Any) -> list[Any]:
    values = [here]
    if path.startswith("$"):
        values, path = [root], path[1:]
    elif path.startswith("@"):
        path = path[1:]
    if path in ("", "."):
        return values
    if path[0] not in ".[":
        path = f".{path}"
    position = 0
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise _unreadable(path[position:], "is no step of a path")
        values = [found for value in values for found in _step(step, value, root)]
        position = step.end()
    return values


def _step(step: re.Match[str], value: Any, root: Any) -> list[Any]:
    name = step.lastgroup
    if name == "field":
        field = re.sub(r"\\(.)", r"\1", step["field"])
        return _everything(value) if field == "*" else _member(value, field)
    if name == "all":
        return _everything(value)
    if name == "deep":
        return _descend(value, step["deep"])
    if name == "quoted":
        fields = [_unescaped(single or double) for single, double in _QUOTED.findall(step["quoted"])]
        return [found for field in fields for found in _member(value, field)]
    if not isinstance(value, list):
        return []
    if name == "indexes":
        wanted = [int(text) for text in step["indexes"].split(",")]
        return [value[index] for index in wanted if -len(value) <= index < len(value)]
    if name == "slice":
        start, end = (int(text) if text else None for text in step["slice"].split(":"))
        return value[start:end]
    return [member for member in value if _passes(step["filter"], member, root)]


def _member(value: Any, field: str) -> list[Any]:
    return [value[field]] if isinstance(value, Mapping) and field in value else []


def _everything(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list) else []


def _descend(value: Any, field: str) -> list[Any]:
    found = _everything(value) if field == "*" else _member(value, field)
    return found + [deeper for member in _everything(value) for deeper in _descend(member, field)]


def _passes(condition: str, member: Any, root: Any) -> bool:
    parsed = _FILTER.match(condition)
    if parsed is None:
        raise _unreadable(f"[?({condition})]", "compares one field with one value, e.g. [?(@.type=='Ready')]")
    left = _select(parsed["left"], root, member)
    if parsed["op"] is None:
        return bool(left)
    right = _literal(parsed["right"], root, member)
    return any(_holds(value, parsed["op"], right) for value in left)


def _literal(text: str, root: Any, member: Any) -> Any:
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        return _unescaped(quoted[1] if quoted[1] is not None else quoted[2])
    if text.startswith(("@", "$")):
        found = _select(text, root, member)
        return found[0] if found else None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _holds(left: Any, operator: str, right: Any) -> bool:
    if operator in ("==", "!="):
        return bool(left == right) is (operator == "==")
    numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
    if not numbers and not (isinstance(left, str) and isinstance(right, str)):
        return False
    outcomes = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return bool(outcomes[operator])


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text)


def _unreadable(what: str, why: str) -> UsageError:
    return UsageError(
        f"jsonpath: '{what}' {why}", hint="for example: -o jsonpath='{.items[*].metadata.name}'"
    )
