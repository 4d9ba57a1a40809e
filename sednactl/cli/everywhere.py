"""What every command has, whichever module it is in.

`-v`, `--no-color`, the name it was called by, usage lines as kubectl writes them,
a guess at what was meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from typer.core import TyperOption

from sednactl.errors import UsageError
from sednactl.render.columns import printable
from sednactl.surroundings import Surroundings

PROGRAM = "sednactl"
_FEW = 5  # words that still fit on the line of a hint


def unknown_word(what: str, typed: str, known: Iterable[str], command_path: str) -> UsageError:
    """Give the error for a word that is none of the known ones, with the nearest of them, or with all if they are few."""
    from difflib import get_close_matches

    words = list(known)
    stem = typed.rstrip("s")
    meant = get_close_matches(typed, words, n=1) or [
        word for word in words if len(stem) > 2 and word.startswith(stem)
    ]
    few = f"there are {', '.join(words)}; " if len(words) <= _FEW else ""
    guess = f"did you mean '{meant[0]}'? " if meant else few
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
    for parameter in command.params:
        _plain_metavar(parameter)
    if program != PROGRAM:
        for part in (command, *command.params):
            if getattr(part, "help", None):
                part.help = part.help.replace(f"{PROGRAM} ", f"{program} ")
    if getattr(command, "commands", None):
        _guess_commands(command)
    for below in getattr(command, "commands", {}).values():
        equip(below, program)
        # else click cuts the line in a group's list of commands short
        below.short_help = " ".join((below.help or "").partition("\n\n")[0].split()).removesuffix(".")


def _plain_metavar(parameter: Any) -> None:
    """Write `NAME` where typer writes `{NAME}`, and `a|b` where it writes `<a|b>`."""
    if parameter.param_type_name == "argument":
        word = parameter.metavar or parameter.name.upper()
        optional = word if parameter.required or word.startswith("[") else f"[{word}]"
        parameter.make_metavar = lambda ctx, usage=False: optional if usage else word  # noqa: ARG005 - click's signature
    elif parameter.metavar is None and getattr(parameter.type, "choices", None):
        parameter.metavar = "|".join(
            str(getattr(choice, "value", choice)) for choice in parameter.type.choices
        )


def _guess_commands(group: Any) -> None:
    """Answer an unknown command of a group as the top level does."""
    resolve = group.resolve_command

    def resolve_command(ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in group.commands and not args[0].startswith("-"):
            raise unknown_word("command", args[0], group.commands, ctx.command_path)
        return resolve(ctx, args)

    group.resolve_command = resolve_command


def _take_wish(ctx: Any, parameter: Any, wanted: bool) -> None:
    """Carry one of those options into the surroundings that the command will see."""
    if not wanted or ctx.obj is None:
        return
    surroundings: Surroundings = ctx.obj
    if parameter.name == "no_color":
        ctx.obj = surroundings._replace(environ={**surroundings.environ, "NO_COLOR": "1"})
    else:
        ctx.obj = surroundings._replace(trace=lambda line: _write_trace(surroundings, line))


def _write_trace(surroundings: Surroundings, line: str) -> None:
    surroundings.stderr.write(f"{printable(line)}\n")
