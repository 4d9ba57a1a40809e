"""One document of a YAML or JSON stream, with the place of every value in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple


class Position(NamedTuple):
    """A place in a file; lines and columns count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Document:
    """A document as Kubernetes reads it.

    `content` is a plain value (a dict for a manifest), `file` the name the user
    gave (`-` for standard input), `index` its place in the stream from 0, `line`
    its first line. `locate` finds the position of the value at a path (of the
    nearest parent for a path that does not exist) and only works when asked, so
    that good documents pay nothing for it.
    """

    content: Any
    file: str
    index: int
    line: int
    locate: Callable[[tuple[str | int, ...]], Position]
