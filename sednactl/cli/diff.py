"""`sednactl diff`: what apply would change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.cli.options import cluster_command
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
@cluster_command
def diff(
    ctx: typer.Context,
    access: ClusterAccess,
    files: Annotated[
        list[str] | None,
        typer.Option(
            "--filename", "-f", metavar="FILE", help="File, folder, glob, or - for standard input; repeats."
        ),
    ] = None,
    recursive: Annotated[bool, typer.Option("--recursive", "-R", help="Go into folders of folders.")] = False,
) -> int:
    """Show what apply would change in the cluster, as a unified diff.

    The API server is asked for a dry run, so defaults and what it drops are
    taken into account. Exit code 0: nothing would change; 1: something would.

    \b
    Examples:
      sednactl diff -f helmet.yaml
      sednactl diff -f models/ -f helmet.yaml | less -R
    """
    from sednactl.cli.reading_manifests import manifests_from
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.diffing import difference_of
    from sednactl.lifecycle.ordering import apply_order
    from sednactl.render.columns import printable
    from sednactl.render.difference import unified

    surroundings: Surroundings = ctx.obj
    if not files:
        raise UsageError("nothing to compare was named", hint="for example: sednactl diff -f helmet.yaml")
    manifests = apply_order(
        manifests_from(files, recursive=recursive, surroundings=surroundings, namespace=access.namespace)
    )
    cluster = open_cluster(access, surroundings)
    different = False
    for manifest in manifests:
        difference = difference_of(cluster, manifest)
        different |= difference.differs
        surroundings.stdout.write(
            unified(
                difference.name,
                difference.before,
                difference.after,
                colour=surroundings.colour(surroundings.stdout),
            )
            if difference.differs
            else ""
        )
        notes = list(difference.notes)
        if difference.conflicts:
            notes.append(
                f"apply would be refused without --force-conflicts: {'; '.join(difference.conflicts)}"
            )
        for note in notes:
            surroundings.stderr.write(f"note: {printable(note)}\n")
    return ExitCode.FOUND if different else ExitCode.DONE
