"""What every command has, whichever module it is in: `-v`, `--no-color`, the name it was called by, a guess at what was meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from typer.core import TyperOption

from sednactl.errors import UsageError
from sednactl.render.columns import printable
from sednactl.surroundings import Surroundings

PROGRAM = "sednactl"


def unknown_word(what: str, typed: str, known: Iterable[str], command_path: str) -> UsageError:
    """Give the error for a word that is none of the known ones, with the nearest of them."""
    from difflib import get_close_matches

    meant = get_close_matches(typed, list(known), n=1)
    guess = f"did you mean '{meant[0]}'? " if meant else ""
    return UsageError(f"there is no {what} '{typed}'", hint=f"{guess}try '{command_path} --help'")


def equip(command: Any, program: str) -> None:
    """Give a command and those below it the options that stand everywhere, and its help the program's name."""
    taken = {spelling for parameter in command.params for spelling in parameter.opts}
    for spellings, what in (
        (["--verbose", "-v"], "Show on stderr what is asked of the cluster, and tracebacks."),
        (["--no-color"], "No colour, as with NO_COLOR."),
    ):
        if spellings[0] in taken:
            continue
        command.params.append(
            TyperOption(
                param_decls=[spelling for spelling in spellings if spelling not in taken],
                is_flag=True,
                expose_value=False,
                callback=_take_wish,
                help=what,
            )
        )
    if program != PROGRAM:
        for part in (command, *command.params):
            if getattr(part, "help", None):
                part.help = part.help.replace(f"{PROGRAM} ", f"{program} ")
    for below in getattr(command, "commands", {}).values():
        equip(below, program)
        # else click cuts the line in a group's list of commands short
        below.short_help = " ".join((below.help or "").partition("\n\n")[0].split()).removesuffix(".")


def _take_wish(ctx: Any, parameter: Any, wanted: bool) -> None:
    """Carry one of those options into the surroundings that the command will see."""
    if not wanted or ctx.obj is None:
        return
    surroundings: Surroundings = ctx.obj
    if parameter.name == "no_color":
        ctx.obj = replace(surroundings, environ={**surroundings.environ, "NO_COLOR": "1"})
    else:
        ctx.obj = replace(surroundings, trace=lambda line: _write_trace(surroundings, line))


def _write_trace(surroundings: Surroundings, line: str) -> None:
    surroundings.stderr.write(f"{printable(line)}\n")
