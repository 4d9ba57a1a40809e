"""Makes `sednactl create KIND` of what differs from kind to kind: its flags and its words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from sednactl.cli.creating import create
from sednactl.cli.creating_flags import Flag, Said, flag_parameters, flags_by_path, put, read_flags
from sednactl.cli.creating_options import Request, creating_command
from sednactl.cli.sectioned_help import SectionedCommand
from sednactl.cluster.access import ClusterAccess
from sednactl.sedna.kinds import SednaKind

Finish = Callable[[Said, Mapping[str, Any], Mapping[str, Any]], Said]
"""What a kind makes of its flags in the end: of what they say, what was typed, and the values below them."""


def creating_app(
    kind: SednaKind,
    flags: Sequence[Flag],
    *,
    name: str,
    words: str,
    finish: Finish | None = None,
) -> typer.Typer:
    """Give the command of one kind. `name` explains the argument NAME, `words` is the help."""

    def command(*, request: Request, access: ClusterAccess, **given: Any) -> int:
        def said(lower: Mapping[str, Any]) -> Said:
            found = _switched_on(read_flags(flags, given))
            return finish(found, given, lower) if finish else found

        surroundings = given["ctx"].obj
        return create(
            kind, given["name"], request, access, surroundings, flags=said, required=flags_by_path(flags)
        )

    _describe(command, kind.word, words, name, flags)
    app = typer.Typer(
        rich_markup_mode=None,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.command(cls=SectionedCommand)(creating_command(command, children=kind.makes_children))
    return app


def _describe(command: Any, word: str, words: str, name: str, flags: Sequence[Flag]) -> None:
    """Give the command the name, help and parameters that typer reads off a function."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    argument = Annotated[str, typer.Argument(metavar="NAME", help=name)]
    command.__name__ = word
    command.__doc__ = inspect.cleandoc(words)
    command.__signature__ = inspect.Signature(
        [
            inspect.Parameter("ctx", keyword, annotation=typer.Context),
            inspect.Parameter("name", keyword, annotation=argument),
            *flag_parameters(flags),
            inspect.Parameter("request", keyword, annotation=Request),
            inspect.Parameter("access", keyword, annotation=ClusterAccess),
        ]
    )


def _switched_on(said: Said) -> Said:
    """Make what a flag describes, unless another flag says not to."""
    for described, switch in (("models", "withModels"), ("datasets", "withDatasets")):
        if described in said.values and switch not in said.values:
            put(said.values, (switch,), True)
    return said
