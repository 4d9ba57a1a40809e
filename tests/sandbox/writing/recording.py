"""What a real kube-apiserver made of the stories, kept so that our functions can be held to it without one.

`SEDNACTL_GOLDEN=write` renews it in a run of the live suite; the difference then shows in the commit.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

from tests.live.plane.api import Json
from tests.sandbox.writing.twin import Outcome, comparable

FILE = Path(__file__).with_name("recorded.jsonl")


@functools.cache
def recorded() -> dict[str, list[Outcome]]:
    """Give the outcomes of every recorded story, in comparable form."""
    stories: dict[str, list[Outcome]] = {}
    for line in FILE.read_text("utf-8").splitlines():
        name, outcomes = json.loads(line)
        stories[name] = [Outcome(code, body) for code, body in outcomes]
    return stories


def line_of(name: str, outcomes: list[Outcome]) -> str:
    """Give one story's line of the file."""
    told: list[tuple[int, Json]] = [(outcome.code, comparable(outcome.body)) for outcome in outcomes]
    return json.dumps([name, told], separators=(",", ":"), ensure_ascii=False, sort_keys=True)
