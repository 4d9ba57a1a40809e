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
    kubeconfig = access.kubeconfig
    if kubeconfig and _is_sandbox(kubeconfig, surroundings):
        flags.append("--sandbox")
        kubeconfig = None
    for flag, value in (
        ("--kubeconfig", kubeconfig),
        ("--context", access.context),
        ("--as", access.as_user),
        *(("--as-group", group) for group in access.as_groups),
    ):
        if value:
            flags += (flag, value)
    return f"{surroundings.program} {shlex.join((*words, *flags))}"


def _is_sandbox(kubeconfig: str, surroundings: Surroundings) -> bool:
    """Tell whether a kubeconfig is that of the user's sandbox, which --sandbox stands for."""
    if not kubeconfig.endswith("kubeconfig"):
        return False
    from sednactl.sandbox.place import place_of

    return kubeconfig == str(place_of(surroundings.environ).kubeconfig)
