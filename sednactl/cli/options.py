"""Options that many commands share, written once.

`@cluster_command` gives a command every flag of the cluster contract and hands
them over as one `ClusterAccess`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from sednactl.cluster.access import ClusterAccess
from sednactl.errors import UsageError

_DURATION_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(text: str) -> float:
    """Read a duration as Go writes it (`90s`, `1h30m`, `1.5h`) or a bare number of seconds."""
    import re

    try:
        bare = float(text)
    except ValueError:
        pass
    else:
        if 0 <= bare < float("inf"):  # also refuses nan, which every comparison lets pass
            return bare
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise UsageError(f"'{text}' is no duration", hint="write 30s, 5m, 1h30m or a number of seconds")
    return sum(float(number) * _DURATION_UNITS[unit] for number, unit in parts)


def duration(text: str | float) -> float:
    """Parse a duration option; for `typer.Option(parser=duration)`."""
    if isinstance(text, float):
        return text
    try:
        return seconds(text)
    except UsageError as error:
        raise typer.BadParameter(f"{error.message}; {error.hint}") from None


_CLUSTER_PARAMETERS: dict[str, Any] = {
    "kubeconfig": Annotated[
        str | None,
        typer.Option(
            "--kubeconfig",
            metavar="FILE",
            help="Kubeconfig file (default: $KUBECONFIG, else ~/.kube/config).",
        ),
    ],
    "context": Annotated[
        str | None, typer.Option("--context", metavar="NAME", help="Context of the kubeconfig to use.")
    ],
    "namespace": Annotated[
        str | None,
        typer.Option("--namespace", "-n", metavar="NAME", help="Namespace (default: the context's)."),
    ],
    "request_timeout": Annotated[
        float | None,
        typer.Option(
            "--request-timeout",
            metavar="DURATION",
            parser=duration,
            help="Longest wait for one answer of the API server.",
        ),
    ],
    "as_user": Annotated[str | None, typer.Option("--as", metavar="USER", help="User to impersonate.")],
    "as_group": Annotated[
        list[str] | None, typer.Option("--as-group", metavar="GROUP", help="Group to impersonate; repeats.")
    ],
    "sandbox": Annotated[
        bool,
        typer.Option("--sandbox", help="Use the local sandbox (see 'sednactl sandbox') and no kubeconfig."),
    ],
}
_DEFAULTS: dict[str, Any] = {"sandbox": False, "all_contexts": False}


_FLEET_PARAMETERS: dict[str, Any] = {
    "contexts": Annotated[
        str | None,
        typer.Option(
            "--contexts",
            metavar="A,B,…",
            help="Do it in each of these contexts of the kubeconfig, side by side.",
        ),
    ],
    "all_contexts": Annotated[
        bool, typer.Option("--all-contexts", help="The same in every context of the kubeconfig.")
    ],
}


def fleet_command(*alone: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the cluster flags and `--contexts`: several clusters at once, each as if it were asked alone.

    `alone` are parameters that make sense with one cluster only.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        return _with_flags(function, _CLUSTER_PARAMETERS | _FLEET_PARAMETERS, alone)

    return decorate


def cluster_command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the cluster flags to a command whose parameter `access` takes them as a `ClusterAccess`."""
    return _with_flags(function, _CLUSTER_PARAMETERS)


def _with_flags(
    function: Callable[..., Any], flags: dict[str, Any], alone: tuple[str, ...] = ()
) -> Callable[..., Any]:
    # Not typing.get_type_hints: on Python 3.10 it hides an Annotated whose default is None in an Optional.
    hints = inspect.get_annotations(function, eval_str=True)
    signature = inspect.signature(function)

    @functools.wraps(function)
    def command(**arguments: Any) -> Any:
        given = {name: arguments.pop(name) for name in flags}
        kubeconfig, context = given["kubeconfig"], given["context"]
        several = given.get("contexts") is not None or given.get("all_contexts", False)
        if several and (context or given["sandbox"]):
            raise UsageError(
                "--contexts goes neither with --context nor with --sandbox", hint="leave one of them out"
            )
        if given["sandbox"]:
            if kubeconfig or context:
                raise UsageError(
                    "--sandbox excludes --kubeconfig and --context", hint="leave one of them out"
                )
            from sednactl.sandbox.place import kubeconfig_of_running

            kubeconfig = kubeconfig_of_running(arguments["ctx"].obj.environ)
        access = ClusterAccess(
            kubeconfig,
            context,
            given["namespace"],
            given["request_timeout"],
            given["as_user"],
            tuple(given["as_group"] or ()),
        )
        if several:
            from sednactl.cli.contexts import in_contexts

            wanted = None if given["all_contexts"] else given["contexts"]
            return in_contexts(function, arguments, access, wanted, alone)
        return function(**arguments, access=access)

    own = [
        parameter.replace(annotation=hints.get(name, parameter.annotation))
        for name, parameter in signature.parameters.items()
        if name != "access"
    ]
    shared = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=_DEFAULTS.get(name), annotation=annotation
        )
        for name, annotation in flags.items()
    ]
    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own] + shared
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    del command.__wrapped__  # else typer reads the original's annotations
    return command
