"""Starts and stops a sandbox as a process of its own, which outlives the command."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from sednactl.errors import ConditionUnmet, ExitCode, InvalidInput, SednactlError
from sednactl.sandbox.place import Place, Running, Wishes, make_folder, running

READY_WITHIN = 30.0
"""Seconds that a new sandbox has until it answers."""

_GONE_WITHIN = 10.0
"""Seconds that a sandbox has to write its state and end, before it is killed."""

_LAST_LINES = 5

READY, UNUSABLE = b"ready", b"unusable: "
"""What the process says to its starter: that it answers, or why its data folder cannot be used."""


class SandboxFailed(SednactlError):
    """The sandbox's process ended, or did not become ready."""

    exit_code = ExitCode.UNREACHABLE


def start(place: Place, wishes: Wishes) -> Running:
    """Start a sandbox at a place where none runs, and wait until it answers.

    Raises SandboxFailed with the last lines of its log where it does not, and
    InvalidInput for a data folder that cannot be used.
    """
    make_folder(place)
    told, tells = os.pipe()
    try:
        with place.log.open("wb") as log:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "sednactl.sandbox.process",
                    str(place.folder),
                    str(tells),
                    _written(wishes),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(tells,),
                start_new_session=True,
                cwd="/",
            )
    except OSError as error:
        os.close(told)
        raise SandboxFailed(f"the sandbox's process cannot be started: {error.strerror}") from None
    finally:
        os.close(tells)
    try:
        ready, _, _ = select.select([told], [], [], READY_WITHIN)
        word = os.read(told, 4096) if ready else b""
    except BaseException:
        process.kill()  # Ctrl-C while it starts: leave nothing half begun
        raise
    finally:
        os.close(told)
    found = running(place) if word == READY else None
    if found is None:
        process.kill()
        process.wait()
        if word.startswith(UNUSABLE):
            raise InvalidInput(word[len(UNUSABLE) :].decode(), hint="name another folder with --data")
        raise SandboxFailed(
            "the sandbox did not start", hint=f"its log is {place.log}", detail=_end_of_log(place)
        )
    return found


def stop(place: Place) -> Running | None:
    """Stop what runs at a place and wait until it is gone; gives what ran, None where nothing did.

    Raises ConditionUnmet where it does not go, even when killed.
    """
    found = running(place)
    if found is None:
        return None
    for sign, seconds in ((signal.SIGTERM, _GONE_WITHIN), (signal.SIGKILL, 2.0)):
        with suppress(ProcessLookupError):
            os.kill(found.pid, sign)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if running(place) is None:
                _forget(place)
                return found
            time.sleep(0.02)
    raise ConditionUnmet(f"the sandbox's process {found.pid} does not end")


def forget_state(found: Running) -> None:
    """Throw away what a stopped sandbox kept in its folder."""
    if found.wishes.data is not None:
        from sednactl.sandbox.keeping import forget

        forget(Path(found.wishes.data))


def _forget(place: Place) -> None:
    for file in (place.record, place.kubeconfig):
        file.unlink(missing_ok=True)


def _written(wishes: Wishes) -> str:
    return json.dumps(asdict(wishes))


def _end_of_log(place: Place) -> list[str]:
    try:
        return place.log.read_text("utf-8", "replace").splitlines()[-_LAST_LINES:]
    except OSError:
        return []
