"""One document of a YAML or JSON stream, with the place of every value in it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from sednactl.records import Record

if TYPE_CHECKING:
    from sednactl.manifests.again import ReadAgain


class Position(Record):
    """A place in a file; lines and columns count from 1, columns in characters."""

    line: int
    column: int


class Locate(Protocol):
    """Finds the position of the value at a path, or with `key` that of the key it stands under."""

    def __call__(self, path: tuple[str | int, ...], *, key: bool = False) -> Position:
        """Give the position; that of the nearest parent for a path that does not exist."""
        ...


class KeptText:
    """The text of what can be read but once, standard input or a pipe, for whoever looks into it again."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


Origin = str | KeptText


class Document:
    """A document as Kubernetes reads it.

    `content` is a plain value (a dict for a manifest), `file` the name the user
    gave (`-` for standard input), `index` its place in the stream from 0, `line`
    its first line. `locate` finds the position of the value at a path (of the
    nearest parent for a path that does not exist) and only works when asked, so
    that good documents pay nothing for it; `source_line` gives a line's text, for
    showing it; `text` gives the number of the first line of what was read, and the
    text with its comments, which is that of the whole list for one of its items, and
    nothing where there are no comments (JSON, or no file at all). `origin` is where all of this can
    be read again: the name of its file, or a text that is kept; None where it cannot. `below` is its
    path within what was read: empty but for the items of a list.
    """

    __slots__ = ("below", "content", "file", "index", "line", "locate", "origin", "source_line", "text")

    def __init__(
        self,
        content: Any,
        file: str,
        index: int,
        line: int,
        locate: Locate,
        source_line: Callable[[int], str] = lambda line: "",  # noqa: ARG005
        text: Callable[[], tuple[int, str]] = lambda: (1, ""),
        origin: Origin | None = None,
        below: tuple[str | int, ...] = (),
    ) -> None:
        self.content = content
        self.file = file
        self.index = index
        self.line = line
        self.locate = locate
        self.source_line = source_line
        self.text = text
        self.origin = origin
        self.below = below

    def without_content(self) -> Document:
        """Give the document without its value, for whoever keeps it to find places in later.

        Of one that can be read again not even the text is kept.
        """
        if self.origin is not None:
            return _read_again()(self.origin, self.file, self.index, self.line, self.below)
        return Document(
            None,
            self.file,
            self.index,
            self.line,
            self.locate,
            self.source_line,
            self.text,
            below=self.below,
        )


@functools.cache
def _read_again() -> type[ReadAgain]:
    # An import that is done is still a search of its module's attributes, for every document.
    from sednactl.manifests.again import ReadAgain

    return ReadAgain


def document_of(content: Any, file: str = "", index: int = 0) -> Document:
    """Make a document of a value that came from no file, e.g. from a template or a cluster."""

    def nowhere(path: tuple[str | int, ...], *, key: bool = False) -> Position:  # noqa: ARG001
        return Position(1, 1)

    return Document(content, file, index, 1, nowhere, lambda line: "")  # noqa: ARG005
