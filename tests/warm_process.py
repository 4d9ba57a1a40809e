"""The process behind `tests/warm.py`: it imports the installed command once and forks for every run of it.

A program, not a module: started by its path, so that `sednactl` is the installed one and not the checkout's.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import tempfile
import threading
import time
from typing import Any, NoReturn

_NEEDED_LATER = (
    "asyncio",
    "base64",
    "concurrent.futures.thread",
    "difflib",
    "getpass",
    "hashlib",
    "http.client",
    "jinja2",
    "rich.console",
    "rich.live",
    "rich.table",
    "rich.text",
    "rich.tree",
    "ssl",
    "subprocess",
    "traceback",
    "typer",
    "urllib.parse",
    "uuid",
    "yaml",
    "yaml.cyaml",
    "zoneinfo",
)
"""What commands import inside functions; whatever is missing here or there, a run imports for itself."""


def _import_command() -> None:
    """Import whatever any command may need."""
    import sednactl

    for found in pkgutil.walk_packages(sednactl.__path__, "sednactl."):
        if not found.name.endswith("__main__"):
            with contextlib.suppress(ImportError):
                importlib.import_module(found.name)
    for name in _NEEDED_LATER:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


class _Runs:
    """The forks that have not ended, each with the pipe by which its end is told."""

    def __init__(self) -> None:
        self._reports: dict[int, int] = {}

    def begin(self, pid: int, report: int) -> None:
        self._reports[pid] = report
        os.write(report, f"{pid}\n".encode())

    def reap(self) -> None:
        """Tell of every fork that has ended, as `subprocess` counts: negative for a signal."""
        while self._reports:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            report = self._reports.pop(pid)
            with contextlib.suppress(BrokenPipeError):
                os.write(report, f"{os.waitstatus_to_exitcode(status)}\n".encode())
            os.close(report)

    def forget(self) -> None:
        """Close what only the parent needs."""
        for report in self._reports.values():
            os.close(report)


def _become(asked: dict[str, Any], streams: tuple[int, int, int]) -> None:
    """Turn this fork into what a fresh process of that command would be."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    tempfile.tempdir = None  # else of the environment before
    for wanted, given in enumerate(streams):
        os.dup2(given, wanted)
        os.close(given)
    sys.argv = asked["command"]
    # As the interpreter opens them in the locale C.UTF-8, which the tests run in.
    lenient = "surrogateescape"
    sys.stdin = open(0, encoding="utf-8", errors=lenient)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors=lenient)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)  # noqa: SIM115
    for name in ("stdin", "stdout", "stderr"):
        setattr(sys, f"__{name}__", getattr(sys, name))


def _serve(requests: socket.socket) -> dict[str, Any] | None:
    """Fork for each request until the other side goes; gives the command in a fork, None at the end."""
    woken, wake = socket.socketpair()
    for one in (woken, wake):
        one.setblocking(False)
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    runs = _Runs()
    import select

    while True:
        readable, _, _ = select.select([requests, woken], [], [])
        if woken in readable:
            with contextlib.suppress(BlockingIOError):
                woken.recv(4096)
            runs.reap()
        if requests not in readable:
            continue
        _, fds, _, _ = socket.recv_fds(requests, 1, 5)
        if not fds:
            return None
        stdin, stdout, stderr, report, letter = fds
        streams = stdin, stdout, stderr
        with open(letter, encoding="utf-8") as text:  # noqa: PTH123
            text.seek(0)
            asked = json.load(text)
        pid = os.fork()
        if pid:
            runs.begin(pid, report)
            for fd in streams:
                os.close(fd)
            continue
        runs.forget()
        os.close(report)
        for one in (requests, woken, wake):
            one.close()
        _become(asked, streams)
        return asked  # type: ignore[no-any-return]


def _main() -> None:
    del sys.path[0]  # the tests' own folder
    _import_command()
    requests = socket.socket(fileno=int(sys.argv[1]))
    requests.sendall(b".")
    asked = _serve(requests)
    if asked is None:
        return
    _run_to_the_end()


def _run_to_the_end() -> NoReturn:
    """Run the command and end as the interpreter does, but leave out tearing down hundreds of modules."""
    from sednactl.cli.main import main

    try:
        main()
    except SystemExit as ended:
        code = ended.code
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    _main()
