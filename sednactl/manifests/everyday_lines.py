"""One line of everyday YAML: an indented `key: value`, `key:`, `- entry` or `- key: value`, or nothing at all.

What a line says is remembered, as manifests repeat most of their lines, and each other's. So is what
stands before a value (`      - name`), so that of a line with a new value only that is looked at.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable
from typing import Any, Final

from sednactl.manifests.scalars import WORDS, NotJson, json_number, plain

NOTHING: Final = 0
KEY: Final = 1
VALUE: Final = 2
ENTRY: Final = 3
ENTRY_KEY: Final = 4
ENTRY_VALUE: Final = 5
FRESH: Final = 6
"""What a line is: nothing, `key:`, `key: value`, `- value`, `- key:`, `- key: value`; for FRESH see `Line`."""
_MOST_KNOWN: Final = 20_000
_LONGEST: Final = 400
_WIDEST: Final = 90
"""Columns of indentation that are read: as every level of nesting needs half of one, a bound of depth too."""

_CHARACTERS: Final = r"[A-Za-z0-9_./@+=%~,()$\"'<>|&*!?;^\\{}\[\]-]"
_PLAIN: Final = rf"(?:[A-Za-z0-9_./+($~]|-+(?=[A-Za-z0-9])){_CHARACTERS}*(?:(?::| +){_CHARACTERS}+)*"
_TAIL: Final = re.compile(
    rf"( *)(?:({_PLAIN}|\"[ !#-\[\]-~]*\"|'[ -&(-~]*'|\{{\}}|\[\])(?: +#[ -~]*)?|#[ -~]*)? *"
)
_KEY_BEGINS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_KEY_HOLDS: Final = _KEY_BEGINS | frozenset("0123456789./-")
_LETTERS: Final = _KEY_BEGINS - {"_"}
# A number ends with a digit or a point, but for hexadecimal ones, which begin with 0.
_IN_TEXT: Final = "[A-Za-z0-9_./@+=%~,():-]"
_SURELY_TEXT: Final = re.compile(rf"(?:[A-Za-z/]{_IN_TEXT}*|[1-9]{_IN_TEXT}*[A-Za-z])(?<!:)")


class Declined(Exception):
    """The line is not everyday YAML, or not surely."""


Line = tuple[int, int, int, str, Any]
"""What a line says: its kind, level, inner level, key and value.

The level is where it stands: twice the column (from 0) of its first character, and one more for a
dash, as the entries of a list may stand at the column of its key; that of nothing is below all others.
The inner level is that of the key behind a dash. From FRESH on a line is what its kind less FRESH says, and the value makes the map or
list that stands there, as every document needs one of its own. No named tuple: those unpack slowly.
"""

_SKIPPED: Final[Line] = (NOTHING, -2, 0, "", None)


class Lines(dict[str, Line]):
    """Lines that were read, by their text; one that is asked for and not there is read. Raises Declined."""

    def __init__(self) -> None:
        super().__init__()
        self._heads: dict[str, Line] = {}

    def __missing__(self, text: str) -> Line:
        if len(text) > _LONGEST:
            raise Declined
        if len(self) >= _MOST_KNOWN:
            self.clear()
        head, colon, tail = text.partition(": ")
        begun = self._heads.get(head) if colon else None
        if begun is not None and _is_surely_text(tail):
            kind, level, inner, key, _ = begun
            line: Line = (kind + 1, level, inner, key, tail)
        else:
            line = self._read(text, head, colon, tail)
        self[text] = line
        return line

    def _read(self, text: str, head: str, colon: str, tail: str) -> Line:
        if not colon and text[-1:] == ":":
            head, colon = text[:-1], ":"
        begun = self._begun(head) if colon else None
        return _without_key(text) if begun is None else _with_tail(begun, tail)

    def _begun(self, head: str) -> Line | None:
        """Read what stands before a value, and remember it."""
        begun = self._heads.get(head) or _head(head)
        if begun is not None:
            if len(self._heads) >= _MOST_KNOWN:
                self._heads.clear()
            self._heads[head] = begun
        return begun


def _is_surely_text(tail: str) -> bool:
    """Tell, quickly, whether what follows a key is one word that means itself, as most words do."""
    if tail[:1] in _LETTERS and tail.isalnum() and tail.isascii():  # quicker than the expression
        return tail not in WORDS
    return _SURELY_TEXT.fullmatch(tail) is not None and tail not in WORDS


def _with_tail(begun: Line, tail: str) -> Line:
    """Give the line of a key with what follows it."""
    kind, level, inner, key, _ = begun
    found = _TAIL.fullmatch(tail)
    if found is None:
        return (kind + 1 + FRESH, level, inner, key, _in_brackets(tail))
    word: str | None = found[2]
    if word is None:
        return begun
    first = word[0]
    if first in "\"'":
        return (kind + 1, level, inner, key, word[1:-1])
    if first in "{[":
        return (kind + 1 + FRESH, level, inner, key, _MAKES[word])
    return (kind + 1, level, inner, key, meaning(word))


_MAKES: Final = {"{}": dict, "[]": list}


def _head(text: str) -> Line | None:
    """Read what stands before a value: columns, perhaps a dash, and the key; None where that is no key."""
    bare = text.lstrip(" ")
    kind, level = KEY, 2 * (len(text) - len(bare))
    if bare[:2] == "- ":
        kind, level = ENTRY_KEY, level + 1
        bare = bare[1:].lstrip(" ")
    column = len(text) - len(bare)
    quoted = bare[:1] == '"' == bare[-1:]
    key = bare[1:-1] if quoted else bare
    if not key or key[0] not in _KEY_BEGINS or not _KEY_HOLDS.issuperset(key):
        return None
    if column > _WIDEST or not (quoted or type(plain(key)) is str):  # yes, no, null …
        raise Declined
    # Whoever looks up what a document says asks for the very same text then, which is quicker than an equal one.
    return (kind, level, 2 * column, sys.intern(key), None)


def _without_key(text: str) -> Line:
    """Read an entry that is a value, or a line that says nothing."""
    bare = text.lstrip(" ")
    if not bare or (bare[0] == "#" and text.isascii() and text.isprintable()):
        return _SKIPPED
    column = len(text) - len(bare)
    if bare[:2] != "- " or column > _WIDEST:
        raise Declined
    found = _TAIL.fullmatch(bare, 1)
    if found is None:
        return (ENTRY + FRESH, 2 * column + 1, 0, "", _in_brackets(bare[1:]))
    word: str | None = found[2]
    if word is None:
        raise Declined
    if word[0] in "\"'":
        return (ENTRY, 2 * column + 1, 0, "", word[1:-1])
    if word[0] in "{[":
        return (ENTRY + FRESH, 2 * column + 1, 0, "", _MAKES[word])
    return (ENTRY, 2 * column + 1, 0, "", meaning(word))


def _in_brackets(tail: str) -> Callable[[], Any]:
    """Read a map or list in brackets; what is given makes it."""
    text = tail.strip(" ")
    if text[:1] not in ("{", "["):
        raise Declined
    from sednactl.manifests.everyday_flow import another, read

    return functools.partial(another, read(text))


def meaning(word: str) -> Any:
    """Give what an unquoted word means. Raises Declined where it means nothing in JSON."""
    try:
        means = plain(word)
    except NotJson:
        raise Declined from None
    return json_number(means) if type(means) is float else means
