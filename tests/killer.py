"""Kill a running command around its nth request to a server of the tests.

The server calls `die_here` with each request; `at_stub` and `at_api` see to that.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.requests import Request as ApiRequest
from sednactl.sandbox.api.requests import answer_refusal
from sednactl.sandbox.api.server import ApiServer
from tests.cluster.stub import Fault, Request, Reset, StubServer
from tests.command import BIN

SEDNACTL = (str(BIN / "sednactl"),)


class Killer:
    """Kills a command around its nth request: before that is done, after it, or up to `longest` seconds later.

    `program` is the command without its arguments.
    """

    def __init__(
        self, chance: random.Random, *, longest: float = 0.004, program: Sequence[str] = SEDNACTL
    ) -> None:
        self._chance = chance
        self._longest = longest
        self._program = program
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0
        self.requests = 0
        """How many the last command sent, or the one that runs has sent so far."""

    def run(self, *arguments: str, environment: Mapping[str, str], after_requests: int | None) -> int:
        """Run the command, killed around that request, or not at all; gives its exit code, -9 when it was killed."""
        with self._lock:
            process = subprocess.Popen(
                [*self._program, *arguments],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._process = process if after_requests is not None else None
            self._left, self.requests = after_requests or 0, 0
        try:
            return process.wait(timeout=120)
        finally:
            with self._lock:
                self._process = None

    def die_here(self) -> bool:
        """Kill the command if this is the request; tells whether that was before the request is done."""
        with self._lock:
            self._left -= 1
            self.requests += 1
            if self._process is None or self._left != 0:
                return False
            process, self._process = self._process, None
        how = self._chance.choice(["before", "after", "later"])
        if how == "later":
            threading.Timer(self._chance.uniform(0, self._longest), _kill, [process]).start()
        else:
            _kill(process)
        return how == "before"


def at_stub(server: StubServer, killer: Killer, meanwhile: Callable[[], None] = lambda: None) -> Killer:
    """Let a stub's requests kill; `meanwhile` is called before each, for what a cluster does by itself."""
    real = server._fault_for

    def on_request(request: Request, target: str) -> Fault | None:
        meanwhile()
        return Reset() if killer.die_here() else real(request, target)

    server._fault_for = on_request  # type: ignore[method-assign]
    return killer


def at_api(front: Any, server: ApiServer, killer: Killer) -> Killer:
    """Let the requests kill that come to an API server of the sandbox through its HTTPS front."""

    class Watched:
        def handle(self, request: ApiRequest) -> Any:
            if killer.die_here():
                return answer_refusal(Refusal("ServiceUnavailable", "nobody is there to read this"))
            return server.handle(request)

    front._server = Watched()
    return killer


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.kill(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
