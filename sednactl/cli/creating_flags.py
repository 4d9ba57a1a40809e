"""A kind's own flags as data: how each is typed, and where in the values what it says belongs.

So one vocabulary serves flags, `--set` and values files, and a kind is a table of
flags instead of a function of forty parameters.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from sednactl.cli.creating_options import option
from sednactl.records import Record

Json = dict[str, Any]
Path = tuple[str | int, ...]


class Said(Record):
    """What a kind's flags say, as values, and which flag said what (for messages)."""

    values: Json
    names: Mapping[Path, str]


class Flag(Record):
    """One flag of a kind.

    `form` says how its text is read (one of FORMS), `paths` where the value goes,
    `type` what the parser takes where that is not plain text.
    """

    name: str
    form: str
    metavar: str
    paths: tuple[Path, ...]
    help: str
    panel: str
    type: Any = None

    @property
    def parameter(self) -> str:
        """Give the name of the command's parameter, apart from those that every create has."""
        return "flag_" + self.name.removeprefix("--").replace("-", "_")


FORMS: dict[str, Any] = {
    "text": str | None,
    "switch": bool | None,
    "whole": int | None,
    "number": float | None,
    "hpa": str | None,
    "words": str | None,
    "described": list[str] | None,
    "list": list[str] | None,
    "pairs": list[str] | None,
    "texts": list[str] | None,
    "trainers": list[str] | None,
    "nodes": list[str] | None,
    "volumes": list[str] | None,
}
"""What the parser takes for each form; forms that take a list repeat."""


def flag_parameters(flags: Sequence[Flag]) -> list[inspect.Parameter]:
    """Give the parameters of a command that has these flags."""
    return [_parameter(flag) for flag in flags]


def _parameter(flag: Flag) -> inspect.Parameter:
    declared = flag.name
    if flag.form == "switch":
        declared = f"{flag.name}/{_opposite(flag.name)}"
    metavar = {"metavar": flag.metavar} if flag.metavar else {}
    given = option(declared, panel=flag.panel, help=flag.help, **metavar)
    return inspect.Parameter(
        flag.parameter,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[flag.type or FORMS[flag.form], given],
    )


def _opposite(name: str) -> str:
    word = name.removeprefix("--")
    return f"--without-{word.removeprefix('with-')}" if word.startswith("with-") else f"--no-{word}"


def flags_by_path(flags: Sequence[Flag]) -> dict[Path, str]:
    """Tell which flag gives the value at a path, to name what is missing."""
    return {path: flag.name for flag in reversed(flags) for path in flag.paths}


def read_flags(flags: Sequence[Flag], given: Mapping[str, Any]) -> Said:
    """Read what was typed. Raises InvalidInput for a text that is not of its flag's form."""
    values: Json = {}
    names: dict[Path, str] = {}
    for flag in flags:
        raw = given[flag.parameter]
        if raw is None or raw == []:
            continue
        value = _read(flag.form, raw, flag.name)
        for path in flag.paths:
            put(values, path, value)
            names[path] = flag.name
    return Said(values, names)


def put(values: Json, path: Path, value: Any) -> None:
    """Set the value at a path of maps, making what is missing on the way."""
    here: Any = values
    for step in path[:-1]:
        here = here.setdefault(step, {})
    here[path[-1]] = value


def _read(form: str, raw: Any, flag: str) -> Any:
    from sednactl.manifests import shorthand

    if form == "pairs":
        return shorthand.pairs(raw, flag)
    if form == "list":
        return shorthand.listed_pairs(raw, flag)
    if form == "volumes":
        return [shorthand.volume(text, flag) for text in raw]
    if form == "hpa":
        return shorthand.autoscaler_shorthand(raw, flag)
    if form == "described":
        return shorthand.described(raw, flag)
    if form == "trainers":
        return [shorthand.training_worker(text, flag) for text in raw]
    if form == "nodes":
        return [{"node": text} for text in raw]
    if form == "words":
        return shorthand.words(raw, flag)
    return raw.value if hasattr(raw, "value") else raw
