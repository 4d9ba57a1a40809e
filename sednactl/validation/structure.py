"""Says what an API server with Sedna's CRDs would refuse in a manifest, and where.

It follows the server's own order of things under strict field validation: a
field the schema does not know is an error, also when null; a null elsewhere is
dropped (or replaced by the field's default) before types are looked at, so that
`hpa: null` is no hpa at all; list-map keys count with their defaults filled in.
`status` is only looked at for unknown fields, as a create discards it.

Tests hold it against the CRDs' own schema and against a real API server.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from sednactl.records import Record
from sednactl.sedna.releases import LATEST
from sednactl.validation.schemas import NOTHING, schema_of
from sednactl.validation.verdict import compiled, is_integer, is_number, manifest_test, map_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sednactl.sedna.releases import Release
    from sednactl.validation.finding import Path
    from sednactl.validation.schemas import Node

UNKNOWN_FIELD, WRONG_TYPE, MISSING, NOT_ALLOWED, DOUBLED = "SDN003", "SDN004", "SDN005", "SDN006", "SDN007"
NOT_YET = "SDN009"
"""A field that a younger release has: to this one it is unknown."""
TOO_LARGE = "SDN204"
"""Not the server's finding: it checks no 32 bits, but the Global Manager's decoder does."""


class Problem(Record):
    """What is wrong at a path. `at_key` points at the key instead of the value; level None is the rule's own."""

    rule: str
    path: Path
    message: str
    hint: str = ""
    at_key: bool = False
    level: str | None = None


def structural_problems(kind: str, content: dict[str, Any], release: Release = LATEST) -> list[Problem]:
    """Give everything the API server would refuse in the fields of a manifest, metadata aside.

    With the CRDs of `release`; a kind that it does not have gives nothing here.
    """
    root = schema_of(kind, release)
    if root is None or manifest_test(root).takes(content):
        return []
    return explained(root, content, release)


def explained(root: Node, content: dict[str, Any], release: Release) -> list[Problem]:
    """Give what is wrong with a manifest that `verdict` refuses; walks slowly, as it knows all the way where it is."""
    walk = _Walk(root, release)
    for name, value in content.items():
        node = root.field(name)
        if node is None:
            walk.unknown(root, name)
        elif name == "status":
            walk.trail.append(name)
            walk.only_unknown(node, value)
            walk.trail.pop()
        elif name not in ("metadata", "apiVersion", "kind") and value is not None:
            walk.trail.append(name)
            walk.check(node, value)
            walk.trail.pop()
    for name in root.required:
        if name != "metadata" and content.get(name) is None:
            walk.missing(root, name)
    return walk.problems


