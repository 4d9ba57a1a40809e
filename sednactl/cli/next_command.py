"""Commands that a user may copy from the screen: called as this one was, for the same cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sednactl.cluster.access import ClusterAccess
    from sednactl.surroundings import Surroundings


def next_command(surroundings: Surroundings, access: ClusterAccess, *words: str) -> str:
    """Write a command line that a shell takes as it stands: program, words, and the flags that choose the cluster.

    The namespace is not among them.
    """
    import shlex

    flags: list[str] = []
    for flag, value in (
        ("--kubeconfig", access.kubeconfig),
        ("--context", access.context),
        ("--as", access.as_user),
        *(("--as-group", group) for group in access.as_groups),
    ):
        if value:
            flags += (flag, value)
    return f"{surroundings.program} {shlex.join((*words, *flags))}"
