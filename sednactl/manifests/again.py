"""Documents that are kept by their place alone, and read a second time when somebody asks where something is."""

from __future__ import annotations

import functools
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.manifests.document import Document, KeptText, Origin, Position


class ReadAgain(Document):
    """A document without its value and text: ten thousands of them fit into a few megabytes.

    A file that changed in between, or is gone, has nothing to show: places are then the document's begin.
    """

    __slots__ = ()

    def __init__(
        self, origin: Origin, file: str, index: int, line: int, below: tuple[str | int, ...] = ()
    ) -> None:
        self.content = None
        self.origin: Origin = origin
        self.file = file
        self.index = index
        self.line = line
        self.below = below

    def __reduce__(self) -> tuple[Any, ...]:
        return ReadAgain, (self.origin, self.file, self.index, self.line, self.below)

    def without_content(self) -> Document:
        """Give itself: there is nothing to leave out."""
        return self

    def locate(self, path: tuple[str | int, ...], *, key: bool = False) -> Position:
        """Give the position of the value at a path, from the file as it is now."""
        document = self._read()
        return document.locate(path, key=key) if document else Position(self.line, 1)

    def source_line(self, line: int) -> str:
        """Give a line's text, from the file as it is now."""
        document = self._read()
        return document.source_line(line) if document else ""

    def text(self) -> tuple[int, str]:
        """Give the number of the first line and the text, from the file as it is now."""
        document = self._read()
        return document.text() if document else (1, "")

    def _read(self) -> Document | None:
        stream = _stream(self.origin, self.file)
        return stream.document(self) if stream else None


def content_again(document: Document) -> Any:
    """Give the value of a document that was kept without it, as its file is now; None where that is gone."""
    if not isinstance(document, ReadAgain):
        return document.content
    stream = _stream(document.origin, document.file)
    return stream.content(document) if stream else None


@functools.lru_cache(maxsize=1)
def _stream(origin: Origin, file: str) -> _Stream | None:
    """Give what was asked about last; None where it cannot be read any more."""
    if isinstance(origin, KeptText):
        return _Stream(origin.text, file)
    from sednactl.manifests.reading import decode

    try:
        with open(origin, "rb") as stream:  # noqa: PTH123
            return _Stream(decode(stream.read(), file), file)
    except (OSError, InvalidInput):
        return None


class _Stream:
    """A text, and where its documents begin: of a long one only the document that is asked about is read."""

    def __init__(self, text: str, file: str) -> None:
        from sednactl.manifests.reading import is_json, parts_of

        self._text = text
        self._file = file
        self._json: list[Document] | None = None
        self._lines = array("q")
        self._begins = array("q")
        self._sizes = array("q")
        self._last: tuple[int, list[Document]] = (-1, [])
        self._whole: tuple[int, list[Document]] = (-1, [])
        if is_json(text):
            self._json = self._documents_of_json()
            return
        with suppress(InvalidInput):  # what lies before it is there all the same
            for part in parts_of(text, file):
                self._lines.append(part.lines_before)
                self._begins.append(part.begin)
                self._sizes.append(len(part.text))

    def document(self, wanted: ReadAgain) -> Document | None:
        """Give a document with its places, without its value."""
        if self._json is not None:
            return self._json[wanted.index] if wanted.index < len(self._json) else None
        at = bisect_right(self._lines, wanted.line - 1) - 1
        if at < 0:
            return None
        if self._last[0] != at:
            self._last = at, self._documents_at(at)
        return next((one for one in self._last[1] if one.below == wanted.below), None)

    def content(self, wanted: ReadAgain) -> Any:
        """Give the value of a document; those around it are kept until one of another part is asked for."""
        if self._json is not None:
            if self._whole[0] < 0:
                self._whole = 0, list(self._json_with_values())
            whole = self._whole[1]
            return whole[wanted.index].content if wanted.index < len(whole) else None
        at = bisect_right(self._lines, wanted.line - 1) - 1
        if at < 0:
            return None
        if self._whole[0] != at:
            self._whole = at, self._with_values_at(at)
        return next((one.content for one in self._whole[1] if one.below == wanted.below), None)

    def _documents_at(self, at: int) -> list[Document]:
        return [document.without_content() for document in self._with_values_at(at)]

    def _with_values_at(self, at: int) -> list[Document]:
        from sednactl.manifests.reading import Part, documents_of

        begin = self._begins[at]
        text = self._text[begin : begin + self._sizes[at]]
        try:
            return list(documents_of(Part(self._file, text, begin, self._lines[at], False)))
        except InvalidInput:
            return []

    def _documents_of_json(self) -> list[Document]:
        return [document.without_content() for document in self._json_with_values()]

    def _json_with_values(self) -> Iterator[Document]:
        from sednactl.manifests.reading import documents_in

        with suppress(InvalidInput):  # what lies before it is there all the same
            yield from documents_in(self._text, self._file)
