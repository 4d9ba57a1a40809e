"""The text of one document of a YAML stream, before anybody reads it."""

from __future__ import annotations

from typing import Any

from sednactl.errors import InvalidInput
from sednactl.records import Record

_RENDER = (
    "render it first (e.g. helm template CHART | sednactl validate -), or quote a value that begins with {{"
)


def template_in(text: str, file: str, lines_before: int = 0) -> InvalidInput | None:
    """Give the error for a text that only becomes a manifest when a program such as helm fills it in.

    Asked where a text cannot be read: what stands in {{ }} may also be a map in a map, or a text in quotes.
    """
    import re

    found = re.search(r"^[ \t]*\{\{|(?<=[:-])[ \t]+\{\{", text, re.MULTILINE)
    if found is None:
        return None
    at = found.end() - 2
    line, column = text.count("\n", 0, at) + 1 + lines_before, at - text.rfind("\n", 0, at)
    problem = f"{file}:{line}:{column}: a template with {{{{ }}}} to be filled in, no manifest yet"
    return InvalidInput(problem, hint=_RENDER)


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
        template = template_in(self.text, self.file, self.lines_before)
        return template or InvalidInput(f"{place}: {problem}", hint=hint)
