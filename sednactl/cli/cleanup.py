"""`cleanup`: find and remove ghost instances, and undo that."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sednactl.cli.options import cluster_command, duration
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.lifecycle.bundle import Bundle
    from sednactl.lifecycle.cleanup import Cleanup
    from sednactl.lifecycle.ghost_report import GhostReport
    from sednactl.lifecycle.ghost_scan import Scan
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Find and remove ghost instances: objects whose workload is gone. Undo that.",
)


_RESUME = "sednactl cleanup ghost-instances --yes --resume"


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
@cluster_command
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
        typer.Option("--max", metavar="N", min=1, help="With --yes: touch nothing if there are more than N."),
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
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.ghost_report import GhostReport
    from sednactl.lifecycle.ghost_scan import Scan, scan_for_ghosts

    surroundings: Surroundings = ctx.obj
    wanted = _kinds(kind or [])
    if resume is not None:
        if backup is not None or selector or wanted:
            raise UsageError(
                "--resume takes neither --backup nor --selector nor --kind: its bundle says what to delete"
            )
        if not yes:
            raise UsageError("--resume deletes what is left to delete", hint="add --yes")
        return _resume(access, surroundings, resume, timeout, output)
    cluster = open_cluster(access, surroundings)
    namespace = None if all_namespaces else cluster.namespace
    with _Ticker(surroundings) as tell:
        scan = scan_for_ghosts(
            cluster, surroundings, namespace=namespace, labels=selector, older_than=older_than, tell=tell
        )
    if wanted is not None:
        ghosts = [one for one in scan.ghosts if one.kind in wanted or one.workload.kind in wanted]
        scan = Scan(ghosts, scan.scanned, scan.unjudged, scan.unreadable, scan.blind, scan.seen)
    report = GhostReport(scan)
    too_many = yes and len(report.doomed()) > maximum
    if yes and report.doomed() and not too_many:
        report = _delete(cluster, surroundings, scan, backup, older_than, timeout, namespace)
    elif yes and not too_many:
        from sednactl.lifecycle.cleanup import Cleanup

        report = GhostReport(scan, Cleanup())
    _show(report, surroundings, output, "everywhere" if namespace is None else f"in namespace {namespace}")
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
    from sednactl.cluster.door import open_cluster
    from sednactl.errors import InvalidInput
    from sednactl.lifecycle.bundle import read_bundle
    from sednactl.lifecycle.undo import check_cluster, put_back
    from sednactl.render.ghosts_undone import restore_data, restore_summary, restore_table

    surroundings: Surroundings = ctx.obj
    record = read_bundle(bundle)
    _say_torn(record, surroundings)
    if access.namespace is not None:
        raise UsageError("undo takes no --namespace: the bundle says where its objects belong")
    if not record.sealed:
        raise InvalidInput(
            f"{bundle} was cut off before it was complete, so nothing was deleted on its account",
            hint="there is nothing to put back; the file may be removed",
        )
    cluster = open_cluster(access, surroundings)
    if not force:
        check_cluster(cluster, record)
    with _Ticker(surroundings) as tell:
        done = put_back(cluster, surroundings, record, dry_run=dry_run, tell=tell)
    if output is UndoOutput.json:
        _write_json(restore_data(record, done), surroundings)
    else:
        surroundings.stdout.write(restore_table(done))
    surroundings.stderr.write(restore_summary(done, len(record.may_be_deleted())) + "\n")
    if done.stopped is not None:
        _say_stopped(done.stopped.message, done.stopped.hint, surroundings)
        return (
            ExitCode.PARTIAL
            if any(one.result == "restored" for one in done.objects)
            else done.stopped.exit_code
        )
    if done.complete():
        return ExitCode.DONE
    failed = all(one.result == "failed" for one in done.objects)
    return ExitCode.REFUSED if failed else ExitCode.PARTIAL


def _delete(
    cluster: Cluster,
    surroundings: Surroundings,
    scan: Scan,
    backup: Path | None,
    older_than: float,
    timeout: float,
    namespace: str | None,
) -> GhostReport:
    from sednactl.lifecycle.bundle import default_path
    from sednactl.lifecycle.cleanup import Orders, clean_up

    path = backup or default_path(surroundings.environ, surroundings.now().strftime("%Y%m%dT%H%M%S.%fZ"))
    with _Ticker(surroundings) as tell:
        orders = Orders(
            older_than, tell, lambda: tell.say(f"Backup: {path}\nTo undo: sednactl cleanup undo {path}")
        )
        with _say_how_to_go_on(path, surroundings):
            done = clean_up(cluster, surroundings, scan.ghosts, path, orders)
        return _verified(cluster, surroundings, scan, done, timeout, namespace, tell)


@contextmanager
def _say_how_to_go_on(path: Path, surroundings: Surroundings) -> Iterator[None]:
    """After Ctrl-C in the middle of the deletions, say how to finish them."""
    try:
        yield
    except KeyboardInterrupt:
        if path.exists():
            surroundings.stderr.write(f"\ninterrupted; to finish: {_RESUME} {path}\n")
        raise


def _resume(
    access: ClusterAccess,
    surroundings: Surroundings,
    path: Path,
    timeout: float,
    output: Output,
) -> int:
    from sednactl.cluster.door import open_cluster
    from sednactl.errors import InvalidInput
    from sednactl.lifecycle.bundle import read_bundle
    from sednactl.lifecycle.cleanup import Orders, ghost_of, take_up
    from sednactl.lifecycle.ghost_scan import Scan
    from sednactl.lifecycle.undo import check_cluster

    record = read_bundle(path)
    _say_torn(record, surroundings)
    if not record.sealed:
        raise InvalidInput(
            f"{path} was cut off before it was complete, so nothing was deleted on its account",
            hint="run the clean-up again without --resume; the file may be removed",
        )
    cluster = open_cluster(access, surroundings)
    check_cluster(cluster, record)
    ghosts = [ghost_of(record.ghosts[uid]) for uid in record.objects]
    scan = Scan(ghosts, {}, seen=frozenset(record.objects))
    with _Ticker(surroundings) as tell:
        with _say_how_to_go_on(path, surroundings):
            done = take_up(cluster, surroundings, record, Orders(float(record.header["olderThan"]), tell))
        report = _verified(cluster, surroundings, scan, done, timeout, None, tell)
    _show(report, surroundings, output, f"from {path}")
    return report.exit_code()


def _verified(
    cluster: Cluster,
    surroundings: Surroundings,
    scan: Scan,
    done: Cleanup,
    timeout: float,
    namespace: str | None,
    tell: Callable[[str], None],
) -> GhostReport:
    """Look again after the deletions, unless the cluster is gone; a look that fails does not undo them."""
    from sednactl.errors import ClusterError
    from sednactl.lifecycle.ghost_report import GhostReport
    from sednactl.lifecycle.ghost_returns import before_and_after, what_remains

    if done.stopped is not None or not done.deleted():
        return GhostReport(scan, done)
    before = before_and_after(scan.ghosts, done.deleted(), scan.seen)
    try:
        remaining = what_remains(
            cluster, surroundings, before, namespace=namespace, timeout=timeout, tell=tell
        )
    except ClusterError as error:
        return GhostReport(scan, done, unverified=error)
    return GhostReport(scan, done, remaining)


def _show(report: GhostReport, surroundings: Surroundings, output: Output, scope: str) -> None:
    from sednactl.render import ghosts as render
    from sednactl.render.columns import printable

    stdout, stderr = surroundings.stdout, surroundings.stderr
    width = _width(surroundings)
    if output is Output.json:
        _write_json(render.ghost_data(report), surroundings)
    elif output is Output.yaml:
        from sednactl.manifests.writing import to_yaml

        stdout.write(to_yaml([render.ghost_data(report)]))
    elif output is Output.name:
        stdout.write(render.ghost_names(report))
    elif output is Output.wide:
        stdout.write(render.ghost_rows(report))
    else:
        stdout.write(render.ghost_table(report, width))
    if output in (Output.table, Output.wide):
        stdout.write(render.remaining_table(report.remaining, width))
        stdout.flush()
    for line in render.unknown_lines(report):
        stderr.write(f"warning: {printable(line)}\n")
    stderr.writelines(f"{line}\n" for line in render.summary(report, scope))
    if report.unverified is not None:
        stderr.write(
            f"warning: whether all of it is gone could not be seen: {printable(report.unverified.message)}\n"
        )
    if report.done is not None and report.done.stopped is not None:
        _say_stopped(report.done.stopped.message, report.done.stopped.hint, surroundings)
        if report.done.bundle is not None:
            stderr.write(f"hint: finish it with: {_RESUME} {report.done.bundle}\n")


def _say_torn(bundle: Bundle, surroundings: Surroundings) -> None:
    if bundle.torn:
        surroundings.stderr.write(
            f"warning: the last line of {bundle.path} is cut off (the run that wrote it was killed); "
            "everything before it is used\n"
        )


def _say_stopped(message: str, hint: str | None, surroundings: Surroundings) -> None:
    from sednactl.render.columns import printable

    surroundings.stderr.write(f"error: stopped: {printable(message)}\n")
    if hint:
        surroundings.stderr.write(f"hint: {printable(hint)}\n")


def _write_json(data: Any, surroundings: Surroundings) -> None:
    surroundings.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def _width(surroundings: Surroundings) -> int:
    """Give where to wrap sentences: the terminal's width, 100 cells where there is none."""
    if not surroundings.stdout.isatty():
        return 100
    import shutil

    return min(shutil.get_terminal_size((100, 24)).columns, 140)


