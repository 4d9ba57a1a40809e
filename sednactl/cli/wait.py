"""`sednactl wait`: until a workload really runs, or is gone with all it owned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.cli.naming_targets import one_target
from sednactl.cli.options import cluster_command, duration
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
def wait(
    ctx: typer.Context,
    access: ClusterAccess,
    words: Annotated[list[str], typer.Argument(metavar="KIND NAME", help="One workload.")],
    until: Annotated[
        str, typer.Option("--for", metavar="running|gone", help="What to wait for.")
    ] = "running",
    timeout: Annotated[
        float,
        typer.Option(
            "--timeout",
            metavar="DURATION",
            parser=duration,
            show_default=False,
            help="Longest wait (default: 5m).",
        ),
    ] = 300.0,
) -> int:
    """Wait until a workload runs, judged by its children, or is gone with all it owned.

    Exit code 6 when the time ran out or waiting is no use.

    \b
    Examples:
      sednactl wait ji helmet --for=running --timeout 2m
      sednactl wait ji helmet --for=gone
    """
    from sednactl.cli.progress_line import progress_line
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.waiting import wait_until_gone, wait_until_running
    from sednactl.render.objects import object_name

    surroundings: Surroundings = ctx.obj
    if until not in ("running", "gone"):
        raise UsageError(f"--for takes running or gone, not '{until}'")
    kind, name = one_target(words, "wait")
    if until == "running" and not kind.makes_children:
        raise UsageError(
            f"a {kind.kind} never runs: nothing is made for it", hint="--for=gone can be waited for"
        )
    cluster = open_cluster(access, surroundings)
    with progress_line(surroundings) as tell:
        if until == "running":
            state = wait_until_running(
                cluster, kind, name, cluster.namespace, timeout, surroundings, tell=tell
            )
            outcome = state.word.lower()
        else:
            wait_until_gone(cluster, kind, name, cluster.namespace, timeout, surroundings, tell=tell)
            outcome = "gone"
    item = {"apiVersion": kind.resource.api_version, "kind": kind.kind, "metadata": {"name": name}}
    surroundings.stdout.write(f"{object_name(item)} {outcome}\n")
    return ExitCode.DONE
