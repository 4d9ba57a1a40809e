"""Looks at many files in several processes, and gives what each holds in the order of the files.

Processes and pipes of our own rather than a pool: a process that dies is noticed at once and named,
Ctrl-C ends all of them at once, and those whose parent was killed end by themselves, as nothing
comes through their pipe any more. Each is given a handful of files at a time and answers
before it is given more, so that neither side can wait for the other with a full pipe; no process runs
far ahead of the slowest, so that what waits for its turn stays small.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from sednactl.errors import InvalidInput, PartlyDone

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from sednactl.manifests.sources import Source
    from sednactl.validation.looking import Looked, Looker

FEWEST = 200
"""Files from which on more than one process pays: starting them costs as much as some 100 files do."""
MOST_PROCESSES = 8
"""Processes that are started unasked: one that puts everything in order cannot feed more."""
_FILES_AT_A_TIME = 64
_AHEAD = 4
"""Handfuls for each process that may wait for their turn."""


class OfFile(NamedTuple):
    """What a file holds, up to the error that ends it, if there is one."""

    name: str
    looked: list[Looked]
    error: InvalidInput | None = None
    found: bool = True
    """Not so for a name that no file has."""


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


def of_file(looker: Looker, source: Source) -> OfFile:
    """Look at every document of a file; what cannot be read is noted."""
    looked: list[Looked] = []
    try:
        looked.extend(looker.look(document) for document in source.documents())
    except InvalidInput as error:
        return OfFile(source.name, looked, error)
    return OfFile(source.name, looked)


def look_at(items: Iterable[Source | OfFile], looker: Looker, processes: int) -> Iterator[OfFile]:
    """Give what each file holds, in the order of the files.

    Raises PartlyDone when a process died, and RuntimeError for a fault in a rule.
    """
    crew = _Crew(looker)
    try:
        crew.start(processes)
        yield from crew.run(_handfuls(items, looker))
    finally:
        crew.end()


def _handfuls(items: Iterable[Source | OfFile], looker: Looker) -> Iterator[list[Source] | OfFile]:
    """Put files together; what is known already, and what only we can read (a pipe), stay alone."""
    handful: list[Source] = []
    for item in items:
        alone = isinstance(item, OfFile) or not item.lasts
        if handful and (alone or len(handful) >= _FILES_AT_A_TIME):
            yield handful
            handful = []
        if isinstance(item, OfFile):
            yield item
        elif alone:
            yield of_file(looker, item)
        else:
            handful.append(item)
    if handful:
        yield handful


class _Crew:
    """The processes, and what they are at."""

    def __init__(self, looker: Looker) -> None:
        self._looker = looker
        self._pipes: list[Connection] = []
        self._members: dict[Connection, Any] = {}
        self._at: dict[Connection, int] = {}

    def start(self, processes: int) -> None:
        """Start the processes; signals wait until all of them can be ended."""
        import multiprocessing
        import threading

        from sednactl.validation.rulebook import rulebook

        rulebook()
        # Forked, a process begins where we are, with every rule loaded. Elsewhere than on Linux the
        # system's libraries may not survive that, and with a second thread nothing may.
        forks = sys.platform == "linux" and threading.active_count() == 1
        context: Any = multiprocessing.get_context("fork" if forks else "spawn")
        with _interrupts_held():
            for _ in range(processes):
                ours, theirs = context.Pipe()
                not_its = [*self._pipes, ours] if forks else []
                member = context.Process(target=_work, args=(theirs, self._looker, not_its), daemon=True)
                member.start()
                theirs.close()
                self._pipes.append(ours)
                self._members[ours] = member

    def run(self, handfuls: Iterator[list[Source] | OfFile]) -> Iterator[OfFile]:
        """Give every handful to whoever is free; give the answers in order."""
        from multiprocessing.connection import wait

        answers: dict[int, list[OfFile]] = {}
        given = due = 0
        free = list(self._pipes)
        more = True
        while True:
            while more and free and given - due < _AHEAD * len(self._pipes):
                handful = next(handfuls, None)
                if handful is None:
                    more = False
                elif isinstance(handful, OfFile):
                    answers[given] = [handful]
                    given += 1
                else:
                    self._give(free.pop(), given, [source.name for source in handful])
                    given += 1
            while due in answers:
                yield from answers.pop(due)
                due += 1
            if not self._at:
                if not more and due == given:
                    return
                continue
            ready: Any
            for ready in wait(list(self._at)):
                number = self._at.pop(ready)
                answers[number] = self._answer(ready)
                free.append(ready)

    def _give(self, pipe: Connection, number: int, names: list[str]) -> None:
        try:
            pipe.send(names)
        except OSError:
            raise self._died(pipe) from None
        self._at[pipe] = number

    def _answer(self, pipe: Connection) -> list[OfFile]:
        try:
            answer = pipe.recv()
        except (EOFError, OSError):
            raise self._died(pipe) from None
        if isinstance(answer, str):
            raise RuntimeError(answer)
        found: list[OfFile] = answer
        return found

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


def _work(pipe: Connection, looker: Looker, not_ours: list[Connection]) -> None:
    """Answer with what the named files hold, until nobody asks any more; then end at once.

    What the parent has not written yet is not ours to write a second time.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all; the parent ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    code = 1
    try:
        _answer(pipe, looker, not_ours)
        code = 0
    finally:
        os._exit(code)


def _answer(pipe: Connection, looker: Looker, not_ours: list[Connection]) -> None:
    for other in not_ours:  # else none of us would notice that the parent is gone
        other.close()
    from sednactl.manifests.sources import Source
    from sednactl.surroundings import Surroundings

    surroundings = Surroundings.of_process()
    try:
        while True:
            names = pipe.recv()
            try:
                answer: Any = [of_file(looker, Source(name, surroundings)) for name in names]
            except Exception as error:  # noqa: BLE001 - the parent reports it as its own fault
                import traceback

                answer = f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
            pipe.send(answer)
    except (EOFError, OSError):
        return
