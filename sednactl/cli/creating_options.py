"""The options that every `create` has, written once.

`@creating_command` gives them to a command as one `Request`, and the cluster's
as one `ClusterAccess`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Annotated, Any

import typer

from sednactl.cli.options import cluster_command, duration
from sednactl.records import Record

VALUES, SENDING = "Values", "Output and sending"


class DryRun(str, Enum):
    """How far a create goes."""

    NONE = "none"
    CLIENT = "client"
    SERVER = "server"


class Output(str, Enum):
    """How the object is printed."""

    YAML = "yaml"
    JSON = "json"
    NAME = "name"


def option(*names: str, panel: str, **more: Any) -> Any:
    """Give an option that the help shows under `panel`."""
    return typer.Option(*names, rich_help_panel=panel, **more)


_PARAMETERS: dict[str, tuple[Any, Any]] = {
    "files": (
        Annotated[
            list[str] | None,
            option(
                "--filename",
                "-f",
                panel=VALUES,
                metavar="FILE",
                help="Values file; - is standard input. Repeats: later files win.",
            ),
        ],
        None,
    ),
    "settings": (
        Annotated[
            list[str] | None,
            option(
                "--set",
                panel=VALUES,
                metavar="PATH=VALUE",
                help="One value by its path in a values file, e.g. labels.team=vision; wins over files. Repeats.",
            ),
        ],
        None,
    ),
    "text_settings": (
        Annotated[
            list[str] | None,
            option(
                "--set-string",
                panel=VALUES,
                metavar="PATH=TEXT",
                help="Like --set, but always text (5, true).",
            ),
        ],
        None,
    ),
    "labels": (
        Annotated[
            list[str] | None,
            option("--label", panel=VALUES, metavar="KEY=VALUE", help="Label of the object. Repeats."),
        ],
        None,
    ),
    "annotations": (
        Annotated[
            list[str] | None,
            option(
                "--annotation", panel=VALUES, metavar="KEY=VALUE", help="Annotation of the object. Repeats."
            ),
        ],
        None,
    ),
    "template": (
        Annotated[
            str | None,
            option(
                "--template",
                panel=VALUES,
                metavar="FILE.j2",
                help="Your own template ('sednactl templates eject' gives one to start from).",
            ),
        ],
        None,
    ),
    "dry_run": (
        Annotated[
            DryRun,
            option(
                "--dry-run",
                panel=SENDING,
                metavar="none|client|server",
                help="client touches no cluster; server asks the cluster but stores nothing.",
            ),
        ],
        DryRun.NONE,
    ),
    "output": (
        Annotated[
            Output | None,
            option("--output", "-o", panel=SENDING, metavar="yaml|json|name", help="Print the object."),
        ],
        None,
    ),
    "allow_taken_names": (
        Annotated[
            bool,
            option(
                "--allow-taken-names",
                panel=SENDING,
                help="Create it even where objects with its children's names are left over.",
            ),
        ],
        False,
    ),
    "wait": (
        Annotated[bool, option("--wait", panel=SENDING, help="Wait until it really runs.")],
        False,
    ),
    "timeout": (
        Annotated[
            float,
            option(
                "--timeout",
                panel=SENDING,
                metavar="DURATION",
                parser=duration,
                show_default=False,
                help="Longest wait (default: 5m).",
            ),
        ],
        300.0,
    ),
}


class Request(Record):
    """The options that every `create` has. `timeout` is in seconds."""

    files: Sequence[str]
    settings: Sequence[str]
    text_settings: Sequence[str]
    labels: Sequence[str]
    annotations: Sequence[str]
    template: str | None
    dry_run: DryRun
    output: Output | None
    allow_taken_names: bool
    wait: bool
    timeout: float


_FOR_CHILDREN = frozenset(("allow_taken_names", "wait", "timeout"))
"""Options that mean nothing for a kind that the Global Manager makes nothing for."""


def creating_command(function: Callable[..., Any], *, children: bool = True) -> Callable[..., Any]:
    """Add the shared options to a command whose parameters `request` and `access` take them.

    `children` tells whether anything is made for the kind, which can be waited for.
    """
    offered = {
        name: parameter for name, parameter in _PARAMETERS.items() if children or name not in _FOR_CHILDREN
    }
    signature = inspect.signature(function, eval_str=True)

    @functools.wraps(function)
    def command(**arguments: Any) -> Any:
        given = {name: arguments.pop(name, default) for name, (_, default) in _PARAMETERS.items()}
        lists: Any = {name: given[name] or () for name in _LISTS}
        request = Request(**{**given, **lists})
        return function(**arguments, request=request)

    own = [parameter for name, parameter in signature.parameters.items() if name != "request"]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in offered.items()
    ]
    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own] + shared
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    del command.__wrapped__  # else typer reads the original's annotations
    return cluster_command(command)


_LISTS = frozenset(("files", "settings", "text_settings", "labels", "annotations"))