class Guesses:
    """What unknown fields of one document were meant to be, for the first hundred of them: each costs a search."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._left = 100

    def hint(self, trail: Path, node: Node | None, name: str) -> str:
        """Give the hint for one unknown field; "" once there were too many, or for what is no name at all."""
        self._left -= 1
        return hint_for_unknown(self._root, trail, node, name) if self._left >= 0 and len(name) <= 253 else ""


class _Walk:
    """One pass over a manifest. `trail` is the path to where it stands."""

    def __init__(self, root: Node, release: Release) -> None:
        self.guesses = Guesses(root)
        self.release = release
        self.trail: list[str | int] = []
        self.problems: list[Problem] = []

    def add(self, rule: str, message: str, hint: str = "", *below: str | int, at_key: bool = False) -> None:
        """Note a problem at the trail, or at a path below it."""
        self.problems.append(Problem(rule, (*self.trail, *below), message, hint, at_key))

    def check(self, node: Node, value: Any) -> None:
        """Look at a value that is not null."""
        kind = node.type
        if kind == "object":
            if type(value) is dict:
                self.object(node, value)
            else:
                self.wrong_type(node, value)
        elif kind == "string":
            if type(value) is not str:
                self.wrong_type(node, value)
            elif len(node._raw) > 1:
                self.bounds(node, value)
        elif kind == "array":
            if type(value) is list:
                self.array(node, value)
            else:
                self.wrong_type(node, value)
        elif kind == "int-or-string":
            if type(value) is str:
                self.bounds(node, value)
            elif not is_integer(value):
                self.wrong_type(node, value)
        elif kind == "boolean":
            if type(value) is not bool:
                self.wrong_type(node, value)
        elif (kind == "integer" and not is_integer(value)) or (kind == "number" and not is_number(value)):
            self.wrong_type(node, value)
        elif len(node._raw) > 1:
            self.bounds(node, value)

    def object(self, node: Node, value: dict[str, Any]) -> None:
        """Look at every field of an object, then for those that are missing."""
        trail = self.trail
        for name, item in value.items():
            child = node.field(name)
            if child is None:
                if node.additional is None:
                    if node.closed:
                        self.unknown(node, name)
                    continue
                child = node.additional
            if item is not None:
                trail.append(name)
                self.check(child, item)
                trail.pop()
        for name in node.required:
            if value.get(name) is None:
                child = node.field(name)
                if child is None or child.default is NOTHING:
                    self.missing(node, name)

    def array(self, node: Node, value: list[Any]) -> None:
        """Look at every entry of a list, then for entries that may not appear twice."""
        items = node.items
        if items is None:
            return
        trail = self.trail
        for index, item in enumerate(value):
            trail.append(index)
            if item is None:
                self.wrong_type(items, item)
            else:
                self.check(items, item)
            trail.pop()
        if node.list_type == "map":
            hint = f"entries of this list must differ in {' and '.join(node.keys)}"
            self.doubled(value, functools.partial(_keyed, items, node.keys), hint)
        elif node.list_type == "set":
            self.doubled(value, lambda item: (repr(item), repr(item)), "entries of this list must differ")

    def doubled(self, value: list[Any], key_of: Any, hint: str) -> None:
        """Find entries of a list with the same key."""
        seen: dict[Any, int] = {}
        for index, item in enumerate(value):
            keyed = key_of(item)
            if keyed is None:
                continue
            key, words = keyed
            first = seen.setdefault(key, index)
            if first != index:
                self.add(DOUBLED, f"{words} is given twice, first in entry [{first}]", hint, index)

    def bounds(self, node: Node, value: Any) -> None:
        """Look at pattern, enumeration, 32 bits and range."""
        limit = node.limit
        pattern = limit("pattern")
        if pattern and isinstance(value, str) and not compiled(pattern).search(value):
            if limit("x-kubernetes-int-or-string"):
                self.add(
                    NOT_ALLOWED, f"{_show(value)} is no quantity", "write e.g. 500m, 2, 1.5, 64Mi or 2Gi"
                )
            else:
                self.add(NOT_ALLOWED, f"{_show(value)} does not match {pattern}", "write it in that form")
        values = limit("enum")
        if values and value not in values:
            self.add(
                NOT_ALLOWED,
                f"{_show(value)} is not one of {', '.join(map(str, values))}",
                "write one of them",
            )
        if limit("format") == "int32" and not -(2**31) <= value < 2**31:
            self.add(TOO_LARGE, f"{value} does not fit in 32 bits", "at most 2147483647")
        minimum, maximum = limit("minimum"), limit("maximum")
        if minimum is not None and value < minimum:
            self.add(
                NOT_ALLOWED, f"{value} is below {minimum}, the least that is allowed", f"{minimum} or more"
            )
        if maximum is not None and value > maximum:
            self.add(
                NOT_ALLOWED, f"{value} is above {maximum}, the most that is allowed", f"{maximum} or less"
            )

    def only_unknown(self, node: Node | None, value: Any) -> None:
        """Look for unknown fields, whatever the types."""
        if isinstance(value, dict):
            for name, item in value.items():
                child = (node.field(name) or node.additional) if node else None
                if child is None:
                    self.unknown(node, name)
                    continue
                self.trail.append(name)
                self.only_unknown(child, item)
                self.trail.pop()
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self.trail.append(index)
                self.only_unknown(node.items if node else None, item)
                self.trail.pop()

    def wrong_type(self, node: Node, value: Any) -> None:
        """Note a value of another type than the schema's, and how to mend the usual slips."""
        from sednactl.validation.as_written import quoting

        wanted = _TYPES.get(node.type, node.type)
        hint = ""
        if node.type == "string" and isinstance(value, (int, float)):
            hint = quoting(value)
        elif node.type in _TYPES and isinstance(value, str) and _reads_as(value, node.type):
            hint = "remove the quotes"
        elif (
            node.type == "integer" and isinstance(value, str) and value[:-1].isdecimal() and value[-1] in "%s"
        ):
            hint = f"write {value[:-1]}: a whole number, without the unit"
        elif node.type == "array" and not isinstance(value, (list, dict)):
            hint = "begin each entry with '- '"
        elif node.type == "array" and isinstance(value, dict):
            hint = "a list needs '- ' before each entry"
        elif node.type == "int-or-string" and isinstance(value, (int, float)) and not isinstance(value, bool):
            hint = quoting(value)
        self.add(WRONG_TYPE, f"must be {wanted}, is {_describe(value)}", hint or _LIKE.get(node.type, ""))

    def missing(self, node: Node, name: str) -> None:
        """Note a required field that is missing or null."""
        child = node.field(name)
        hint = f"add {name}: {_wanted(child)}" if child else f"add {name}"
        if name == "selector":  # Sedna's CRDs want it beside a pod template, and nothing reads it
            hint = "add selector: {}"
        self.add(MISSING, f'required field "{name}" is missing', hint, at_key=True)

    def unknown(self, node: Node | None, name: str) -> None:
        """Note a field that the schema does not have."""
        later = node.came_with(name) if node else ""
        if later:
            message = f"{_show(name)} came with Sedna {later}; {self.release.series} does not know it"
            hint = "remove it, or upgrade the CRDs: a cluster that does not refuse it drops it without a word"
            self.add(NOT_YET, message, hint, name, at_key=True)
            return
        hint = self.guesses.hint(tuple(self.trail), node, name)
        self.add(UNKNOWN_FIELD, f"unknown field {_show(name)}", hint, name, at_key=True)


