"""Documents that are kept by their place alone, and read a second time when somebody asks where something is."""

from __future__ import annotations

import functools
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.manifests.document import Document, Position


class ReadAgain(Document):
    """A document of a file without its value and text: ten thousands of them fit into a few megabytes.

    A file that changed in between, or is gone, has nothing to show: places are then the document's begin.
    """

    __slots__ = ()

    def __init__(self, file: str, index: int, line: int) -> None:
        self.content = None
        self.file = file
        self.index = index
        self.line = line
        self.on_disk = True
        self.below = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return ReadAgain, (self.file, self.index, self.line)

    def without_content(self) -> Document:
        """Give itself: there is nothing to leave out."""
        return self

    def locate(self, path: tuple[str | int, ...], *, key: bool = False) -> Position:
        """Give the position of the value at a path, from the file as it is now."""
        document = _document(self.file, self.index)
        return document.locate(path, key=key) if document else Position(self.line, 1)

    def source_line(self, line: int) -> str:
        """Give a line's text, from the file as it is now."""
        document = _document(self.file, self.index)
        return document.source_line(line) if document else ""

    def text(self) -> tuple[int, str]:
        """Give the number of the first line and the text, from the file as it is now."""
        document = _document(self.file, self.index)
        return document.text() if document else (1, "")


def _document(file: str, index: int) -> Document | None:
    documents = _documents(file)
    return documents[index] if index < len(documents) else None


@functools.lru_cache(maxsize=1)
def _documents(file: str) -> list[Document]:
    """Give the documents of the file that was asked about last, without their values, up to one that is broken."""
    from sednactl.manifests.reading import iterate_documents

    documents: list[Document] = []
    try:
        with open(file, "rb") as stream:  # noqa: PTH123
            data = stream.read()
        documents.extend(document.without_content() for document in iterate_documents(data, file))
    except (OSError, InvalidInput):
        pass
    return documents
