"""The door from the shell: parse, run one command, turn errors into one line and an exit code."""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys

from sednactl import __version__
from sednactl.errors import ExitCode, SednactlError

TYPE_CHECKING = False
if TYPE_CHECKING:  # spelled so because the typing module alone costs half of a bare Python's start
    from collections.abc import Sequence
    from typing import NoReturn

    from sednactl.surroundings import Surroundings

FAULT = 70
"""Exit code of a fault in this program itself (EX_SOFTWARE); no code of the contract may be taken for it."""

_OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""Importing makes tens of thousands of objects that live to the end; looking through them costs 5 ms a run."""

_OUTPUT_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def main() -> NoReturn:
    """Run the installed command."""
    program = "kubectl sedna" if os.path.basename(sys.argv[0]).startswith("kubectl-") else "sednactl"  # noqa: PTH119 - pathlib costs 4 ms here
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    _steady_streams()
    signal.signal(signal.SIGTERM, _terminated)
    code: int = ExitCode.DONE
    try:
        code = _run_process(program)
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError as error:
        code = _output_failed(error, code)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    # The interpreter would search all that was imported for garbage before it goes: 10 ms for nothing.
    gc.freeze()
    sys.exit(code)


def _run_process(program: str) -> int:
    if sys.argv[1:] in (["--version"], ["version"]):
        # Scripts ask this often; it needs no command-line parser.
        sys.stdout.write(f"sednactl {__version__}\n")
        return ExitCode.DONE
    if sys.argv[1:2] == ["__names"]:
        # Tab is pressed more often than any command is run; neither does this.
        from sednactl.cli.live_names import main as offer

        return offer(sys.argv[2:])
    from sednactl.cli.unread import going_on_unread
    from sednactl.surroundings import Surroundings

    return run(sys.argv[1:], going_on_unread(Surroundings.of_process()), program)


def run(arguments: Sequence[str], surroundings: Surroundings, program: str = "sednactl") -> int:
    """Run one command line and give its exit code. Nothing below this function exits."""
    surroundings = surroundings._replace(program=program)
    try:
        from sednactl.cli.commands import invoke

        return invoke(arguments, surroundings, program)
    except SednactlError as error:
        report(error, surroundings)
        if _verbose(arguments):
            _trace(error, surroundings)
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except OSError as error:
        if isinstance(error, BrokenPipeError) or (error.errno in _OUTPUT_FULL and not error.filename):
            raise  # the output's fault, which main() answers
        return _fault(error, arguments, surroundings)
    except Exception as error:  # noqa: BLE001 - the last door: a user must never meet a bare traceback
        return _fault(error, arguments, surroundings)


def report(error: SednactlError, surroundings: Surroundings) -> None:
    """Write an error as `error: what`, its detail, and how to mend it."""
    from sednactl.render.columns import printable

    lines = [f"error: {printable(error.message)}"]
    lines += [f"  {printable(line)}" for line in error.detail]
    if error.hint:
        lines.append(f"hint: {printable(error.hint.replace('sednactl ', f'{surroundings.program} '))}")
    surroundings.stderr.write("\n".join(lines) + "\n")


def _fault(error: Exception, arguments: Sequence[str], surroundings: Surroundings) -> int:
    """Report what nobody foresaw."""
    from sednactl.render.columns import printable

    what = printable(" ".join(f"{type(error).__name__}: {error}".split()))
    surroundings.stderr.write(f"error: unexpected {what[:500]}\n")
    if _verbose(arguments):
        _trace(error, surroundings)
    else:
        surroundings.stderr.write(
            "hint: a fault in sednactl; run it again with -v and report what it shows\n"
        )
    return FAULT


def _trace(error: Exception, surroundings: Surroundings) -> None:
    import traceback

    traceback.print_exception(type(error), error, error.__traceback__, file=surroundings.stderr)


def _verbose(arguments: Sequence[str]) -> bool:
    return any(argument in ("-v", "--verbose") for argument in arguments)


def _terminated(signal_number: int, frame: object) -> NoReturn:  # noqa: ARG001 - the signal module's signature
    # As an exception, so that screens are restored and half-written files removed on the way out.
    raise SystemExit(128 + signal_number)


def _steady_streams() -> None:
    """Write the same bytes under every locale, and live with streams that the caller closed."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - open until the end
        elif (stream.encoding or "").lower() != "utf-8" or name == "stdout":
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _output_failed(error: OSError, code: int) -> int:
    # What Python would print on exit about the same stream is noise.
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        try:
            sys.stderr.flush()
        except BrokenPipeError:
            os.dup2(devnull, sys.stderr.fileno())
        return code  # `sednactl get | head` is no error, and `sednactl diff | head` a difference
    try:
        sys.stderr.write(f"error: cannot write the output: {error.strerror}\n")
        sys.stderr.flush()
    except OSError:
        os.dup2(devnull, sys.stderr.fileno())
    return ExitCode.PARTIAL
