"""A difference between two objects as a unified diff of their YAML, coloured on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.render.columns import printable

_COLOURS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}
_BOLD, _RESET = "\x1b[1m", "\x1b[0m"


def unified(
    name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any], *, colour: bool = False
) -> str:
    """Write what changes from `before` (None: nothing was there) to `after`; "" where nothing does."""
    from difflib import unified_diff

    from sednactl.manifests.writing import to_yaml

    old = [] if before is None else to_yaml([before]).splitlines()
    new = to_yaml([after]).splitlines()
    lines = unified_diff(
        old, new, f"live/{name}" if before is not None else "/dev/null", f"apply/{name}", lineterm=""
    )
    return "".join(f"{line}\n" for line in _coloured(lines, colour))


def unified_text(name: str, before: str, after: str, *, colour: bool = False) -> str:
    """Write what changes in the text of a file, of which little does."""
    from sednactl.render.near_difference import difference

    lines = difference(name, before.split("\n"), after.split("\n"))
    return "".join(f"{line}\n" for line in _coloured((line.rstrip("\r") for line in lines), colour))


def _coloured(lines: Iterator[str], colour: bool) -> Iterator[str]:
    for number, line in enumerate(lines):
        text = printable(line)
        if not colour:
            yield text
        elif number < 2:
            yield f"{_BOLD}{text}{_RESET}"
        else:
            start = _COLOURS.get(line[:1])
            yield f"{start}{text}{_RESET}" if start else text
