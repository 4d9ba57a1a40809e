"""One YAML document: parsed by libyaml, understood as kubectl does, within fixed bounds.

libyaml builds the tree of nodes (with marks); this module turns it into plain
values in one pass. Positions are computed from a second parse, and only when
somebody asks for one.

Bounds, each an InvalidInput with its place: levels of nesting, nodes in a
document, values after aliases are expanded.
"""

from __future__ import annotations

import functools
import gc
import re
from typing import Any

import yaml

from sednactl.errors import InvalidInput
from sednactl.manifests.chunk import Chunk
from sednactl.manifests.document import Position
from sednactl.manifests.limits import DEEPEST, MOST_NODES
from sednactl.manifests.scalars import NotJson, json_number, key_text, plain

_TAG = "tag:yaml.org,2002:"
_MERGE = _TAG + "merge"
_PLAIN, _QUOTED = "plain", "quoted"
_MANY_BRACKETS = 100
_DEEP_INDENT = re.compile(rb"^[ \-?:\t]{100}", re.MULTILINE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""What YAML does not print. Spelled out: the complement of what it does takes `re` 3 ms to compile."""

if yaml.__with_libyaml__:
    from yaml.cyaml import CParser as _Base  # type: ignore[attr-defined]
else:  # a PyYAML built without libyaml: slower, same meaning

    class _Base(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser, yaml.composer.Composer):  # type: ignore[no-redef]
        def __init__(self, stream: Any) -> None:
            yaml.reader.Reader.__init__(self, stream)
            yaml.scanner.Scanner.__init__(self)
            yaml.parser.Parser.__init__(self)
            yaml.composer.Composer.__init__(self)


class _TooMany(Exception):
    """The document has more nodes than are read."""


class _Parser(_Base):
    """libyaml's composer, with nodes tagged only as plain or quoted: meaning comes later."""

    nodes = 0

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        """Tags do not depend on the path here."""

    def ascend_resolver(self) -> None:
        """Tags do not depend on the path here."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:  # noqa: ARG002 - libyaml's signature
        """Say whether a scalar was written without quotes; count the nodes on the way."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise _TooMany
        return _PLAIN if kind is yaml.ScalarNode and implicit[0] else _QUOTED


def load(chunk: Chunk) -> tuple[Any, int] | None:
    """Give the value of a YAML document and its first line; None for an empty one. Raises InvalidInput."""
    # A list of objects is asked for the place of each: keep its nodes.
    root = _composed(chunk).root if "items:" in chunk.text else compose(chunk)
    if root is None:
        return None
    if "\\/" in chunk.text:
        _refuse_escaped_slash(chunk)
    value = _Builder(chunk, "*" in chunk.text).build(root, 0)
    return value, root.start_mark.line + 1 + chunk.lines_before


def compose(chunk: Chunk) -> Any:
    """Parse into libyaml's nodes, which carry positions."""
    data = chunk.text.encode()
    if data.count(b"[") + data.count(b"{") > _MANY_BRACKETS or _DEEP_INDENT.search(data):
        _measure_depth(chunk)
    collecting = gc.isenabled()
    gc.disable()  # nothing here is garbage yet; looking for it over and over doubles the time of large files
    try:
        parser = _Parser(chunk.text)
        node = parser.get_single_node()
    except _TooMany:
        raise _too_many(chunk) from None
    except yaml.MarkedYAMLError as error:
        if "duplicate anchor" in f"{error.context} {error.problem}":
            return _compose_reused_anchors(chunk)
        raise _syntax(chunk, error) from None
    except yaml.reader.ReaderError:
        raise unreadable_character(chunk) from None
    finally:
        if collecting:
            gc.enable()
    return node


def _compose_reused_anchors(chunk: Chunk) -> Any:
    # YAML lets an anchor be set again, the last one holding; PyYAML's composer does not.
    _measure_depth(chunk)
    parser = _Parser(chunk.text)
    for _ in range(2):
        parser.get_event()  # start of stream, start of document
    anchors: dict[str, Any] = {}

    def node_of(event: Any) -> Any:
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in anchors:
                problem = f"not valid YAML: found undefined alias '{event.anchor}'"
                raise chunk.refuse(
                    chunk.place(event.start_mark), problem, _hint(chunk, problem, event.start_mark, None)
                )
            return anchors[event.anchor]
        kind, end = {
            yaml.ScalarEvent: (yaml.ScalarNode, None),
            yaml.SequenceStartEvent: (yaml.SequenceNode, yaml.SequenceEndEvent),
            yaml.MappingStartEvent: (yaml.MappingNode, yaml.MappingEndEvent),
        }[type(event)]
        implicit = event.implicit if kind is yaml.ScalarNode else None
        tag = event.tag if event.tag not in (None, "!") else parser.resolve(kind, None, implicit)
        node = kind(tag, event.value if kind is yaml.ScalarNode else [], event.start_mark, event.end_mark)
        if event.anchor:
            anchors[event.anchor] = node
        while end is not None and not isinstance(event := parser.get_event(), end):
            child = node_of(event)
            node.value.append(child if kind is yaml.SequenceNode else (child, node_of(parser.get_event())))
        return node

    try:
        return node_of(parser.get_event())
    except _TooMany:
        raise _too_many(chunk) from None


def unreadable_character(chunk: Chunk) -> InvalidInput:
    """Give the error for a character that YAML does not allow, with its place."""
    found = _FORBIDDEN.search(chunk.text)
    at = found.start() if found else 0
    line = chunk.text.count("\n", 0, at) + 1 + chunk.lines_before
    column = at - chunk.text.rfind("\n", 0, at)
    what = f"the character U+{ord(chunk.text[at]):04X}" if found else "a character"
    from sednactl.manifests.mending_hints import of_character

    hint = of_character(chunk.text[at]) if found else "write plain text"
    return chunk.refuse(f"{chunk.file}:{line}:{column}", f"{what} is not allowed in YAML", hint)


def _measure_depth(chunk: Chunk) -> None:
    # libyaml's events need no recursion, its composer does: look before it overflows the stack.
    depth = 0
    try:
        parser = _Parser(chunk.text)
        while True:
            event = parser.get_event()
            if event is None or isinstance(event, yaml.StreamEndEvent):
                return
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    raise _too_deep(chunk, event.start_mark)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.MarkedYAMLError as error:
        raise _syntax(chunk, error) from None
    except yaml.reader.ReaderError:
        raise unreadable_character(chunk) from None


_ESCAPED_SLASH = r"(?:[^\\]|\\[^/])*\\/"


def _refuse_escaped_slash(chunk: Chunk) -> None:
    # An escape of YAML 1.2 and of JSON that kubectl's reader does not know, while libyaml takes it.
    parser = _Parser(chunk.text)
    while (event := parser.get_event()) is not None and not isinstance(event, yaml.StreamEndEvent):
        if isinstance(event, yaml.ScalarEvent) and event.style == '"':
            begin, end = _offset(event.start_mark), _offset(event.end_mark)
            found = re.compile(_ESCAPED_SLASH, re.DOTALL).match(chunk.text, begin, end)
            if found:
                at = found.end() - 2
                line = chunk.text.count("\n", 0, at) + 1 + chunk.lines_before
                place = f"{chunk.file}:{line}:{at - chunk.text.rfind(chr(10), 0, at)}"
                raise chunk.refuse(place, "not valid YAML: found unknown escape character", "write / for \\/")


def _offset(mark: Any) -> int:
    return int(mark.index)


def _too_deep(chunk: Chunk, mark: Any) -> InvalidInput:
    hint = "no manifest is so deep: close the brackets that are open, or mend the indentation"
    return chunk.refuse(chunk.place(mark), f"nested deeper than {DEEPEST} levels", hint)


def _too_many(chunk: Chunk) -> InvalidInput:
    place = f"{chunk.file}:{1 + chunk.lines_before}:1"
    return chunk.refuse(
        place, f"a document of more than {MOST_NODES:,} values", "split it with lines of '---'"
    )


def _syntax(chunk: Chunk, error: Any) -> InvalidInput:
    mark: Any = error.problem_mark or error.context_mark
    context = f"{error.context}, " if error.context and error.context != error.problem else ""
    problem = f"not valid YAML: {context}{error.problem}"
    hint = _hint(chunk, problem, mark, error)
    place = chunk.place(mark) if mark else f"{chunk.file}:{1 + chunk.lines_before}:1"
    return chunk.refuse(place, problem, hint)


def _hint(chunk: Chunk, problem: str, mark: Any, error: Any) -> str:
    from sednactl.manifests.mending_hints import mark_of, of_syntax

    there = mark_of(error, chunk.lines_before) if error else ""
    line, column = (mark.line, mark.column) if mark else (0, 0)
    return of_syntax(problem, chunk.text, line, column, there)


_TEXT_HINT = "quote it if it is meant as text"
_WRITTEN_OUT = "write out what the alias stands for"
_MERGE_HINT = "kubectl takes one map, or a list written out: <<: [*a, *b]"


class _Builder:
    """Turns nodes into plain values. `shared` says that there may be aliases to expand and to count."""

    def __init__(self, chunk: Chunk, shared: bool) -> None:
        self.chunk = chunk
        self.shared = shared
        self.left = MOST_NODES
        self.open: set[int] = set()

    def build(self, node: Any, depth: int) -> Any:
        """Give the value of one node."""
        kind = type(node)
        if kind is yaml.ScalarNode:
            tag = node.tag
            if tag is _QUOTED:
                return node.value
            return self.scalar(node, tag)
        if self.shared:
            self.enter(node)
        if depth >= DEEPEST:
            raise _too_deep(self.chunk, node.start_mark)
        value: Any
        if kind is yaml.SequenceNode:
            value = [self.build(item, depth + 1) for item in node.value]
        else:
            value = self.mapping(node, depth + 1)
        if self.shared:
            self.open.discard(id(node))
        return value

    def enter(self, node: Any) -> None:
        """Count what aliases expand to, and refuse one that holds itself."""
        self.left -= 1 + len(node.value)
        if self.left < 0:
            raise self.refuse(node, f"aliases expand to more than {MOST_NODES:,} values", _WRITTEN_OUT)
        if id(node) in self.open:
            raise self.refuse(node, "the anchor here holds itself through an alias", _WRITTEN_OUT)
        self.open.add(id(node))

    def scalar(self, node: Any, tag: str) -> Any:
        """Give what a scalar means, as it ends up in JSON."""
        value = self.meaning(node, tag)
        return json_number(value) if type(value) is float else value

    def meaning(self, node: Any, tag: str) -> Any:
        """Give what a scalar means: a plain word by its looks, a tagged one by its tag."""
        text: str = node.value
        try:
            if tag is _PLAIN:
                return plain(text)
            return _tagged(text, tag)
        except NotJson as error:
            raise self.refuse(node, str(error), "quote it if it is meant as text") from None
        except ValueError as error:
            raise self.refuse(node, str(error), "write what fits the tag, or remove the tag") from None

    def mapping(self, node: Any, depth: int) -> dict[str, Any]:
        """Give a mapping; keys become text, merge keys (<<) are merged in place, doubled keys refused."""
        result: dict[str, Any] = {}
        seen: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if type(key_node) is not yaml.ScalarNode:
                raise self.refuse(key_node, "a list or a map cannot be a key", _TEXT_HINT)
            tag = key_node.tag
            if (tag is _PLAIN and key_node.value == "<<") or tag == _MERGE:
                if (
                    type(value_node) is yaml.SequenceNode
                    and value_node.start_mark.index < key_node.start_mark.index
                ):
                    raise self.refuse(key_node, "an alias of a list cannot be merged with <<", _MERGE_HINT)
                result.update(self.merged(value_node, depth))
                continue
            key = key_node.value if tag is _QUOTED else self.key(key_node, tag)
            if key in seen:
                first = seen[key].start_mark.line + 1 + self.chunk.lines_before
                raise self.refuse(
                    key_node,
                    f"the key '{key}' is given twice, first on line {first}",
                    "keep one; kubectl would silently take the last",
                )
            seen[key] = key_node
            result[key] = self.build(value_node, depth)
        return result

    def key(self, node: Any, tag: str) -> str:
        """Give the text of a key that is not plainly text."""
        key = key_text(self.meaning(node, tag))
        if key is None:
            raise self.refuse(node, "a key cannot be null", 'quote it if it is meant as text: "null"')
        return key

    def merged(self, node: Any, depth: int) -> dict[str, Any]:
        """Give what a merge key brings in: one map, or several of which the first wins."""
        result: dict[str, Any] = {}
        parts = reversed(node.value) if type(node) is yaml.SequenceNode else (node,)
        for part in parts:
            if type(part) is not yaml.MappingNode:
                raise self.refuse(part, "only a map, or a list of maps, can be merged with <<", _MERGE_HINT)
            result.update(self.build(part, depth))
        return result

    def refuse(self, node: Any, problem: str, hint: str | None = None) -> InvalidInput:
        """Give the error for a node."""
        return self.chunk.refuse(self.chunk.place(node.start_mark), problem, hint)


def _tagged(text: str, tag: str) -> Any:
    name = tag.removeprefix(_TAG)
    if name == tag or name not in ("bool", "int", "float", "null", "timestamp", "binary"):
        return text
    if name == "binary":
        import base64

        try:
            return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
        except ValueError:
            raise ValueError("!!binary needs base64") from None
    value = plain(text)
    fits = {
        "bool": isinstance(value, bool),
        "int": isinstance(value, int) and not isinstance(value, bool),
        "float": isinstance(value, (int, float)) and not isinstance(value, bool),
        "null": value is None,
        "timestamp": isinstance(value, str),
    }[name]
    if not fits:
        raise ValueError(f"'{text}' cannot be read as !!{name}")
    return value


class _Tree:
    """A document's nodes, and by name what each of them holds, as far as somebody asked."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self._entries: dict[int, dict[str, tuple[Any, Any]]] = {}

    def child(self, node: Any, step: str | int) -> tuple[Any, Any] | None:
        """Give key (None in a list) and value that stand under a step; None where nothing does."""
        if type(node) is yaml.SequenceNode:
            return (None, node.value[step]) if isinstance(step, int) and step < len(node.value) else None
        if type(node) is not yaml.MappingNode or not isinstance(step, str):
            return None
        return self._named(node).get(step)

    def _named(self, node: Any) -> dict[str, tuple[Any, Any]]:
        known = self._entries.get(id(node))
        if known is not None:
            return known
        known = self._entries[id(node)] = {}
        for key_node, value_node in node.value:
            if type(key_node) is not yaml.ScalarNode:
                continue
            if key_node.value == "<<" and key_node.tag != _QUOTED:
                parts = value_node.value if type(value_node) is yaml.SequenceNode else [value_node]
                for part in reversed(parts):
                    if type(part) is yaml.MappingNode:
                        known.update(self._named(part))
                continue
            key = key_text(plain(key_node.value)) if key_node.tag is _PLAIN else key_node.value
            if key is not None:
                known[key] = key_node, value_node
        return known


@functools.lru_cache(maxsize=1)
def _composed(chunk: Chunk) -> _Tree:
    """Give the nodes of the last document asked about: a long list with many findings is parsed once."""
    return _Tree(compose(chunk))


def locate(chunk: Chunk, path: tuple[str | int, ...], *, key: bool = False) -> Position:
    """Find where the value at `path` stands, or its key; that of the nearest parent where there is none."""
    tree = _composed(chunk)
    node = tree.root
    if node is None:
        return Position(1 + chunk.lines_before, 1)
    mark = node.start_mark
    for step in path:
        pair = tree.child(node, step)
        if pair is None:
            break
        key_node, node = pair
        mark = (key_node or node).start_mark if key else node.start_mark
    return Position(mark.line + 1 + chunk.lines_before, mark.column + 1)
