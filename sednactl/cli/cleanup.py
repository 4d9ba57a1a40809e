"""`cleanup`: find and remove ghost instances, and undo that."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.cli.options import cluster_command, duration, fleet_command
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def cleanup() -> None:
    """Find and remove ghost instances: objects whose workload is gone. Undo that.

    \b
    Examples:
      sednactl cleanup ghost-instances -A
      sednactl cleanup ghost-instances -n park --yes
      sednactl cleanup undo BUNDLE
    """


class Output(str, Enum):
    """Output formats of a report about ghosts."""

    table = "table"
    wide = "wide"
    json = "json"
    yaml = "yaml"
    name = "name"


class UndoOutput(str, Enum):
    """Output formats of an undo."""

    table = "table"
    json = "json"


_Timeout = Annotated[
    float,
    typer.Option(
        "--timeout", metavar="DURATION", parser=duration, help="Longest wait for what was deleted to be gone."
    ),
]


@app.command("ghost-instances")
@fleet_command("backup", "resume")
def ghost_instances(
    ctx: typer.Context,
    access: ClusterAccess,
    all_namespaces: Annotated[
        bool, typer.Option("--all-namespaces", "-A", help="Look in every namespace.")
    ] = False,
    selector: Annotated[
        str | None,
        typer.Option("--selector", "-l", metavar="LABELS", help="Look only at objects with these labels."),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="Only ghosts of this kind of workload (ji, fl, …) or of this kind themselves (deploy, svc, …); repeats.",
        ),
    ] = None,
    older_than: Annotated[
        float,
        typer.Option(
            "--older-than", metavar="DURATION", parser=duration, help="Leave younger objects alone."
        ),
    ] = "10m",  # type: ignore[assignment]  # parsed like what a user types
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Delete what was found; without it nothing is changed.")
    ] = False,
    maximum: Annotated[
        int,
        typer.Option("--max", metavar="N", help="With --yes: touch nothing if there are more than N."),
    ] = 50,
    backup: Annotated[
        Path | None,
        typer.Option(
            "--backup",
            metavar="FILE",
            help="Where to write the bundle of what is deleted (default: under $XDG_STATE_HOME/sednactl/bundles).",
        ),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            "--resume", metavar="BUNDLE", help="Finish the interrupted clean-up that wrote this bundle."
        ),
    ] = None,
    parallel: Annotated[
        int, typer.Option("--parallel", metavar="N", help="With --yes: objects to work on at a time.")
    ] = 8,
    rate: Annotated[
        float,
        typer.Option(
            "--rate", metavar="N", help="With --yes: deletions in a second at most; 0 for no bound."
        ),
    ] = 20.0,
    timeout: _Timeout = "5m",  # type: ignore[assignment]
    output: Annotated[Output, typer.Option("--output", "-o", help="Output format.")] = Output.table,
) -> int:
    """List ghost instances and, with --yes, delete them.

    A ghost instance is a Deployment, Service, autoscaler or Pod that Sedna made for
    a workload that is gone. It is recognised by the workload's UID, never by its
    name. Objects without Sedna's labels are never touched, nor any that carries the
    annotation sednactl.io/keep: "true".

    With --yes the whole objects go into a bundle on disk first; each is then read
    and judged again and deleted only if it is still the very same. Exit code: 0
    none (left), 1 ghosts were found (or more than --max), 7 some could not be
    judged or removed.

    \b
    Examples:
      sednactl cleanup ghost-instances -A
      sednactl cleanup ghost-instances -n park --kind ji
      sednactl cleanup ghost-instances -n park --yes --backup before.jsonl
      sednactl cleanup undo before.jsonl
    """
    from sednactl.cli.cleanup_steps import Load, delete_ghosts, kinds_named, resume_bundle, show
    from sednactl.cli.ticker import Ticker
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.ghost_report import GhostReport
    from sednactl.lifecycle.ghost_scan import Scan, scan_for_ghosts

    surroundings: Surroundings = ctx.obj
    if maximum < 1:
        raise UsageError(f"--max takes a number from 1 on, not {maximum}")
    if parallel < 1 or rate < 0:
        raise UsageError("--parallel takes a number from 1 on, --rate one from 0 on")
    load = Load(parallel, rate)
    wanted = kinds_named(kind or [])
    if resume is not None:
        if backup is not None or selector or wanted:
            raise UsageError(
                "--resume takes neither --backup nor --selector nor --kind: its bundle says what to delete"
            )
        if not yes:
            raise UsageError("--resume deletes what is left to delete", hint="add --yes")
        return resume_bundle(access, surroundings, resume, timeout, output.value, load)
    cluster = open_cluster(access, surroundings)
    namespace = None if all_namespaces else cluster.namespace
    with Ticker(surroundings) as tell:
        scan = scan_for_ghosts(
            cluster, surroundings, namespace=namespace, labels=selector, older_than=older_than, tell=tell
        )
    if wanted is not None:
        ghosts = [one for one in scan.ghosts if one.kind in wanted or one.workload.kind in wanted]
        scan = Scan(ghosts, scan.scanned, scan.unjudged, scan.unreadable, scan.blind, scan.seen)
    report = GhostReport(scan)
    too_many = yes and len(report.doomed()) > maximum
    if yes and report.doomed() and not too_many:
        report = delete_ghosts(
            access, cluster, surroundings, scan, backup, older_than, timeout, namespace, load
        )
    elif yes and not too_many:
        from sednactl.lifecycle.cleanup import Cleanup

        report = GhostReport(scan, Cleanup())
    scope = "everywhere" if namespace is None else f"in namespace {namespace}"
    show(report, surroundings, access, output.value, scope)
    if too_many:
        surroundings.stderr.write(
            f"error: {len(report.doomed())} objects would be deleted, more than --max {maximum}; nothing was deleted\n"
            f"hint: look at the list, then say --max {len(report.doomed())}, or choose with -n, -l or --kind\n"
        )
        return ExitCode.FOUND
    if not yes and report.doomed() and output is Output.table:
        surroundings.stderr.write("To delete them, the same again with --yes.\n")
    return report.exit_code()


@app.command("undo")
@cluster_command
def undo(
    ctx: typer.Context,
    access: ClusterAccess,
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The bundle that a clean-up wrote.")],
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Let the API server check what would be put back; change nothing."),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also into another cluster than the bundle's.")
    ] = False,
    output: Annotated[UndoOutput, typer.Option("--output", "-o", help="Output format.")] = UndoOutput.table,
) -> int:
    """Put back what a clean-up deleted.

    What is there already is left alone, so the command may be repeated. Objects
    come back under new UIDs, without status, and without owner references to
    workloads that are gone (Kubernetes would remove them at once).

    \b
    Examples:
      sednactl cleanup undo before.jsonl --dry-run
      sednactl cleanup undo before.jsonl
    """
    from sednactl.cli.cleanup_steps import say_stopped, say_torn, write_json
    from sednactl.cli.terminal_line import room_of
    from sednactl.cli.ticker import Ticker
    from sednactl.cluster.door import open_cluster
    from sednactl.errors import InvalidInput
    from sednactl.lifecycle.bundle import read_bundle
    from sednactl.lifecycle.undo import check_cluster, put_back
    from sednactl.render.ghosts_undone import restore_data, restore_summary, restore_table

    surroundings: Surroundings = ctx.obj
    record = read_bundle(bundle)
    say_torn(record, surroundings)
    homes = {str(one["metadata"].get("namespace", "")) for one in record.objects.values()}
    if access.namespace is not None and homes - {access.namespace}:
        raise UsageError(
            f"the bundle holds objects of namespace {', '.join(sorted(homes))}, not only of {access.namespace}",
            hint="leave out --namespace: the bundle says where its objects belong",
        )
    if not record.sealed:
        raise InvalidInput(
            f"{bundle} was cut off before it was complete, so nothing was deleted on its account",
            hint="there is nothing to put back; the file may be removed",
        )
    cluster = open_cluster(access, surroundings)
    if not force:
        check_cluster(cluster, record)
    with Ticker(surroundings) as tell:
        done = put_back(cluster, surroundings, record, dry_run=dry_run, tell=tell)
    if output is UndoOutput.json:
        write_json(restore_data(record, done), surroundings)
    else:
        surroundings.stdout.write(restore_table(done, room_of(surroundings.stdout)))
    surroundings.stderr.write(restore_summary(done, len(record.may_be_deleted())) + "\n")
    if done.stopped is not None:
        say_stopped(done.stopped.message, done.stopped.hint, surroundings)
        return (
            ExitCode.PARTIAL
            if any(one.result == "restored" for one in done.objects)
            else done.stopped.exit_code
        )
    if done.complete():
        return ExitCode.DONE
    failed = all(one.result == "failed" for one in done.objects)
    return ExitCode.REFUSED if failed else ExitCode.PARTIAL
