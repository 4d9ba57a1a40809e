"""What the commands of `crd` read and write alike: kinds as words, names, reports, notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sednactl.errors import UsageError

if TYPE_CHECKING:
    from sednactl.sedna.releases import Release
    from sednactl.surroundings import Surroundings
    from sednactl.validation.crd_state import DefinitionState

Json = dict[str, Any]


def kinds_of(words: Sequence[str], release: Release) -> tuple[str, ...]:
    """Read the words for kinds. Raises UsageError for what is none, or is none of the release."""
    from sednactl.cli.naming_targets import kind_meant
    from sednactl.sedna.releases import SINCE
    from sednactl.validation.crd_state import has_kind

    kinds = tuple(dict.fromkeys(kind_meant(one).kind for word in words for one in word.split(",")))
    for kind in kinds:
        if not has_kind(kind, release):
            raise UsageError(f"Sedna {release} has no {kind}", hint=f"it came with {SINCE[kind]}")
    return kinds


def remark(surroundings: Surroundings, lines: Sequence[str]) -> None:
    """Write notes to standard error, after what was written to standard output."""
    from sednactl.render.columns import printable

    surroundings.stdout.flush()
    for line in lines:
        surroundings.stderr.write(f"note: {printable(line)}\n")


def write_names(surroundings: Surroundings, states: Sequence[DefinitionState]) -> None:
    """Write the names of definitions as kubectl does."""
    from sednactl.render.columns import printable

    prefix = "customresourcedefinition.apiextensions.k8s.io"
    for state in states:
        surroundings.stdout.write(printable(f"{prefix}/{state.name}") + "\n")


def write_report(surroundings: Surroundings, report: Json, output: str) -> None:
    """Write a report of ours as json or yaml."""
    if output == "yaml":
        from sednactl.manifests.writing import to_yaml

        surroundings.stdout.write(to_yaml([report]))
        return
    import json

    surroundings.stdout.write(json.dumps(report, indent=4, ensure_ascii=False) + "\n")
