"""`sednactl logs`: what the containers of a workload wrote, of all its pods together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sednactl.cli.naming_targets import one_target
from sednactl.cli.options import cluster_command, duration
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sednactl.lifecycle.log_sources import Silent, Wanted
    from sednactl.lifecycle.ownership import Family
    from sednactl.lifecycle.pod_logs import Failure, Line
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, context_settings={"help_option_names": ["-h", "--help"]}
)

_TAIL_OF_EACH = 20
"""Lines that following begins with, for each of several pods."""


@app.command()
@cluster_command
def logs(
    ctx: typer.Context,
    access: ClusterAccess,
    words: Annotated[list[str], typer.Argument(metavar="KIND NAME", help="One workload.")],
    side: Annotated[
        str | None,
        typer.Option("--side", metavar="SIDE", help="Only pods of one side or worker: edge, cloud, train …"),
    ] = None,
    container: Annotated[
        str | None, typer.Option("--container", "-c", metavar="NAME", help="Only containers of that name.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on as lines are written, also of pods that come later.")
    ] = False,
    tail: Annotated[
        int | None,
        typer.Option(
            "--tail",
            min=0,
            metavar="N",
            help="Last lines of each container (default: all; 20 with -f and several pods).",
        ),
    ] = None,
    since: Annotated[
        float | None,
        typer.Option("--since", metavar="DURATION", parser=duration, help="Only lines of the last 10m, 1h …"),
    ] = None,
    since_time: Annotated[
        str | None, typer.Option("--since-time", metavar="TIME", help="Only lines since a time (RFC 3339).")
    ] = None,
    timestamps: Annotated[
        bool, typer.Option("--timestamps", help="Show when each line was written.")
    ] = False,
    previous: Annotated[
        bool, typer.Option("--previous", "-p", help="What the container wrote before its last restart.")
    ] = False,
    prefix: Annotated[
        bool | None,
        typer.Option(
            "--prefix/--no-prefix",
            show_default=False,
            help="Begin lines with whose they are (default: when there are several pods).",
        ),
    ] = None,
    max_pods: Annotated[
        int, typer.Option("--max-pods", min=1, metavar="N", help="Most containers that are read at once.")
    ] = 20,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="text|jsonl", help="Output format.")
    ] = "text",
) -> int:
    """Show what the containers of a workload wrote, of all its pods and both sides together.

    Lines of several pods come in the order of their times. A pod that cannot be read
    takes nothing from the others; the exit code is 7 then.

    \b
    Examples:
      sednactl logs ji helmet                       both sides, by time
      sednactl logs ji helmet --side edge -f        follow the edge
      sednactl logs fl surface --side train --tail 50
      sednactl logs ji helmet --side cloud -p       before the last restart
      sednactl logs ji helmet -f -o jsonl | jq -r .line
    """
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.log_sources import Wanted
    from sednactl.lifecycle.pod_logs import query_of
    from sednactl.lifecycle.reading import read_family
    from sednactl.render.objects import unknown_format
    from sednactl.sedna.resources import POD

    surroundings: Surroundings = ctx.obj
    if output not in ("text", "jsonl"):
        raise unknown_format(output, ("text", "jsonl"))
    if since is not None and since_time is not None:
        raise UsageError("--since and --since-time do not go together")
    if follow and previous:
        raise UsageError("a run that is over cannot be followed", hint="leave out --follow or --previous")
    if since_time is not None:
        _check_time(since_time)
    kind, name = one_target(words, "logs")
    if not kind.makes_children:
        raise UsageError(f"{kind.with_article} has no pods, and so no logs")
    if side is not None and side not in kind.worker_types:
        raise UsageError(
            f"{kind.with_article} has no side '{side}'", hint=f"there are {', '.join(kind.worker_types)}"
        )
    cluster = open_cluster(access, surroundings)
    family, notes = read_family(cluster, kind, name, cluster.namespace, resources=(POD,))
    if notes:
        raise Refused(notes[0].partition(":")[0], hint="logs need the right to list pods")
    query = query_of(
        tail=tail,
        since_seconds=None if since is None else round(since),
        since_time=since_time,
        previous=previous,
    )
    wanted = Wanted(side, container, previous)
    write = _writer(surroundings, output, prefix, timestamps, family, wanted)
    if follow:
        return _follow(cluster, family, wanted, query, write, surroundings)
    return _read(cluster, family, wanted, query, write, surroundings, max_pods)


def _read(
    cluster: Any,
    family: Family,
    wanted: Wanted,
    query: dict[str, str],
    write: Callable[[Line], None],
    surroundings: Surroundings,
    most: int,
) -> int:
    from sednactl.lifecycle.log_sources import sources_of
    from sednactl.lifecycle.pod_logs import read_logs, worst_of

    sources, silent = sources_of(family.own("Pod"), wanted)
    for one in silent:
        _note(surroundings, f"{one.pod}: container {one.container} {one.reason}")
    if not sources:
        raise _nothing(family, wanted, silent)
    if len(sources) > most:
        raise UsageError(
            f"{len(sources)} containers would be read at once, more than {most}",
            hint="narrow it with --side or -c, or raise --max-pods",
        )
    failures: list[Failure] = []
    came = False
    for line in read_logs(cluster, sources, query, failures.append):
        came = True
        write(line)
    surroundings.stdout.flush()
    if failures and not came and len(failures) == len(sources):
        raise worst_of(failures)
    for failure in failures:
        _report(failure, surroundings)
    return ExitCode.PARTIAL if failures else ExitCode.DONE


def _follow(
    cluster: Any,
    family: Family,
    wanted: Wanted,
    query: dict[str, str],
    write: Callable[[Line], None],
    surroundings: Surroundings,
) -> int:
    from sednactl.cluster.door import Selection
    from sednactl.lifecycle.log_sources import LogSource, Silent
    from sednactl.lifecycle.ownership import belongs
    from sednactl.lifecycle.pod_logs import Failure, Following
    from sednactl.sedna.resources import POD

    if "tailLines" not in query and "sinceSeconds" not in query and "sinceTime" not in query:
        query = {**query, "tailLines": str(_TAIL_OF_EACH)}
    namespace = family.workload["metadata"].get("namespace") or cluster.namespace
    selection = Selection(POD, namespace, f"{family.kind.label_prefix}/name={family.name}")
    following = Following(cluster, [selection], lambda pod: belongs(pod, family.uid), wanted)
    failed = False
    for told in following.lines(query):
        if told is None:
            surroundings.stdout.flush()
            if following.over and not _may_still_come(cluster, family):
                break
        elif isinstance(told, Failure):
            failed = True
            _report(told, surroundings)
        elif isinstance(told, Silent):
            _note(surroundings, f"{told.pod}: container {told.container} {told.reason}")
        elif isinstance(told, LogSource):
            where = f" on node {told.node}" if told.node else ""
            _note(surroundings, f"{told.short} is container {told.container} of pod {told.pod}{where}")
        else:
            write(told)
    surroundings.stdout.flush()
    return ExitCode.PARTIAL if failed else ExitCode.DONE


def _may_still_come(cluster: Any, family: Family) -> bool:
    """Tell whether the workload is still there and not at its end, so that new pods may appear."""
    there = cluster.find(family.kind.resource, family.name, family.workload["metadata"].get("namespace"))
    if there is None or there["metadata"].get("uid") != family.uid:
        return False
    return (there.get("status") or {}).get("phase") not in ("Succeeded", "Failed")


def _writer(
    surroundings: Surroundings,
    output: str,
    prefix: bool | None,
    timestamps: bool,
    family: Family,
    wanted: Wanted,
) -> Callable[[Line], None]:
    from sednactl.lifecycle.log_sources import sources_of
    from sednactl.render.log_lines import Draw, as_jsonl, drawn

    stream = surroundings.stdout
    if output == "jsonl":
        draw: Draw = as_jsonl
    else:
        sources, _ = sources_of(family.own("Pod"), wanted)
        draw = drawn(
            named=len(sources) > 1 if prefix is None else prefix,
            times=timestamps,
            colour=surroundings.colour(stream),
            terminal=stream.isatty(),
        )

    def write(line: Line) -> None:
        stream.write(draw(line))

    return write


def _nothing(family: Family, wanted: Wanted, silent: Sequence[Silent]) -> Refused:
    from sednactl.lifecycle.log_sources import container_names, sides_of

    pods = family.own("Pod")
    who = f"{family.kind.word} {family.name}"
    if silent and wanted.previous:
        return Refused(
            f"no container of {who} was restarted, so there is no run before this one",
            hint=f"without --previous: sednactl logs {who}",
        )
    if silent:
        return Refused(
            f"{who} has no logs yet", hint=f"see: sednactl describe {family.kind.word} {family.name}"
        )
    if not pods:
        return Refused(
            f"{who} has no pods", hint=f"what keeps it: sednactl describe {family.kind.word} {family.name}"
        )
    if wanted.side is not None and wanted.side not in sides_of(pods):
        return Refused(f"{who} has no pods on side {wanted.side}", hint=f"it has {', '.join(sides_of(pods))}")
    if wanted.container is None:
        where = "" if wanted.side is None else f" on side {wanted.side}"
        return Refused(
            f"the pods of {who}{where} have no containers, and so no logs",
            hint=f"see: sednactl describe {who}",
        )
    return Refused(
        f"no pod of {who} has a container '{wanted.container}'",
        hint=f"there are {', '.join(container_names(pods))}",
    )


def _check_time(text: str) -> None:
    from sednactl.errors import InvalidInput
    from sednactl.moments import seconds_of

    try:
        seconds_of(text)
    except InvalidInput as error:
        raise UsageError(f"--since-time: {error.message}", hint=error.hint) from None


def _report(failure: Failure, surroundings: Surroundings) -> None:
    from sednactl.cli.main import report

    error = failure.error
    error.message = f"{failure.source.pod}: {error.message}"
    report(error, surroundings)


def _note(surroundings: Surroundings, text: str) -> None:
    from sednactl.render.columns import printable

    surroundings.stderr.write(f"note: {printable(text)}\n")
