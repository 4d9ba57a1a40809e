"""What mends a file that cannot be read: a hint for every way in which opening, decoding and parsing fail.

Only loaded when something has failed already.
"""

from __future__ import annotations

import errno
import os
import re
from typing import Any

_MOST_NAMES = 2000
"""Names of a folder that are looked at for one that is alike."""
_CONFLICT = re.compile(r"^(<<<<<<<|>>>>>>>)( |$)", re.MULTILINE)
_BREAKS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What ends a line to libyaml, whose count of lines is used here."""
_SYNTAX = (
    ("while scanning a quoted scalar, found unexpected end", "the quote that opens {there} is never closed"),
    ("while scanning a quoted scalar, found unexpected document", "the quote that opens {there} is never closed"),
    (
        "while scanning a quoted scalar, found unknown escape",
        "in double quotes \\ begins an escape: double it, or use single quotes",
    ),
    ("unknown escape character", "in double quotes \\ begins an escape: double it, or use single quotes"),
    (
        "while parsing a flow sequence",
        "a list in brackets opens {there}: close it with ], or put the comma that is missing",
    ),
    (
        "while parsing a flow mapping",
        "a map in braces opens {there}: close it with }}, or put the comma that is missing",
    ),
    ("while parsing a flow node", "a bracket or brace is still open: close it, or quote it if it is text"),
    ("unexpected end of stream", "a quote or bracket is still open: close it"),
    (
        "while parsing a block mapping",
        "the keys of one map start in the same column, here that of the map that begins {there}",
    ),
    (
        "while parsing a block collection",
        "the items of one list start with '- ' in the same column, here that of the list that begins {there}",
    ),
    ("mapping values are not allowed", "check the indentation, and quote a value that holds ': '"),
    ("could not find expected ':'", "a key needs ': ' behind it; check the indentation, and quotes left open above"),
    ("block sequence entries are not allowed", "begin the list on the line below its key"),
    ("expected a single document", "kubectl ignores what follows '...'; start a document with a line '---'"),
    ("found undefined alias", "an alias (*name) needs its anchor (&name) before it in the same document"),
    ("while scanning an anchor", "& and * begin an anchor and an alias, and a name follows; quote the value if it is text"),
    ("while scanning an alias", "& and * begin an anchor and an alias, and a name follows; quote the value if it is text"),
    ("while scanning a block scalar", "behind | or > the text begins on the next line, indented further with blanks"),
    ("incompatible", "remove the line that begins with %: kubectl reads none of them"),
    ("directive", "remove the line that begins with %, or quote the value if it is text"),
    ("tag", "! begins a tag: quote the value if it is text"),
)  # fmt: skip
"""Words of libyaml's, and PyYAML's, messages, and what mends that; the first that fits counts."""


def of_file(name: str, error: OSError) -> str:
    """Give what to do about a file that the system does not open."""
    if error.errno == errno.ENOENT:
        return _of_missing(name)
    if error.errno == errno.ENOTDIR:
        return "a part of the path before the last / is a file, not a folder"
    if error.errno == errno.EISDIR:
        return "name a file in the folder"
    if error.errno in (errno.EACCES, errno.EPERM):
        if os.path.isdir(name):  # noqa: PTH112
            return f"you may not look into it: 'ls -ld {name}' shows who may, chmod u+rx lets its owner"
        return f"you may not read it: 'ls -l {name}' shows who may, chmod u+r lets its owner"
    if error.errno == errno.ELOOP:
        return "the link leads back to itself: name the file it was meant for"
    if error.errno == errno.ENAMETOOLONG:
        return "no file has so long a name: pipe a manifest itself in with '-'"
    return "copy it to a place that can be read, and name it there"


def _of_missing(name: str) -> str:
    import difflib

    folder, base = os.path.split(name)
    if os.path.islink(name):  # noqa: PTH114
        return f"it is a link to {os.readlink(name)}, which is not there"  # noqa: PTH115
    if folder and not os.path.isdir(folder):  # noqa: PTH112
        if folder.startswith("~"):
            return "a shell opens ~ only at the beginning of a word without quotes: write $HOME"
        return f"there is no folder {folder}, seen from the current one"
    try:
        with os.scandir(folder or ".") as listing:
            names = [entry.name for _, entry in zip(range(_MOST_NAMES), listing, strict=False)]
    except OSError:
        names = []
    near = difflib.get_close_matches(base, names, 1, 0.75)
    if near:
        return f"did you mean {os.path.join(folder, near[0])}?"  # noqa: PTH118
    return f"{folder or 'the current folder'} holds nothing of that name, nor of one like it"


def of_bytes(data: bytes) -> str:
    """Give what to do about bytes that are no text in UTF-8."""
    if data[:2] == b"\x1f\x8b":
        return "it is compressed: unpack it first, e.g. gunzip -c FILE, and pipe that in with '-'"
    if data[:4] in (b"PK\x03\x04", b"\x7fELF", b"\x89PNG"):
        return "manifests are YAML or JSON in UTF-8: name another file"
    for start, name in ((1, "LE"), (0, "BE")):
        if len(data) > 1 and not any(data[start:64:2]):
            return f"it looks like UTF-16: save it as UTF-8, e.g. iconv -f UTF-16{name} -t UTF-8 FILE"
    if b"\0" in data:
        return "manifests are YAML or JSON in UTF-8: take the NUL bytes out, e.g. tr -d '\\000' < FILE"
    return "save it as UTF-8, e.g. iconv -f ISO-8859-1 -t UTF-8 FILE if it is Latin-1"


def of_character(char: str) -> str:
    """Give what to do about a character that YAML does not allow."""
    code = f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}"
    return f"remove it, or write {code} in double quotes where it is meant"


def of_syntax(problem: str, text: str, line: int, column: int, there: str) -> str:
    """Give what to do about a fault of YAML's syntax.

    `line` and `column` of the fault count from 0 in `text`; `there` says where what it is part of begins.
    """
    here = _line(text, line)
    if conflict := of_conflict(text):
        return conflict
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return "indent with blanks, never with tabs: this line begins with one"
    char = here[column : column + 1]
    if "cannot start any token" in problem:
        return (
            f"quote a value that begins with {char}"
            if char.strip()
            else "indent with blanks, never with tabs"
        )
    if "<document start>" in problem:
        if re.search(r"^(%|\.\.\.)", text, re.MULTILINE):
            return "kubectl reads no %YAML line and nothing behind a line of '...'; remove it"
        return "a document is one map, one list or one value: this stands behind its end; put a line '---' between"
    for words, hint in _SYNTAX:
        if words in problem:
            return hint.format(there=there)
    return "the fault is here or on a line above: look at indentation, colons, quotes and brackets"


def _line(text: str, number: int) -> str:
    lines = _BREAKS.split(text)
    return lines[number] if number < len(lines) else ""


def of_conflict(text: str) -> str | None:
    """Give what to do about a file that git left with both sides of a conflict; None where it is none."""
    if _CONFLICT.search(text) is None:
        return None
    return (
        "the file holds a merge conflict: keep one side, and remove the lines of <<<<<<<, ======= and >>>>>>>"
    )


def of_json(message: str, text: str, at: int) -> str:
    """Give what to do about a fault of JSON's syntax at an offset of a text."""
    if (conflict := of_conflict(text)) is not None:
        return conflict
    before = text[:at].rstrip()
    if text[at : at + 3] == "---":
        return "JSON documents stand one behind the other, without '---': remove it, or write YAML without the braces"
    if before.endswith(",") and text[at : at + 1] in "}]":
        return "remove the comma before it: JSON has none behind the last entry"
    low = message.lower()
    if "double quotes" in low:
        return "a file that begins with { is read as JSON only, by kubectl too: put names in double quotes"
    if "unterminated string" in low:
        return "close the string with a double quote; a line break in it is written \\n"
    if "control character" in low:
        return "a line break or tab in a string is written \\n or \\t"
    if "',' delimiter" in low:
        return "put the comma that is missing, or close the brace or bracket"
    if "':' delimiter" in low:
        return "put a colon between name and value"
    if "escape" in low:
        return "\\ begins an escape: double it where it is meant as such"
    return "a file that begins with { is read as JSON only, by kubectl too: check what stands here"


def mark_of(error: Any, lines_before: int) -> str:
    """Say where what a fault is part of begins: `on line 3, column 5`."""
    mark = error.context_mark
    return f"on line {mark.line + 1 + lines_before}, column {mark.column + 1}" if mark else "above"
