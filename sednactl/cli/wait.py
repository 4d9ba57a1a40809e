"""`sednactl wait`: until a workload really runs, has succeeded, is in a stage, or is gone with all it owned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.cli.naming_targets import one_target
from sednactl.cli.options import cluster_command, duration
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sednactl.cluster.door import Cluster
    from sednactl.sedna.kinds import SednaKind
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


_STAGES = ("train", "eval", "deploy")


@app.command()
@cluster_command
def wait(
    ctx: typer.Context,
    access: ClusterAccess,
    words: Annotated[list[str], typer.Argument(metavar="KIND NAME", help="One workload.")],
    until: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="running|succeeded|gone|stage=STAGE",
            help="What to wait for; STAGE is train, eval or deploy, of a learning job.",
        ),
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
      sednactl wait fl surface --for=succeeded --timeout 2h
      sednactl wait il helmet --for=stage=deploy --timeout 1d
    """
    from sednactl.cli.progress_line import progress_line
    from sednactl.cluster.door import open_cluster
    from sednactl.render.objects import object_name

    surroundings: Surroundings = ctx.obj
    kind, name = one_target(words, "wait")
    _check(until, kind)
    cluster = open_cluster(access, surroundings)
    with progress_line(surroundings) as tell:
        outcome = _wait(cluster, kind, name, until, timeout, surroundings, tell)
    item = {"apiVersion": kind.resource.api_version, "kind": kind.kind, "metadata": {"name": name}}
    surroundings.stdout.write(f"{object_name(item)} {outcome}\n")
    return ExitCode.DONE


def _check(until: str, kind: SednaKind) -> None:
    """Refuse what a kind never comes to. Raises UsageError."""
    from sednactl.sedna.kinds import (
        FEDERATED_LEARNING,
        INCREMENTAL_LEARNING,
        LIFELONG_LEARNING,
        REID,
        VIDEO_ANALYTICS,
    )

    word, _, stage = until.partition("=")
    known = until in ("running", "succeeded", "gone") or (word == "stage" and stage.lower() in _STAGES)
    if not known:
        raise UsageError(f"--for takes running, succeeded, gone or stage={'|'.join(_STAGES)}, not '{until}'")
    if until != "gone" and not kind.makes_children:
        raise UsageError(
            f"{kind.with_article} never runs: nothing is made for it", hint="--for=gone can be waited for"
        )
    if until == "succeeded" and kind not in (FEDERATED_LEARNING, REID, VIDEO_ANALYTICS):
        raise UsageError(
            f"{kind.with_article} goes on for ever and never succeeds", hint="wait for running or gone"
        )
    if word == "stage" and kind not in (INCREMENTAL_LEARNING, LIFELONG_LEARNING):
        raise UsageError(f"{kind.with_article} has no stages", hint="wait for running or gone")


def _wait(
    cluster: Cluster,
    kind: SednaKind,
    name: str,
    until: str,
    timeout: float,
    surroundings: Surroundings,
    tell: Callable[[str], None],
) -> str:
    from sednactl.lifecycle import waiting

    place = cluster.namespace
    if until == "running":
        state = waiting.wait_until_running(cluster, kind, name, place, timeout, surroundings, tell=tell)
        return state.word.lower()
    if until == "succeeded":
        waiting.wait_until_succeeded(cluster, kind, name, place, timeout, surroundings, tell=tell)
        return "succeeded"
    if until == "gone":
        waiting.wait_until_gone(cluster, kind, name, place, timeout, surroundings, tell=tell)
        return "gone"
    stage = until.partition("=")[2]
    says = waiting.wait_until_stage(cluster, kind, name, place, stage, timeout, surroundings, tell=tell)
    return f"in stage {says}"
