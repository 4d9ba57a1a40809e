"""`explain`: describe kinds, fields and rules, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def explain(
    ctx: typer.Context,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="KIND[.path.to.field]|RULE|CHECK",
            help="What to describe; 'rules' lists every rule of validate, 'checks' every check of doctor.",
        ),
    ],
    recursive: Annotated[
        bool, typer.Option("--recursive", help="All fields below, names and types only.")
    ] = False,
) -> int:
    """Describe a kind's fields, a rule of validate or a check of doctor, without a cluster.

    \b
    Examples:
      sednactl explain jointinference
      sednactl explain ji.spec.edgeWorker.hpa
      sednactl explain model --recursive
      sednactl explain SDN207
      sednactl explain rules
      sednactl explain DOC501
    """
    from sednactl.cli.terminal_line import room_of

    surroundings: Surroundings = ctx.obj
    room = room_of(surroundings.stdout)
    page = _page(subject, recursive, room)
    surroundings.stdout.write(_fitting(page, room) if room is not None else page)
    return ExitCode.DONE


def _fitting(page: str, room: int) -> str:
    from sednactl.render.fitting import reflowed

    return reflowed(page, room)


def _page(subject: str, recursive: bool, room: int | None) -> str:
    from sednactl.render import explained

    if subject.lower() == "rules":
        from sednactl.validation.rulebook import rulebook

        return explained.rule_list(rulebook().values(), room)
    if subject[:3].upper() == "SDN" and subject[3:].isdigit():
        from sednactl.validation.rulebook import rulebook

        rule = rulebook().get(subject.upper())
        if rule is None:
            raise UsageError(f"no rule is called {subject}", hint="'sednactl explain rules' lists them")
        return explained.rule_page(rule)
    if subject.lower() == "checks" or (subject[:3].upper() == "DOC" and subject[3:].isdigit()):
        return _check_page(subject.upper(), room)
    from sednactl.cli.naming_targets import kind_meant
    from sednactl.validation.fields import explain_field

    word, _, path = subject.partition(".")
    kind = kind_meant(word)
    steps = [step for step in path.removeprefix("sedna.io").split(".") if step]
    return explained.explained(explain_field(kind.kind, steps, recursive=recursive), recursive=recursive)


def _check_page(subject: str, room: int | None) -> str:
    from sednactl.diagnosis.book import all_checks
    from sednactl.render.diagnosis import check_list, check_page

    book = all_checks()
    if subject == "CHECKS":
        return check_list(book.values(), room)
    if subject not in book:
        raise UsageError(f"no check is called {subject}", hint="'sednactl explain checks' lists them")
    return check_page(book[subject])
