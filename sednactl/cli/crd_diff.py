"""`crd diff`: the cluster's definitions beside a release's, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sednactl.cli.crd_words import kinds_of, remark, write_names, write_report
from sednactl.errors import ExitCode
from sednactl.sedna.releases import release_named

if TYPE_CHECKING:
    from sednactl.cluster.access import ClusterAccess
    from sednactl.lifecycle.crd_survey import Definitions
    from sednactl.surroundings import Surroundings


def show_difference(
    access: ClusterAccess, surroundings: Surroundings, words: Sequence[str], sedna_version: str, output: str
) -> int:
    """Compare and show; exit code 1 where something differs."""
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.crd_survey import read_definitions
    from sednactl.render import crds
    from sednactl.render.objects import unknown_format

    formats = ("table", "wide", "name", "yaml", "json")
    if output not in formats:
        raise unknown_format(output, formats)
    release = release_named(sedna_version)
    kinds = kinds_of(words, release)
    found = read_definitions(open_cluster(access, surroundings), release, kinds)
    if output in ("table", "wide"):
        surroundings.stdout.write(crds.difference_text(found, wide=output == "wide"))
        remark(surroundings, crds.remarks_of(found))
        _next_steps(access, surroundings, found)
    elif output == "name":
        write_names(surroundings, [state for state in found.states if state.differs])
    else:
        write_report(surroundings, crds.difference_report(found), output)
    return ExitCode.FOUND if found.differs else ExitCode.DONE


def _next_steps(access: ClusterAccess, surroundings: Surroundings, found: Definitions) -> None:
    from sednactl.cli.next_command import next_command

    release = ("--sedna-version", str(found.release))
    states = {state.state for state in found.states}
    surroundings.stdout.flush()
    if "missing" in states:
        line = next_command(surroundings, access, "crd", "install", *release)
        surroundings.stderr.write(f"to create what is missing: {line}\n")
    if states & {"older", "newer", "drifted"}:
        line = next_command(surroundings, access, "crd", "upgrade", *release, "--dry-run=server")
        surroundings.stderr.write(f"to see what a change would do: {line}\n")
