"""`sednactl tree`: what a workload owns, by UID."""

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
def tree(
    ctx: typer.Context,
    access: ClusterAccess,
    words: Annotated[list[str], typer.Argument(metavar="KIND NAME", help="One workload.")],
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="table|json", help="Output format.")
    ] = "table",
) -> int:
    """Show what a workload owns, by owner reference and UID, with broken links and ghosts marked.

    \b
    Examples:
      sednactl tree ji helmet
      sednactl tree ji helmet -o json
    """
    from sednactl.cli.terminal_line import room_of
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.ownership import ownership_tree
    from sednactl.lifecycle.reading import ALL_CHILDREN, nodes_of, read_family, read_nodes
    from sednactl.lifecycle.state import state_of
    from sednactl.render.columns import printable
    from sednactl.render.deletion import report_json
    from sednactl.render.drawing import draws_unicode
    from sednactl.render.objects import unknown_format
    from sednactl.render.tree import tree_json, tree_text

    surroundings: Surroundings = ctx.obj
    if output not in ("table", "json"):
        raise unknown_format(output, ("table", "json"))
    kind, name = one_target(words, "tree")
    cluster = open_cluster(access, surroundings)
    faults: list[SednactlError] = []
    family, notes = read_family(
        cluster, kind, name, cluster.namespace, resources=ALL_CHILDREN, on_fault=faults.append
    )
    nodes, said = read_nodes(cluster, nodes_of(family.objects))
    state = state_of(family, cluster.now(), nodes)
    branches = ownership_tree(family)
    if output == "json":
        surroundings.stdout.write(report_json(tree_json(family, state, branches)))
    else:
        unicode = draws_unicode(surroundings.stdout)
        surroundings.stdout.write(
            tree_text(
                family, state, branches, nodes=nodes, unicode=unicode, room=room_of(surroundings.stdout)
            )
        )
    for note in (*notes, *said):
        surroundings.stderr.write(f"note: {printable(note)}\n")
    if faults:
        from sednactl.cli.main import report

        for error in faults:
            report(error, surroundings)
    return ExitCode.PARTIAL if faults else ExitCode.DONE