def hint_for_unknown(root: Node, trail: Path, node: Node | None, name: str) -> str:
    """Guess what an unknown field was meant to be: a slip of the pen, or of the indentation."""
    if trail[-2:] == ("template", "metadata"):
        return "Sedna's CRD keeps no labels, annotations or name for pods; remove it"
    known = node.field_names if node else ()
    if known:
        import difflib

        close = {field.lower(): field for field in known}.get(name.lower())
        matches = [close] if close else difflib.get_close_matches(name, known, 1, 0.7)
        if matches:
            return f'did you mean "{matches[0]}"?'
    above = root
    owners: list[tuple[Path, Node]] = [((), root)]
    for depth, step in enumerate(trail):
        below = above.items if isinstance(step, int) else above.field(step)
        if below is None:
            break
        above = below
        owners.append((trail[: depth + 1], above))
    from sednactl.validation.finding import spell_path

    for path, owner in reversed(owners[:-1]):
        if name in owner.field_names:
            place = f"of {spell_path(path)}" if path else "at the top level"
            return f'"{name}" is a field {place}: check the indentation'
    for field in known:
        child = node.field(field) if node else None
        if child is not None and name in child.field_names:
            return f'"{name}" is a field of {field}: check the indentation'
    if 0 < len(known) <= 8:
        return f"known here: {', '.join(known)}"
    steps = [root.limit("title"), *(step for step in trail if isinstance(step, str))]
    return (
        f"remove it; 'sednactl explain {'.'.join(steps)}' lists what there is" if known and steps[0] else ""
    )


def _wanted(node: Node) -> str:
    """Say what a missing field is to be, with what a map of it cannot be without."""
    kind = _TYPES.get(node.type, node.type)
    return f"{kind} with {' and '.join(node.required)}" if node.required else kind


_TYPES = {
    "object": "a map",
    "array": "a list",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "int-or-string": "a whole number or a string",
}


_LIKE = {
    "object": "write its fields below it, one a line, indented",
    "array": "begin each entry with '- '",
    "string": "write one text, in quotes where it could be anything else",
    "integer": "write digits alone, e.g. 5",
    "number": "write digits alone, e.g. 0.5",
    "boolean": "write true or false, without quotes",
    "int-or-string": "write e.g. 5, or a text",
}
"""What to do about a value of another type where nothing nearer is known."""


def _keyed(items: Node, keys: Iterable[str], item: Any) -> tuple[str, str] | None:
    values = map_key(items, keys, item) if isinstance(item, dict) else None
    if not values:
        return None
    return repr(values), " with ".join(f"{name} {_show(value)}" for name, value in values)


def _describe(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the string {_show(value)}"
    return "a list" if isinstance(value, list) else "a map"


def _show(value: Any) -> str:
    if not isinstance(value, str):
        return str(value)
    return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}…"'


def _reads_as(text: str, kind: str) -> bool:
    if kind == "boolean":
        return text in ("true", "false")
    if kind not in ("integer", "number"):
        return False
    try:
        float(text)
    except ValueError:
        return False
    return True
