"""`sednactl describe`: everything about one workload, and what to make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.cli.naming_targets import one_target
from sednactl.cli.options import cluster_command
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, SednactlError

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
@cluster_command
def describe(
    ctx: typer.Context,
    access: ClusterAccess,
    words: Annotated[list[str], typer.Argument(metavar="KIND NAME", help="One workload.")],
) -> int:
    """Show one workload, its children, references and events.

    \b
    Examples:
      sednactl describe ji helmet
      sednactl describe fl/surface-defects -n factory
    """
    from sednactl.cli.terminal_line import room_of
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.description import read_description
    from sednactl.render.columns import printable
    from sednactl.render.description import description_text
    from sednactl.render.drawing import draws_unicode

    surroundings: Surroundings = ctx.obj
    kind, name = one_target(words, "describe")
    cluster = open_cluster(access, surroundings)
    faults: list[SednactlError] = []
    description = read_description(cluster, kind, name, cluster.namespace, faults.append)
    surroundings.stdout.write(
        description_text(
            description,
            cluster.now(),
            unicode=draws_unicode(surroundings.stdout),
            room=room_of(surroundings.stdout),
        )
    )
    for note in description.notes:
        surroundings.stderr.write(f"note: {printable(note)}\n")
    if faults:
        from sednactl.cli.main import report

        for error in faults:
            report(error, surroundings)
    return ExitCode.PARTIAL if faults else ExitCode.DONE
