"""`sednactl scale watch`: how both sides of services scale, as it happens."""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import Annotated

import typer

from sednactl.cli.options import cluster_command, duration
from sednactl.cli.scale_scope import ALL, NAME, SELECTOR, scope_of
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, UsageError
from sednactl.surroundings import Surroundings

DEFAULT_WAIT = 300.0
"""Seconds that --until waits where --timeout says nothing."""


class WatchFormat(str, Enum):
    """What `scale watch -o` takes."""

    TABLE = "table"
    WIDE = "wide"
    JSONL = "jsonl"


@cluster_command
def watch(
    ctx: typer.Context,
    access: ClusterAccess,
    name: NAME = None,
    all_namespaces: ALL = False,
    selector: SELECTOR = None,
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
        scope = scope_of(cluster, name, all_namespaces, selector)
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
