"""`sednactl scale`: how both sides of a service are scaled, once or as it happens."""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.cli.options import cluster_command, duration, fleet_command
from sednactl.cli.scale_explain import explain
from sednactl.cli.scale_recommend import recommend
from sednactl.cli.scale_set import set_
from sednactl.cli.scale_simulate import simulate
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, UsageError
from sednactl.surroundings import Surroundings

if TYPE_CHECKING:
    from datetime import datetime

    from sednactl.cluster.door import Cluster
    from sednactl.scaling.snapshot import ScaleSnapshot
    from sednactl.scaling.watching import Scope

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""See how both sides of services are scaled and why; try settings offline, and change them.

    \b
    Examples:
      sednactl scale status -A
      sednactl scale watch helmet
      sednactl scale explain helmet
      sednactl scale simulate -f helmet.yaml --load shift-change
    """,
)

DEFAULT_WAIT = 300.0
"""Seconds that --until waits where --timeout says nothing."""


class StatusFormat(str, Enum):
    """What `scale status -o` takes."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    JSONL = "jsonl"
    YAML = "yaml"


class WatchFormat(str, Enum):
    """What `scale watch -o` takes."""

    TABLE = "table"
    WIDE = "wide"
    JSONL = "jsonl"


_NAME = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="One JointInferenceService (default: all of the namespace)."),
]
_ALL = Annotated[bool, typer.Option("--all-namespaces", "-A", help="Services of all namespaces.")]
_SELECTOR = Annotated[
    str | None,
    typer.Option(
        "--selector", "-l", metavar="LABELS", help="Only services with these labels, e.g. site=north."
    ),
]


@app.command()
@fleet_command()
def status(
    ctx: typer.Context,
    access: ClusterAccess,
    name: _NAME = None,
    all_namespaces: _ALL = False,
    selector: _SELECTOR = None,
    output: Annotated[
        StatusFormat, typer.Option("--output", "-o", help="Output format.")
    ] = StatusFormat.TABLE,
) -> int:
    """Show once how each side of a service is scaled, what it measures and what holds it back.

    REPLICAS are those that exist (`3->4` while four are wanted), METRICS the reading
    and its target (`?`: unknown), WHY what holds the number where it is. A side
    without autoscaler is shown as fixed. Nothing is changed.

    \b
    Examples:
      sednactl scale status
      sednactl scale status helmet -o wide
      sednactl scale status -A -o json
    """
    surroundings: Surroundings = ctx.obj
    from sednactl.cluster.door import open_cluster

    cluster = open_cluster(access, surroundings)
    try:
        scope = _scope(cluster, name, all_namespaces, selector)
        snapshots = _snapshots(cluster, scope, surroundings)
    finally:
        cluster.close()
    write = surroundings.stdout.write
    if output in (StatusFormat.JSON, StatusFormat.YAML):
        write(_document(snapshots, output, single=name is not None))
    elif output is StatusFormat.JSONL:
        from sednactl.render.scale_jsonl import line

        for snapshot in snapshots:
            write(line(snapshot))
    else:
        _print_table(snapshots, cluster.now(), scope, output, surroundings)
    return ExitCode.DONE


