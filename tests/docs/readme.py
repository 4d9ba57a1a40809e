"""Reads the commands, and what they are said to print, out of README.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
_BLOCK = re.compile(r"^```console (?P<where>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One command line of the README and the output shown below it; `…` alone stands for any."""

    command: str
    output: str


def steps(where: str) -> list[Step]:
    """Give the commands of every ```console block of that kind (`offline`, `cluster`), in order."""
    found = []
    for block in _BLOCK.finditer(README.read_text(encoding="utf-8")):
        if block["where"] != where:
            continue
        for part in re.split(r"^\$ ", block["body"], flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append(Step(command, output))
    return found
