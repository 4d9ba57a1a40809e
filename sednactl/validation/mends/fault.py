"""A finding as the one who mends it sees it: the document, the place, and what is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sednactl.manifests.changes import Change, Insert, Replace
from sednactl.validation.finding import Path
from sednactl.validation.target import Target


@dataclass(frozen=True)
class Fault:
    """What is wrong at a path of a document, for a target."""

    content: dict[str, Any]
    path: Path
    message: str
    target: Target

    @property
    def kind(self) -> str:
        """Give the kind that the document says it is."""
        return str(self.content.get("kind"))

    @property
    def value(self) -> Any:
        """Give what stands at the path, None where nothing does."""
        return self.at(self.path)

    @property
    def owner(self) -> Any:
        """Give what holds the value at the path."""
        return self.at(self.path[:-1])

    def at(self, path: Path) -> Any:
        """Give what stands at any path, None where nothing does."""
        value: Any = self.content
        for step in path:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value


Decide = Callable[[Fault], "Change | None"]
"""Gives the one right answer to a fault, None where there is none."""


def put(fault: Fault, owner: Path, key: str, value: str | int) -> Change | None:
    """Give the change that gives a key its value where it has none or null."""
    found = fault.at(owner)
    if not isinstance(found, dict):
        return None
    return Replace((*owner, key), value) if key in found else Insert(owner, key, value)


def spelled(fault: Fault, words: Iterable[str]) -> Change | None:
    """Give the change to the one of some words that the value is but for capitals and blanks around."""
    word = fault.value
    if not isinstance(word, str):
        return None
    meant = [known for known in words if known.lower() == word.strip().lower()]
    return Replace(fault.path, meant[0]) if len(meant) == 1 and meant[0] != word else None
