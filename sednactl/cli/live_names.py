"""What the completion scripts ask at Tab: names of workloads, namespaces and contexts, within a second or not at all.

No part of the command line that users see: `sednactl __names WHAT WORDS…`, where the words are those typed so far.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sednactl.cluster.access import ClusterAccess
    from sednactl.sedna.kinds import SednaKind
    from sednactl.surroundings import Surroundings

COMMAND = "__names"
_LONGEST = 0.9
"""Seconds after which nothing is offered: a shell that hangs at Tab is worse than one that offers nothing."""
_MOST = 500
_VALUED = ("--kubeconfig", "--context", "--namespace", "-n", "--as", "--as-group")


def main(arguments: Sequence[str]) -> int:
    """Print one name a line; nothing where there is none or none can be had in time. Always gives 0."""
    from sednactl.errors import SednactlError
    from sednactl.surroundings import Surroundings

    signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, _LONGEST)
    surroundings = Surroundings.of_process()
    what, *words = arguments or ("",)
    try:
        for name in names(what, words, surroundings):
            surroundings.stdout.write(f"{name}\n")
    except (SednactlError, OSError):
        return 0  # at Tab nobody wants to read why
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return 0


def names(what: str, words: Sequence[str], surroundings: Surroundings) -> list[str]:
    """Give the names to offer for `names` (of the kind among the words), `services`, `namespaces` or `contexts`."""
    from sednactl.sedna.kinds import JOINT_INFERENCE

    access = _access(words, surroundings)
    if what == "contexts":
        return _contexts(access, surroundings)
    if what == "namespaces":
        return _listed(access, surroundings, None)
    kind = JOINT_INFERENCE if what == "services" else _kind_among(words)
    return [] if kind is None else _listed(access, surroundings, kind)


def _contexts(access: ClusterAccess, surroundings: Surroundings) -> list[str]:
    from sednactl.cluster.kubeconfig import kubeconfig_files, read_kubeconfig

    config = read_kubeconfig(*kubeconfig_files(access, surroundings))
    return _offered(config["contexts"] if config else ())


def _listed(access: ClusterAccess, surroundings: Surroundings, kind: SednaKind | None) -> list[str]:
    from itertools import islice

    from sednactl.cluster.door import Selection, open_cluster
    from sednactl.sedna.resources import NAMESPACE

    cluster = open_cluster(access, surroundings)
    selection = Selection(NAMESPACE) if kind is None else Selection(kind.resource, cluster.namespace)
    items = cluster.list(selection, metadata_only=True, page_size=_MOST)
    return _offered(item["metadata"]["name"] for item in islice(items, _MOST))


def _offered(found: object) -> list[str]:
    """Leave out what a shell would read as more than one word."""
    return sorted(name for name in map(str, found) if name.isprintable() and not set(name) & set(" '\"`$\\"))  # type: ignore[call-overload]


def _kind_among(words: Sequence[str]) -> SednaKind | None:
    from sednactl.sedna.kinds import kind_named

    valued = False
    for word in words:
        if not valued and not word.startswith("-") and (kind := kind_named(word)) is not None:
            return kind
        valued = word in _VALUED
    return None


def _access(words: Sequence[str], surroundings: Surroundings) -> ClusterAccess:
    from sednactl.cluster.access import ClusterAccess

    given: dict[str, str] = {}
    for position, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in _VALUED:
            given[name] = value if equals else next(iter(words[position + 1 : position + 2]), "")
    if "--sandbox" in words:
        from sednactl.sandbox.place import kubeconfig_of_running

        given["--kubeconfig"] = kubeconfig_of_running(surroundings.environ)
    return ClusterAccess(
        given.get("--kubeconfig") or None,
        given.get("--context") or None,
        given.get("-n") or given.get("--namespace") or None,
        _LONGEST,
        given.get("--as") or None,
        (given["--as-group"],) if given.get("--as-group") else (),
    )


def _give_up(number: int, frame: object) -> None:  # noqa: ARG001 - the signal module's signature
    os._exit(0)
