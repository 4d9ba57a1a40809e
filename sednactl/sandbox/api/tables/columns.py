"""A table's columns, and the words in which tables tell of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sednactl.sandbox.api.text import Json, read_time

Cells = Callable[[Json, datetime], list[Any]]


@dataclass(frozen=True)
class Column:
    """One column; those of priority 1 are printed with `-o wide` only."""

    name: str
    description: str
    type: str = "string"
    format: str = ""
    priority: int = 0

    def definition(self) -> Json:
        """Give the TableColumnDefinition."""
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": self.description,
            "priority": self.priority,
        }


NAME = Column("Name", "The object's name, unique among its kind in its namespace.", format="name")
AGE = Column("Age", "How long ago the object was created.")


def _no_conditions(_: Json) -> list[Json]:
    return []


@dataclass(frozen=True)
class Printer:
    """How a kind's objects become rows."""

    columns: Sequence[Column]
    cells: Cells
    conditions: Callable[[Json], list[Json]] = _no_conditions

    def definitions(self) -> list[Json]:
        """Give the column definitions."""
        return [column.definition() for column in self.columns]


def since(text: Any, now: datetime) -> str:
    """Give how long ago a time was, as kubectl prints it."""
    then = read_time(text)
    return "<unknown>" if then is None else duration((now - then).total_seconds())


def duration(total: float) -> str:
    """Give a duration in at most two units, as apimachinery's HumanDuration does; `total` is in seconds."""
    if total <= -2:
        return "<invalid>"
    seconds = max(0, int(total))
    if seconds < 120:
        return f"{seconds}s"
    minutes = seconds // 60
    if minutes < 10:
        return _two(minutes, "m", seconds % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    hours = seconds // 3600
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    days = hours // 24
    if hours < 192:
        return _two(days, "d", hours % 24, "h")
    if hours < 24 * 365 * 2:
        return f"{days}d"
    years = hours // 24 // 365
    if hours < 24 * 365 * 8:
        return _two(years, "y", days % 365, "d")
    return f"{years}y"


def _two(big: int, unit: str, small: int, smaller: str) -> str:
    return f"{big}{unit}{small}{smaller}" if small else f"{big}{unit}"


def age(content: Json, now: datetime) -> str:
    """Give an object's age."""
    return since(content["metadata"].get("creationTimestamp"), now)


def name(content: Json) -> str:
    """Give an object's name."""
    return str(content["metadata"]["name"])


def labels(found: Any) -> str:
    """Give labels as `a=b,c=d`."""
    if not found:
        return "<none>"
    return ",".join(f"{key}={value}" for key, value in sorted(found.items()))


def selector(found: Any) -> str:
    """Give a label selector of an object as text."""
    parts = [f"{key}={value}" for key, value in sorted(((found or {}).get("matchLabels") or {}).items())]
    for expression in (found or {}).get("matchExpressions") or ():
        key, values = expression["key"], ",".join(sorted(expression.get("values") or ()))
        parts.append(
            {
                "In": f"{key} in ({values})",
                "NotIn": f"{key} notin ({values})",
                "Exists": key,
                "DoesNotExist": f"!{key}",
            }[expression["operator"]]
        )
    return ",".join(sorted(parts)) or "<none>"


def containers(template: Json) -> list[str]:
    """Give the names and the images of a pod template's containers."""
    found = (template.get("spec") or {}).get("containers") or ()
    return [",".join(one.get("name", "") for one in found), ",".join(one.get("image", "") for one in found)]