@app.command()
@cluster_command
def watch(
    ctx: typer.Context,
    access: ClusterAccess,
    name: _NAME = None,
    all_namespaces: _ALL = False,
    selector: _SELECTOR = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="EXPR", help="End, with code 0, once this holds for every service watched."
        ),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout",
            metavar="DURATION",
            parser=duration,
            help="Longest watch (default: 5m with --until, else no end). With --until it ends with code 6.",
        ),
    ] = None,
    record: Annotated[
        str | None,
        typer.Option("--record", metavar="FILE", help="Also write all that happens to FILE, as JSON lines."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --record overwrite a file.")] = False,
    output: Annotated[WatchFormat, typer.Option("--output", "-o", help="Output format.")] = WatchFormat.TABLE,
) -> int:
    """Watch both sides of services scale: a live table on a terminal, else a line for every change.

    \b
    EXPR compares fields of a side with numbers or with other fields:
      fields      cloud.F or edge.F, F one of replicas desired ready min max hpa
                  utilization.METRIC (percent of the request) value.METRIC (a quantity)
      operators   >= > <= < == !=    and  or  ( )    'and' binds stronger than 'or'
      metrics     cpu, memory, CONTAINER/cpu for one container's, else the metric's name

    A reading that is unknown makes its comparison false. With several services the
    condition must hold for each of them at once, and for at least one. A named
    service that does not exist is an error, unless --until waits for it.

    \b
    Examples:
      sednactl scale watch helmet
      sednactl scale watch -A -o jsonl
      sednactl scale watch helmet --until 'cloud.ready>=3 and edge.ready==edge.desired'
      sednactl scale watch helmet --until 'cloud.utilization.cpu<20 or cloud.replicas==cloud.max' --timeout 10m
      sednactl scale watch helmet --record shift-change.jsonl
    """
    from sednactl.cli.unread import ending_unread

    surroundings: Surroundings = ending_unread(ctx.obj)
    from sednactl.cluster.door import open_cluster
    from sednactl.render.columns import age
    from sednactl.render.scale_audience import Wishes, audience
    from sednactl.render.screen import TERMINATED, Quit, Terminated, ended_in_order
    from sednactl.scaling.following import Wait, follow_services

    wait = None
    if until is not None:
        from sednactl.scaling.until_parser import read_until

        wait = Wait(read_until(until))
        timeout = DEFAULT_WAIT if timeout is None else timeout
    if force and record is None:
        raise UsageError("--force belongs to --record", hint="leave it out, or name a file with --record")
    held: deque[str] = deque(maxlen=1000)
    if output is not WatchFormat.JSONL and surroundings.moving(surroundings.stdout):
        # What -v tells would tear the picture; it comes once the terminal is given back.
        tell = surroundings.trace
        surroundings = surroundings._replace(trace=held.append)
    cluster = open_cluster(access, surroundings)
    try:
        scope = _scope(cluster, name, all_namespaces, selector)
        wishes = Wishes(
            jsonl=output is WatchFormat.JSONL,
            wide=output is WatchFormat.WIDE,
            colour=surroundings.colour(surroundings.stdout),
            record=record,
            force=force,
            until=None if wait is None else str(wait.expression),
            timeout=timeout,
        )
        with ended_in_order() as ending, audience(surroundings, cluster, scope, wishes) as told:
            told.append(ending)
            outcome = follow_services(cluster, scope, surroundings, told, wait=wait, timeout=timeout)
        if wait is not None:
            surroundings.stderr.write(f"met after {age(outcome.waited)}: {wait.expression}\n")
    except Quit:
        return ExitCode.DONE if wait is None else ExitCode.INTERRUPTED
    except Terminated:
        return TERMINATED
    finally:
        cluster.close()
        for line in held:
            tell(line)
    return ExitCode.DONE


# Each of these is a module of its own; they come after status and watch in the help.
app.command()(explain)
app.command()(simulate)
app.command()(recommend)
app.command("set")(set_)


def _scope(cluster: Cluster, name: str | None, all_namespaces: bool, selector: str | None) -> Scope:
    from sednactl.scaling.watching import Scope

    if name is not None and all_namespaces:
        raise UsageError("a service's name and -A exclude each other", hint="name its namespace with -n")
    if name is not None and selector is not None:
        raise UsageError("a service's name and -l exclude each other", hint="leave one of them out")
    return Scope(None if all_namespaces else cluster.namespace, name, selector)


def _snapshots(cluster: Cluster, scope: Scope, surroundings: Surroundings) -> list[ScaleSnapshot]:
    from sednactl.render.columns import printable
    from sednactl.scaling.reading import read_snapshots

    def note(words: str) -> None:
        surroundings.stderr.write(f"note: {printable(words)}\n")

    return read_snapshots(cluster, scope, cluster.now, note)


def _document(snapshots: list[ScaleSnapshot], output: StatusFormat, *, single: bool) -> str:
    from sednactl.render.scale_jsonl import document

    content = document(snapshots, single=single)
    if output is StatusFormat.YAML:
        from sednactl.manifests.writing import to_yaml

        return to_yaml([content])
    import json

    return json.dumps(content, indent=2) + "\n"


def _print_table(
    snapshots: list[ScaleSnapshot],
    now: datetime,
    scope: Scope,
    output: StatusFormat,
    surroundings: Surroundings,
) -> None:
    from sednactl.cli.terminal_line import room_of
    from sednactl.render.columns import printable
    from sednactl.render.scale_table import table, unknown_metrics

    if not snapshots:
        where = f"in namespace {scope.namespace}" if scope.namespace else "in any namespace"
        surroundings.stderr.write(f"No JointInferenceServices found {where}.\n")
        return
    wide = output is StatusFormat.WIDE
    room = room_of(surroundings.stdout)
    surroundings.stdout.write(table(snapshots, now, namespaces=scope.namespace is None, wide=wide, room=room))
    for line in () if wide else unknown_metrics(snapshots):
        surroundings.stderr.write(printable(line) + "\n")
