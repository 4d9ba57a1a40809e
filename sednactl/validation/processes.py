"""Works at many portions in several processes, and gives the answers in the order of the portions.

Processes and pipes of our own rather than a pool: a process that dies is noticed at once and named,
Ctrl-C ends all of them at once, and those whose parent was killed end by themselves, as nothing
comes through their pipe any more. Each is given the next portion while it is at one, so that it never
waits for us, but only where that surely fits into its pipe: what does not is given when the pipe is empty and
the process has nothing to tell, so that neither side can wait for the other with a full pipe. No process runs
far ahead of the slowest, so that what waits for its turn stays small.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sednactl.errors import PartlyDone
from sednactl.records import Record

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MOST_PROCESSES = 8
"""Processes that are started unasked: one that puts everything in order cannot feed more."""
_AHEAD = 4
"""Portions for each process that may wait for their turn."""
_FITS = 8000
"""Bytes that any pipe takes at once while nobody reads: a portion's names, which are some thousand."""

Work = Callable[[Any], Any]
"""What a process does with what it is given: plain values for plain values."""


class Portion(Record):
    """What a process is asked, or where nobody needs to be asked, the answer; `about` is for who gets it."""

    asks: Any = None
    answer: Any = None
    about: Any = None


def processes_for(wanted: int | None) -> int:
    """Give how many processes are worth it: as many as cores that this process may use, or as many as wanted."""
    return wanted or min(_cores(), MOST_PROCESSES)


def _cores() -> int:
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        cores = os.cpu_count() or 1
    try:
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as file:  # noqa: PTH123
            quota, period = file.read().split()[:2]
        if quota != "max":
            cores = min(cores, max(1, round(int(quota) / int(period))))
    except (OSError, ValueError):
        pass  # no container, or an older kernel
    return cores


def worked_at(
    portions: Iterable[Portion], work: Work, processes: int, method: str | None = None
) -> Iterator[Portion]:
    """Give every portion with its answer, in their order; processes are started for the first that asks.

    `method` is how they are started, as `multiprocessing` calls it; None leaves it to the system.
    Raises PartlyDone when a process died, and RuntimeError for a fault in the work.
    """
    crew = _Crew(work, processes, method)
    try:
        yield from crew.run(iter(portions))
    finally:
        crew.end()


class _Crew:
    """The processes, and what they are at."""

    def __init__(self, work: Work, processes: int, method: str | None) -> None:
        self._work = work
        self._processes = processes
        self._method = method
        self._pipes: list[Connection] = []
        self._members: dict[Connection, Any] = {}
        self._at: dict[Connection, list[int]] = {}
        """The portions that each process was given, in their order: the one it is at, and perhaps the next."""

    def start(self) -> None:
        """Start the processes; signals wait until all of them can be ended."""
        import multiprocessing
        import threading

        from sednactl.validation.rulebook import load_for

        # Forked, a process begins where we are, with the rules that most documents ask for; what else there
        # is takes four times as long to load, and is loaded at the same time by those who need it. Elsewhere than
        # on Linux the system's libraries may not survive a fork, and with a second thread nothing may.
        load_for("JointInferenceService")
        usual = "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"
        method = self._method or usual
        context: Any = multiprocessing.get_context(method)
        with _interrupts_held():
            for _ in range(self._processes):
                ours, theirs = context.Pipe()
                not_its = [*self._pipes, ours] if method == "fork" else []
                member = context.Process(target=_serve, args=(theirs, self._work, not_its), daemon=True)
                member.start()
                theirs.close()
                self._pipes.append(ours)
                self._members[ours] = member

    def run(self, portions: Iterator[Portion]) -> Iterator[Portion]:
        """Give every portion to whoever is free or soon will be; give them back with their answers, in order."""
        import pickle
        from multiprocessing.connection import wait

        waiting: dict[int, Portion] = {}
        answered: set[int] = set()
        given = due = 0
        more = True
        unasked: tuple[int, bytes] | None = None
        while True:
            while given - due < _AHEAD * self._processes:
                if unasked is not None:
                    if not self._gave(*unasked):
                        break
                    unasked = None
                portion = next(portions, None) if more else None
                if portion is None:
                    more = False
                    break
                waiting[given] = portion
                if portion.asks is None:
                    answered.add(given)
                else:
                    unasked = given, pickle.dumps(portion.asks)
                given += 1
            while due in answered:
                answered.discard(due)
                yield waiting.pop(due)
                due += 1
            if unasked is not None and self._gave(*unasked):
                unasked = None
            busy = [pipe for pipe, numbers in self._at.items() if numbers]
            if not busy:
                if not more and due == given:
                    return
                continue
            ready: Any
            for ready in wait(busy):
                number = self._at[ready].pop(0)
                waiting[number] = waiting[number]._replace(asks=None, answer=self._answer(ready))
                answered.add(number)

    def _gave(self, number: int, asks: bytes) -> bool:
        """Give a portion to who has the least to do; tell whether there was anybody who can take it now."""
        if not self._pipes:
            self.start()
            self._at = {pipe: [] for pipe in self._pipes}
        pipe = min(self._pipes, key=lambda one: len(self._at[one]))
        before = len(self._at[pipe])
        if before > 1 or (before and len(asks) > _FITS):
            return False
        try:
            pipe.send_bytes(asks)
        except OSError:
            raise self._died(pipe) from None
        self._at[pipe].append(number)
        return True

    def _answer(self, pipe: Connection) -> Any:
        try:
            answer = pipe.recv()
        except (EOFError, OSError):
            raise self._died(pipe) from None
        if isinstance(answer, _Fault):
            raise RuntimeError(answer.told)
        return answer

    def _died(self, pipe: Connection) -> PartlyDone:
        member = self._members[pipe]
        member.join(5)
        code = member.exitcode
        how = f"by signal {-code}" if code and code < 0 else f"with code {code}"
        return PartlyDone(
            f"a process that checked files was ended {how}; nothing is reported",
            hint="where memory is short, -j 1 takes one process, the least that is needed",
        )

    def end(self) -> None:
        """End every process, at once."""
        for pipe, member in self._members.items():
            pipe.close()
            member.kill()
        for member in self._members.values():
            member.join()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    import signal

    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Fault(Record):
    """What went wrong in the work, which is our own fault."""

    told: str


def _serve(pipe: Connection, work: Work, not_ours: list[Connection]) -> None:
    """Answer what comes through the pipe, until nobody asks any more; then end at once.

    What the parent has not written yet is not ours to write a second time.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all; the parent ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    code = 1
    try:
        _answer_all(pipe, work, not_ours)
        code = 0
    finally:
        os._exit(code)


def _answer_all(pipe: Connection, work: Work, not_ours: list[Connection]) -> None:
    for other in not_ours:  # else none of us would notice that the parent is gone
        other.close()
    try:
        while True:
            asks = pipe.recv()
            try:
                answer: Any = work(asks)
            except Exception as error:  # noqa: BLE001 - the parent reports it as its own fault
                import traceback

                answer = _Fault(f"{type(error).__name__}: {error}\n{traceback.format_exc()}")
            pipe.send(answer)
    except (EOFError, OSError):
        return
