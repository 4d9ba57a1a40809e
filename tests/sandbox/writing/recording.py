"""What a real kube-apiserver made of the stories, kept so that our functions can be held to it without one.

`SEDNACTL_GOLDEN=write` renews it in a run of the live suite; the difference then shows in the commit.
"""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path

from tests.live.plane.api import Json
from tests.sandbox.writing.twin import Outcome, comparable

FILE = Path(__file__).with_name("recorded.jsonl")


RANDOM_FILE = Path(__file__).with_name("recorded_random.jsonl")
"""Of stories made at random only codes and digests are kept: that something differs, and in which write."""


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


@functools.cache
def recorded_random() -> dict[int, list[list[str]]]:
    """Give code and digest of every write of the recorded random stories, by seed."""
    return dict(json.loads(line) for line in RANDOM_FILE.read_text("utf-8").splitlines())


def digests_of(outcomes: list[Outcome]) -> list[list[str]]:
    """Give code and digest of every write of a story."""
    result = []
    for outcome in outcomes:
        text = json.dumps(comparable(outcome.body), sort_keys=True, ensure_ascii=False)
        result.append([str(outcome.code), hashlib.sha256(text.encode()).hexdigest()[:12]])
    return result
