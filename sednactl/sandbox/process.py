"""The sandbox's own process: `python -m sednactl.sandbox.process FOLDER FD WISHES`, started by `starting.start`.

It holds the place's lock for as long as it lives, writes down where it is, says
`ready` to the file descriptor that its starter reads, and runs until SIGTERM.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

from sednactl.sandbox.place import Place, Running, Wishes, held, note, write_kubeconfig
from sednactl.sandbox.starting import READY, UNUSABLE

_OBJECTS_BETWEEN_COLLECTIONS = 50_000
_LONGEST_WORD = 1000


def main(arguments: Sequence[str]) -> int:
    """Run one sandbox until it is told to end."""
    folder, told, written = arguments
    place, wishes = Place(Path(folder)), _read(written)
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the terminal it was started from may close
    with held(place) as mine:
        if not mine:
            sys.stderr.write("another sandbox runs here\n")
            return 1
        return _serve(place, wishes, int(told), stop)


def _serve(place: Place, wishes: Wishes, told: int, stop: threading.Event) -> int:
    from sednactl.sandbox.assembled import Sandbox
    from sednactl.sandbox.faults import chosen_faults
    from sednactl.sandbox.keeping import DataUnusable, Keeper, clock_after, read_kept

    # What was imported stays to the end; looking through it for garbage would cost half of the start.
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
    data = Path(wishes.data) if wishes.data else None
    try:
        kept = read_kept(data, _tell) if data else None
    except DataUnusable as error:
        _say(told, UNUSABLE + str(error).encode()[:_LONGEST_WORD])
        return 1
    clock = clock_after(kept, wishes.speed)
    broken = threading.Event()

    def ended() -> None:
        broken.set()
        stop.set()

    sandbox = Sandbox(
        clock,
        _tell,
        release="0.6" if wishes.sedna == "0.6" else "0.7",
        faults=chosen_faults(wishes.faults),
        port=wishes.port,
        kept=kept,
        ended=ended,
    )
    sandbox.start()
    keeper = Keeper(sandbox.server.state, data, _tell) if data else None
    if keeper is not None:
        keeper.start()
    try:
        write_kubeconfig(place, sandbox.kubeconfigs["admin"])
        started = datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
        note(place, Running(os.getpid(), sandbox.url, str(place.kubeconfig), started, wishes))
        _say(told, READY)
        stop.wait()
    finally:
        sandbox.stop()
        if keeper is not None:
            keeper.stop()
    return 1 if broken.is_set() else 0


def _say(told: int, word: bytes) -> None:
    with suppress(OSError):  # its starter may be gone; that is no reason to end
        os.write(told, word)
        os.close(told)


def _read(written: str) -> Wishes:
    content = json.loads(written)
    faults = content.pop("faults")
    return Wishes(**content, faults=None if faults is None else tuple(faults))


def _tell(line: str) -> None:
    time = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    sys.stderr.write(f"{time} {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
