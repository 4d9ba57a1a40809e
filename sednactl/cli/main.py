"""The door from the shell: parse, run one command, turn errors into one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import PurePath
from typing import NoReturn

from sednactl import __version__
from sednactl.errors import ExitCode, SednactlError
from sednactl.surroundings import Surroundings


def main() -> NoReturn:
    """Run the installed command."""
    called = PurePath(sys.argv[0]).stem
    program = "kubectl sedna" if called.startswith("kubectl-") else "sednactl"
    surroundings = Surroundings.of_process()
    code = run(sys.argv[1:], surroundings, program)
    try:
        surroundings.stdout.flush()
        surroundings.stderr.flush()
    except BrokenPipeError:
        code = _reader_gone()
    sys.exit(code)


def run(arguments: Sequence[str], surroundings: Surroundings, program: str = "sednactl") -> int:
    """Run one command line and give its exit code. Nothing below this function exits."""
    if list(arguments) in (["--version"], ["version"]):
        # Scripts ask this often; it needs no command-line parser.
        surroundings.stdout.write(f"sednactl {__version__}\n")
        return ExitCode.DONE
    try:
        from sednactl.cli.commands import invoke

        return invoke(arguments, surroundings, program)
    except SednactlError as error:
        report(error, surroundings)
        if _wants_traceback(arguments):
            import traceback

            traceback.print_exception(error, file=surroundings.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()


def report(error: SednactlError, surroundings: Surroundings) -> None:
    """Write an error as `error: what`, its detail, and how to mend it."""
    from sednactl.render.columns import printable

    lines = [f"error: {printable(error.message)}"]
    lines += [f"  {printable(line)}" for line in error.detail]
    if error.hint:
        lines.append(f"hint: {printable(error.hint)}")
    surroundings.stderr.write("\n".join(lines) + "\n")


def _wants_traceback(arguments: Sequence[str]) -> bool:
    return any(argument in ("-v", "--verbose") for argument in arguments)


def _reader_gone() -> int:
    # `sednactl get | head` is no error; what Python would print on exit is noise.
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    return ExitCode.DONE
