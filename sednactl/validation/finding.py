"""What validation found: one frozen record a finding, read by every report format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sednactl.records import Record

Level = Literal["error", "warning", "info"]
Path = tuple[str | int, ...]


def spell_path(path: Sequence[str | int]) -> str:
    """Write a path as Kubernetes does: `spec.edgeWorker.template.spec.containers[0].image`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step and step.replace("_", "a").replace("-", "a").isalnum():
            text += f".{step}" if text else step
        else:
            text += f"[{step}]"
    return text


def shown_path(path: Sequence[str | int]) -> str:
    """Write a path for people: one of absurd length loses its middle."""
    text = spell_path(path)
    return text if len(text) <= 400 else f"{text[:200]}…{text[-199:]}"


def one_line(text: str) -> str:
    """Give text with its control characters spelled out, so that a finding stays one line."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


class Finding(Record):
    """One thing wrong, or worth knowing, in one document.

    `line` and `column` count from 1; `column` is in characters. `path` is the
    place in the document, empty for the document as a whole. `source` is the text
    of that line, "" where the document came from no file. `document` is the place of
    the document in its file, from 0. `fixable` says that it has one right answer, which
    `validate --fix` knows.
    """

    rule: str
    level: Level
    message: str
    file: str
    line: int
    column: int
    path: Path = ()
    hint: str = ""
    source: str = ""
    document: int = 0
    fixable: bool = False
