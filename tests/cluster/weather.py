"""Faults that strike at random, and at the same requests again with the same seed.

Whether and how a request fails follows from the seed, its method and path, and how many like it
came before. So the threads of a command may send theirs in any order: each meets what it met before.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from tests.cluster.stub import Answers, Closes, Fault, Request, Reset, StubServer, Truncated

RATES = (0.02, 0.1, 0.3)
_STATUSES = (400, 401, 403, 404, 409, 410, 422, 429, 500, 503)


class Weather:
    """What one seed has in store for a stub server.

    `others` are faults beside the usual ones; `writes` is the share of writes that fail, without it the same
    as of reads. A command that reads much and writes little hardly ever gets to a failing write otherwise.
    """

    def __init__(
        self, stub: StubServer, seed: int, *, others: Sequence[Fault] = (), writes: float | None = None
    ) -> None:
        self.rate = RATES[seed % len(RATES)]
        self._writes = self.rate if writes is None else writes
        self.struck: list[tuple[str, str, Fault]] = []
        self._stub = stub
        self._seed = seed
        self._others = others
        self._seen: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def bad(self) -> Iterator[None]:
        """Let requests fail in here; what else the server does with a request, it does before."""
        usual = self._stub._fault_for

        def sometimes(request: Request, target: str) -> Fault | None:
            fault = usual(request, target)
            return self._fault_of(request) or fault

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self._stub, "_fault_for", sometimes)
            yield

    def _fault_of(self, request: Request) -> Fault | None:
        what = request.method, request.path
        with self._stub._lock:
            number = self._seen[what]
            self._seen[what] += 1
        chance = random.Random(f"{self._seed} {what} {number}")
        if chance.random() >= (self.rate if request.method == "GET" else self._writes):
            return None
        fault = chance.choice(
            [
                Answers(chance.choice(_STATUSES)),
                Answers(500, done=True),
                Reset(),
                Reset(done=True),
                Closes(),
                Truncated(30),
                *self._others,
            ]
        )
        self.struck.append((*what, fault))
        return fault
