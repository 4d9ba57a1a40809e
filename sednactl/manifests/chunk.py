"""The text of one document of a YAML stream, before anybody reads it."""

from __future__ import annotations

from typing import Any

from sednactl.errors import InvalidInput
from sednactl.records import Record


class Chunk(Record):
    """The text of one document of a stream: its file's name, its text, and how many lines lie before it."""

    file: str
    text: str
    lines_before: int

    def place(self, mark: Any) -> str:
        """Give `file:line:column` of a libyaml mark."""
        return f"{self.file}:{mark.line + 1 + self.lines_before}:{mark.column + 1}"

    def refuse(self, place: str, problem: str, hint: str | None = None) -> InvalidInput:
        """Give the error that names a place and what is wrong there."""
        return InvalidInput(f"{place}: {problem}", hint=hint)
