"""`sednactl get`: workloads and what their children really do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sednactl.cli.naming_targets import what_to_get
from sednactl.cli.options import fleet_command
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, NotFound, Refused, SednactlError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sednactl.cluster.door import Cluster
    from sednactl.lifecycle.reading import Reading
    from sednactl.lifecycle.users_of import Usage
    from sednactl.sedna.kinds import SednaKind
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, context_settings={"help_option_names": ["-h", "--help"]}
)


@app.command()
@fleet_command("watch")
def get(
    ctx: typer.Context,
    access: ClusterAccess,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KIND] [NAME]...", help="Kind (or kinds: ji,model) and names; all workloads without."
        ),
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--all-namespaces", "-A", help="Look in every namespace.")
    ] = False,
    selector: Annotated[
        str | None, typer.Option("--selector", "-l", metavar="LABELS", help="Only objects with these labels.")
    ] = None,
    watch: Annotated[
        bool,
        typer.Option("--watch", "-w", help="Go on, with a line whenever one of a kind's workloads changes."),
    ] = False,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FORMAT",
            help="One of table, wide, yaml, json, name, jsonpath=TEMPLATE; with --watch: table, wide, name, jsonl.",
        ),
    ] = "table",
    no_headers: Annotated[bool, typer.Option("--no-headers", help="Leave out the column heads.")] = False,
) -> int:
    """List workloads with what their children really do.

    STATE is judged by the children (Deployments, autoscalers, Services, pods);
    CLAIMS is what Sedna's own condition says, which is often wrong. Where the
    API server fails to list one kind of children, the rest is shown (exit code 7).
    On a narrow terminal words are shortened and the least important columns left
    out; in a pipe, and with -o wide, nothing is.

    \b
    Examples:
      sednactl get                          every workload of the namespace
      sednactl get ji                       all joint inference services
      sednactl get ji helmet -o wide        one, with models, nodes and why
      sednactl get ji,model                 several kinds in one table
      sednactl get fl -A -l team=vision     by label, in every namespace
      sednactl get ji -w                    what changes, as it changes
      sednactl get ji helmet -o jsonpath='{.spec.cloudWorker.hpa.maxReplicas}'
    """
    from sednactl.cli.terminal_line import room_of
    from sednactl.cluster.door import open_cluster
    from sednactl.render.objects import FORMATS, unknown_format

    surroundings: Surroundings = ctx.obj
    if watch:
        from sednactl.cli.get_watch import watch_workloads

        return watch_workloads(
            access, surroundings, words or (), everywhere, selector, output, not no_headers
        )
    if output not in FORMATS and not output.startswith("jsonpath="):
        raise unknown_format(output, (*FORMATS, "jsonpath=…"))
    kinds, named = what_to_get(words or (), selector, everywhere)
    cluster = open_cluster(access, surroundings)
    human = output in ("table", "wide")
    refused: list[Refused] = []
    faults: list[SednactlError] = []
    if named:
        readings = _read_named(cluster, named, human=human, refused=refused, faults=faults)
    else:
        place = None if everywhere else cluster.namespace
        readings = _read_all(cluster, kinds, place, selector, human=human, refused=refused, faults=faults)
    notes = dict.fromkeys(note for reading in readings for note in reading.notes)
    found = [family for reading in readings for family in reading.families]
    if human:
        text = _table(readings, cluster.now(), mixed=len(kinds) != 1, wide=output == "wide",
                      everywhere=everywhere, headers=not no_headers,
                      usage=_usage(cluster, readings, None if everywhere else cluster.namespace),
                      room=room_of(surroundings.stdout))  # fmt: skip
    else:
        from sednactl.render.objects import write_objects

        text = write_objects(
            [family.workload for family in found], output, single=len(named) == 1
        ) if found or not named else ""  # fmt: skip
    surroundings.stdout.write(text)
    for note in notes:
        surroundings.stderr.write(f"note: {note}\n")
    if not found and not named and not refused:
        where = "" if everywhere else f" in namespace {cluster.namespace}"
        what = " or ".join(f"{kind.kind}s" for kind in kinds) or "Sedna workloads"
        surroundings.stderr.write(f"No {what} found{where}.\n")
    if refused or faults:
        from sednactl.cli.main import report

        for error in (*refused, *faults):
            report(error, surroundings)
        return ExitCode.REFUSED if refused else ExitCode.PARTIAL
    return ExitCode.DONE


def _read_named(
    cluster: Cluster, named: Any, *, human: bool, refused: list[Refused], faults: list[SednactlError]
) -> list[Reading]:
    from sednactl.lifecycle.ownership import Family
    from sednactl.lifecycle.reading import Reading, read_family

    readings = []
    for kind, name in named:
        try:
            if human:
                family, notes = read_family(cluster, kind, name, cluster.namespace, on_fault=faults.append)
            else:
                family, notes = Family(kind, cluster.get(kind.resource, name, cluster.namespace)), ()
        except NotFound as error:
            refused.append(error)
            continue
        readings.append(Reading(kind, (family,), notes))
    return readings


def _read_all(
    cluster: Cluster,
    kinds: Sequence[SednaKind],
    namespace: str | None,
    selector: str | None,
    *,
    human: bool,
    refused: list[Refused],
    faults: list[SednactlError],
) -> list[Reading]:
    from sednactl.lifecycle.reading import Reading, read_workloads
    from sednactl.sedna.kinds import SEDNA_KINDS

    if len(kinds) == 1:
        return [
            read_workloads(
                cluster, kinds[0], namespace, labels=selector, children=human, on_fault=faults.append
            )
        ]
    readings = []
    unasked: list[Refused] = []
    for one in kinds or SEDNA_KINDS:
        try:
            readings.append(
                read_workloads(
                    cluster, one, namespace, labels=selector, children=human, on_fault=faults.append
                )
            )
        except Refused as error:
            if kinds:
                refused.append(error)
                continue
            # A cluster with an older Sedna lacks some kinds; a user may read only some.
            unasked.append(error)
            readings.append(Reading(one, (), (f"{one.plural} left out: {error.message}",)))
    if len(unasked) == len(SEDNA_KINDS):
        raise unasked[0]
    return readings


def _table(
    readings: list[Reading],
    now: datetime,
    *,
    mixed: bool,
    wide: bool,
    everywhere: bool,
    headers: bool,
    usage: Usage | None,
    room: int | None,
) -> str:
    from sednactl.render.workloads import overview_table, workload_table

    filled = [reading for reading in readings if reading.families]
    if not filled:
        return ""
    families = [family for reading in filled for family in reading.families]
    kinds = {reading.kind.kind for reading in filled}
    if mixed and (len(kinds) > 1 or len(readings) > 1):
        groups = [(reading.kind, reading.families) for reading in filled]
        table = overview_table(groups, now, wide=wide, all_namespaces=everywhere)
    else:
        table = workload_table(
            filled[0].kind, families, now, wide=wide, all_namespaces=everywhere, usage=usage
        )
    return table.text(None if wide else room, headers=headers)


def _usage(cluster: Cluster, readings: list[Reading], namespace: str | None) -> Usage | None:
    """Read who uses what is listed, where that is one kind that others use."""
    from sednactl.lifecycle.users_of import USERS, read_usage

    filled = [reading for reading in readings if reading.families]
    if len(readings) != 1 or not filled or filled[0].kind.kind not in USERS:
        return None
    return read_usage(cluster, filled[0].kind, namespace)
