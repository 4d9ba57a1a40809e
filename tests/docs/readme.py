"""Reads the commands, and what they are said to print, out of README.md and the pages of docs/."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.command import clean_environment

README = Path(__file__).parents[2] / "README.md"
PAGES = README.parent / "docs"
_BLOCK = re.compile(r"^```console (?P<where>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One command line of a page and the output shown below it; `…` alone stands for any."""

    command: str
    output: str


def steps(where: str, page: Path = README) -> list[Step]:
    """Give the commands of every ```console block of that kind (`offline`, `cluster`), in order."""
    found = []
    for block in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        if block["where"] != where:
            continue
        for part in re.split(r"^\$ ", block["body"], flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append(Step(command, output))
    return found


def run_offline(commands: Iterable[Step], folder: Path) -> None:
    """Run commands one after the other in an empty folder, and hold what each prints to what is shown."""
    environment = clean_environment(folder / "home")
    work = folder / "work"
    work.mkdir()
    for step in commands:
        done = subprocess.run(
            ["bash", "-c", step.command],
            env=environment,
            cwd=work,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"$ {step.command}\n{done.stdout}"
        if step.output.strip() != "…":
            assert done.stdout == step.output, f"$ {step.command}"
