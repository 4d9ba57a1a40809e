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
_MOST_KNOWN: Final = 5_000
_LONGEST: Final = 400
_LONGEST_WORD: Final = max(map(len, WORDS))
_LONGEST_SURE_NUMBER: Final = 19
"""Digits with fewer of which a whole number surely fits 64 bits."""
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
_TEXTS_BEGIN: Final = _LETTERS | {"/"}
# A number ends with a digit or a point, but for hexadecimal ones, which begin with 0; and holds no comma.
_NUMBERS_BEGIN: Final = frozenset("123456789")


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


known: Final[dict[str, Line]] = {}
"""Lines that were read before, of any document, by their text."""
_heads: Final[dict[str, Line]] = {}
"""What stands before values, read as the line of a key that has none."""


def line_of(text: str) -> Line:
    """Give what a line says. Raises Declined."""
    return known.get(text) or read(text)


def read(text: str) -> Line:
    """Read a line that is not known, which it is then. Raises Declined."""
    if len(text) > _LONGEST:
        raise Declined
    head, colon, tail = text.partition(": ")
    begun = _heads.get(head) if colon else None
    if begun is None:
        line = _read(text, head, colon, tail)
    elif _is_surely_text(tail):
        kind, level, inner, key, _ = begun
        line = (kind + 1, level, inner, key, tail)
    else:
        line = _with_tail(begun, tail)
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[text] = line
    return line


def _read(text: str, head: str, colon: str, tail: str) -> Line:
    """Read a line that begins as none did yet, or that no key begins."""
    if not colon and text[-1:] == ":":
        head, colon = text[:-1], ":"
    begun = _head(head) if colon else None
    if begun is None:
        return _without_key(text)
    if len(_heads) >= _MOST_KNOWN:
        _heads.clear()
    _heads[head] = begun
    return _with_tail(begun, tail)


def _is_surely_text(tail: str) -> bool:
    """Tell, quickly, whether what follows a key is one word that means itself, as most words do."""
    if not tail:
        return False
    first = tail[0]
    if first in _NUMBERS_BEGIN:
        if tail[-1] not in _LETTERS and "," not in tail:
            return False
    elif first == "-":
        if tail[1:2] != "-" or tail[2:3] not in _LETTERS:  # a flag, as arguments are
            return False
    elif first not in _TEXTS_BEGIN:
        return False
    # Without a space in it nothing but a colon at the end could make it anything else.
    return (
        " " not in tail
        and tail[-1] != ":"
        and (len(tail) > _LONGEST_WORD or tail not in WORDS)
        and tail.isprintable()
        and tail.isascii()
    )


def _with_tail(begun: Line, tail: str) -> Line:
    """Give the line of a key with what follows it."""
    kind, level, inner, key, _ = begun
    if not tail:
        return begun
    first = tail[0]
    if first in _NUMBERS_BEGIN:
        if tail.isdecimal() and tail.isascii() and len(tail) < _LONGEST_SURE_NUMBER:
            return (kind + 1, level, inner, key, int(tail))
    elif first in _QUOTES and _is_quoted(tail, first):
        return (kind + 1, level, inner, key, tail[1:-1])
    found = _TAIL.fullmatch(tail)
    if found is None:
        return (kind + 1 + FRESH, level, inner, key, _in_brackets(tail))
    word: str | None = found[2]
    if word is None:
        return begun
    first = word[0]
    if first in _QUOTES:
        return (kind + 1, level, inner, key, word[1:-1])
    if first in "{[":
        return (kind + 1 + FRESH, level, inner, key, _MAKES[word])
    return (kind + 1, level, inner, key, meaning(word))


def _is_quoted(tail: str, quote: str) -> bool:
    """Tell, quickly, whether what follows a key is a text in quotes, and the text is what stands between them."""
    return (
        tail[-1] == quote
        and tail.count(quote) == 2
        and "\\" not in tail
        and tail.isascii()
        and tail.isprintable()
    )


_QUOTES: Final = frozenset("\"'")
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
    if _is_surely_text(bare[2:]):
        return (ENTRY, 2 * column + 1, 0, "", bare[2:])
    found = _TAIL.fullmatch(bare, 1)
    if found is None:
        return (ENTRY + FRESH, 2 * column + 1, 0, "", _in_brackets(bare[1:]))
    word: str | None = found[2]
    if word is None:
        raise Declined
    if word[0] in _QUOTES:
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
