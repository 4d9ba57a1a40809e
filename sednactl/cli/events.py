"""`sednactl events`: what happened to a workload and to all that was made for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sednactl.cli.naming_targets import one_target
from sednactl.cli.options import cluster_command
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from sednactl.lifecycle.ownership import Family
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, context_settings={"help_option_names": ["-h", "--help"]}
)

_FORMATS = ("table", "json", "yaml", "jsonl")


@app.command()
@cluster_command
def events(
    ctx: typer.Context,
    access: ClusterAccess,
    words: Annotated[list[str], typer.Argument(metavar="KIND NAME", help="One workload.")],
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on as events come.")] = False,
    types: Annotated[
        str | None,
        typer.Option("--types", metavar="TYPES", help="Only these: Warning, Normal; several by commas."),
    ] = None,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FORMAT", help="One of table, json, yaml, jsonl.")
    ] = "table",
    no_headers: Annotated[bool, typer.Option("--no-headers", help="Leave out the column heads.")] = False,
) -> int:
    """Show what happened to a workload and to all that was made for it, the newest last.

    Pods that are gone are included as long as the cluster remembers their events (an hour, usually).

    \b
    Examples:
      sednactl events ji helmet
      sednactl events ji helmet --types Warning
      sednactl events fl surface -w -o jsonl
    """
    from sednactl.cli.terminal_line import room_of
    from sednactl.cluster.door import Selection, open_cluster
    from sednactl.lifecycle.event_stream import events_of, of_types
    from sednactl.lifecycle.reading import ALL_CHILDREN, read_family
    from sednactl.render.columns import printable
    from sednactl.render.events import event_table
    from sednactl.render.objects import unknown_format, write_objects
    from sednactl.sedna.resources import EVENT

    surroundings: Surroundings = ctx.obj
    if output not in _FORMATS:
        raise unknown_format(output, _FORMATS)
    if watch and output in ("json", "yaml"):
        raise UsageError("a watch has no end, and so no document", hint="use -o jsonl")
    chosen = _types(types)
    kind, name = one_target(words, "events")
    cluster = open_cluster(access, surroundings)
    family, notes = read_family(cluster, kind, name, cluster.namespace, resources=ALL_CHILDREN)
    namespace = family.workload["metadata"].get("namespace") or cluster.namespace
    for note in notes:
        surroundings.stderr.write(f"note: {printable(note)}\n")
    if watch:
        return _watch(cluster, family, namespace, chosen, output, surroundings)
    found = tuple(of_types(events_of(family, cluster.list(Selection(EVENT, namespace))), chosen))
    if output == "table":
        text = (
            event_table(found, cluster.now(), headers=not no_headers, room=room_of(surroundings.stdout))
            if found
            else ""
        )
    elif output == "jsonl":
        text = "".join(map(_json_line, found))
    else:
        text = write_objects(list(found), output, single=False)
    surroundings.stdout.write(text)
    if not found and output == "table":
        what = " or ".join(chosen) + " events" if chosen else "events"
        surroundings.stderr.write(
            f"No {what} of {kind.word} {printable(name)} are remembered by the cluster.\n"
        )
    return ExitCode.DONE


def _watch(
    cluster: Any,
    family: Family,
    namespace: str,
    types: tuple[str, ...],
    output: str,
    surroundings: Surroundings,
) -> int:
    from sednactl.cli.terminal_line import room_of
    from sednactl.lifecycle.event_stream import follow_events, of_types
    from sednactl.render.events import event_line

    room = room_of(surroundings.stdout)
    for event in follow_events(cluster, family, namespace):
        if event is not None:
            for one in of_types((event,), types):
                surroundings.stdout.write(_json_line(one) if output == "jsonl" else event_line(one, room))
        surroundings.stdout.flush()
    return ExitCode.DONE


def _types(text: str | None) -> tuple[str, ...]:
    words = tuple(word.strip().capitalize() for word in (text or "").split(",") if word.strip())
    for word in words:
        if word not in ("Warning", "Normal"):
            raise UsageError(f"there is no type of event '{word}'", hint="there are Warning and Normal")
    return words


def _json_line(event: dict[str, Any]) -> str:
    import json

    return json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n"
