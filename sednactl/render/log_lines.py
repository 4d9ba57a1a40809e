"""Lines of logs for people (whose line it is, before it) and for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from sednactl.lifecycle.pod_logs import Line
from sednactl.render.columns import printable

_COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
_COLOURED = re.compile("\x1b\\[[0-9;]*m")
_RESET = "\x1b[0m"

Draw = Callable[[Line], str]


def drawn(*, named: bool, times: bool, colour: bool, terminal: bool) -> Draw:
    """Give how a line is written: its source before it where `named`, the node's time where `times`.

    On a terminal nothing that a container wrote can move the cursor: colours stay, of a line that
    rewrote itself the last state stays, all else is made visible. Elsewhere bytes stay as they were.
    """
    colours: dict[str, int] = {}

    def draw(line: Line) -> str:
        text = for_terminal(line.text) if terminal else line.text
        time = f"{line.time} " if times and line.time else ""
        if not named:
            return f"{time}{text}\n"
        short = printable(line.source.short)
        if colour:
            number = colours.setdefault(short, _COLOURS[len(colours) % len(_COLOURS)])
            short = f"\x1b[{number}m{short}{_RESET}"
        return f"{short} {time}{text}\n"

    return draw


def for_terminal(text: str) -> str:
    """Make a line safe to show: colours stay and are ended, a carriage return leaves what came after it."""
    text = text.rstrip("\r").rpartition("\r")[2]
    parts, position, coloured = [], 0, False
    for match in _COLOURED.finditer(text):
        parts.append(_visible(text[position : match.start()]))
        parts.append(match[0])
        position, coloured = match.end(), True
    parts.append(_visible(text[position:]))
    return "".join(parts) + (_RESET if coloured else "")


def as_jsonl(line: Line) -> str:
    """Write a line as one JSON object with where it is from."""
    source = line.source
    return (
        json.dumps(
            {
                "apiVersion": "sednactl.io/v1",
                "kind": "LogLine",
                "time": line.time or None,
                "namespace": source.namespace,
                "pod": source.pod,
                "container": source.container,
                "side": source.worker or None,
                "node": source.node or None,
                "line": line.text,
            },
            ensure_ascii=False,
        )
        + "\n"
    )


def _visible(text: str) -> str:
    return "\t".join(printable(part) for part in text.split("\t"))
