"""Which services `scale status` and `scale watch` are about: their argument, their options, and what these mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.errors import UsageError

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.scaling.watching import Scope

NAME = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="One JointInferenceService (default: all of the namespace)."),
]
ALL = Annotated[bool, typer.Option("--all-namespaces", "-A", help="Services of all namespaces.")]
SELECTOR = Annotated[
    str | None,
    typer.Option(
        "--selector", "-l", metavar="LABELS", help="Only services with these labels, e.g. site=north."
    ),
]


def scope_of(cluster: Cluster, name: str | None, all_namespaces: bool, selector: str | None) -> Scope:
    """Give what the options ask for. Raises UsageError where they exclude each other."""
    from sednactl.scaling.watching import Scope

    if name is not None and all_namespaces:
        raise UsageError("a service's name and -A exclude each other", hint="name its namespace with -n")
    if name is not None and selector is not None:
        raise UsageError("a service's name and -l exclude each other", hint="leave one of them out")
    return Scope(None if all_namespaces else cluster.namespace, name, selector)
