"""`sednactl scale status`: how both sides of services are scaled, once."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.cli.options import fleet_command
from sednactl.cli.scale_scope import ALL, NAME, SELECTOR, scope_of
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode
from sednactl.surroundings import Surroundings

if TYPE_CHECKING:
    from datetime import datetime

    from sednactl.cluster.door import Cluster
    from sednactl.scaling.snapshot import ScaleSnapshot
    from sednactl.scaling.watching import Scope


class StatusFormat(str, Enum):
    """What `scale status -o` takes."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    JSONL = "jsonl"
    YAML = "yaml"


@fleet_command()
def status(
    ctx: typer.Context,
    access: ClusterAccess,
    name: NAME = None,
    all_namespaces: ALL = False,
    selector: SELECTOR = None,
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
        scope = scope_of(cluster, name, all_namespaces, selector)
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