_CHILD_WORDS = {
    "HorizontalPodAutoscaler": ("hpa", "horizontalpodautoscaler", "horizontalpodautoscalers"),
    "Deployment": ("deploy", "deployment", "deployments"),
    "ReplicaSet": ("rs", "replicaset", "replicasets"),
    "Service": ("svc", "service", "services"),
    "Pod": ("po", "pod", "pods"),
}


def _kinds(words: list[str]) -> set[str] | None:
    """Give the kinds that --kind names; None for all."""
    from sednactl.sedna.kinds import kind_named

    found = set()
    for word in (part for one in words for part in one.split(",")):
        sedna = kind_named(word)
        child = next((kind for kind, names in _CHILD_WORDS.items() if word.lower() in names), None)
        if sedna is None and child is None:
            raise UsageError(
                f"'{word}' is neither a kind of workload nor one of its children",
                hint="for example ji, fl, il, ll, fe, os, reid, va; hpa, deploy, rs, svc, po",
            )
        found.add(sedna.kind if sedna is not None else str(child))
    return found or None


class _Ticker:
    """One line on standard error that says what is going on; where the cursor cannot move, waits are said once."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._stream = surroundings.stderr
        self._moving = surroundings.moving(surroundings.stderr)
        self._shown = False
        self._waiting = False

    def __call__(self, text: str) -> None:
        from sednactl.render.columns import printable

        if self._moving:
            self._stream.write(f"\r\x1b[K{printable(text)[:100]}")
            self._stream.flush()
            self._shown = True
        elif text.startswith("waiting") and not self._waiting:
            self._waiting = True
            self.say(printable(text))

    def say(self, text: str) -> None:
        """Write a line that stays."""
        self._clear()
        self._stream.write(text + "\n")
        self._stream.flush()

    def _clear(self) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False

    def __enter__(self) -> _Ticker:
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()
