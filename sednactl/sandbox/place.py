"""Where a sandbox keeps its files, and whether one runs there.

A lock that the running process holds until its end says that it runs: it cannot
go stale, whatever killed the process. The kubeconfig beside it is the sandbox's
own; the user's is never touched.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from sednactl.errors import InvalidInput, Unreachable


@dataclass(frozen=True)
class Place:
    """One folder of one sandbox."""

    folder: Path

    @property
    def kubeconfig(self) -> Path:
        """Give the file that leads to the sandbox; it holds a token and is readable by its owner only."""
        return self.folder / "kubeconfig"

    @property
    def record(self) -> Path:
        """Give the file that tells what runs."""
        return self.folder / "sandbox.json"

    @property
    def lock(self) -> Path:
        """Give the file that the running process keeps locked."""
        return self.folder / "lock"

    @property
    def log(self) -> Path:
        """Give the file that the process writes its messages to."""
        return self.folder / "log"


@dataclass(frozen=True)
class Wishes:
    """How a sandbox is to be: the release of Sedna, how fast time runs, and its Global Manager's faults.

    `data` is the folder that keeps its state across restarts, None for memory
    only. `faults` are the names of those that are on. `port` 0 means a free one.
    """

    sedna: str = "0.7"
    speed: float = 1.0
    data: str | None = None
    faults: tuple[str, ...] | None = None
    port: int = 0


@dataclass(frozen=True)
class Running:
    """A sandbox that runs: its process, its address, and how it was wished for."""

    pid: int
    server: str
    kubeconfig: str
    started: str
    wishes: Wishes


def place_of(environ: Mapping[str, str]) -> Place:
    """Give the user's place: below $XDG_STATE_HOME, else ~/.local/state."""
    state = environ.get("XDG_STATE_HOME") or ""
    if not os.path.isabs(state):  # the XDG rule: relative paths are to be ignored  # noqa: PTH117
        home = environ.get("HOME") or str(Path.home())
        state = str(Path(home) / ".local" / "state")
    return Place(Path(state) / "sednactl" / "sandbox")


def running(place: Place) -> Running | None:
    """Give what runs at a place, None where nothing does."""
    if not _locked(place):
        return None
    try:
        record = json.loads(place.record.read_text("utf-8"))
        wishes = record.pop("wishes")
        faults = wishes.pop("faults")
        return Running(**record, wishes=Wishes(**wishes, faults=None if faults is None else tuple(faults)))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # it has just begun, or is about to end


def kubeconfig_of_running(environ: Mapping[str, str]) -> str:
    """Give the kubeconfig of the user's sandbox. Raises Unreachable where none is up."""
    found = running(place_of(environ))
    if found is None:
        raise Unreachable("the sandbox is not up", hint="start it with 'sednactl sandbox up'")
    return found.kubeconfig


def note(place: Place, what: Running) -> None:
    """Write down what runs, in one step."""
    _replace(place.record, json.dumps(asdict(what), indent=2) + "\n")


def write_kubeconfig(place: Place, content: str) -> None:
    """Write the kubeconfig in one step, readable by its owner only."""
    _replace(place.kubeconfig, content)


def make_folder(place: Place) -> None:
    """Make the folder, open to its owner only. Raises InvalidInput where that cannot be."""
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        place.folder.chmod(0o700)
    except OSError as error:
        raise InvalidInput(
            f"the sandbox's folder {place.folder} cannot be made: {error.strerror}",
            hint="set XDG_STATE_HOME to a folder that can be written",
        ) from None


@contextmanager
def held(place: Place) -> Iterator[bool]:
    """Hold the place's lock inside the block; gives False, and holds nothing, where another process has it."""
    import fcntl

    with place.lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _locked(place: Place) -> bool:
    import fcntl

    try:
        with place.lock.open("r") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    except OSError:
        return False
    return False


def _replace(file: Path, content: str) -> None:
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:  # noqa: PTH123 - the mode must be right from the first byte
            out.write(content)
        fresh.replace(file)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
        raise
