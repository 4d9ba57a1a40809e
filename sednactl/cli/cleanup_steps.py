"""The steps of `cleanup`: delete, take up again, look again, and show it all.

Apart from `cleanup`, which only says what can be typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sednactl.cli.next_command import next_command
from sednactl.cli.ticker import Ticker
from sednactl.errors import UsageError
from sednactl.records import Record

if TYPE_CHECKING:
    from sednactl.cluster.access import ClusterAccess
    from sednactl.cluster.door import Cluster
    from sednactl.lifecycle.bundle import Bundle
    from sednactl.lifecycle.cleanup import Cleanup
    from sednactl.lifecycle.ghost_report import GhostReport
    from sednactl.lifecycle.ghost_scan import Scan
    from sednactl.surroundings import Surroundings

_RESUME = ("cleanup", "ghost-instances", "--yes", "--resume")


class Load(Record):
    """How hard a clean-up may work: objects at a time, deletions in a second."""

    parallel: int
    rate: float


def delete_ghosts(
    access: ClusterAccess,
    cluster: Cluster,
    surroundings: Surroundings,
    scan: Scan,
    backup: Path | None,
    older_than: float,
    timeout: float,
    namespace: str | None,
    load: Load,
) -> GhostReport:
    """Back up, delete and look again; says where the bundle lies before the first deletion."""
    from sednactl.lifecycle.bundle import default_path
    from sednactl.lifecycle.cleanup import Orders, clean_up

    path = backup or default_path(surroundings.environ, surroundings.now().strftime("%Y%m%dT%H%M%S.%fZ"))
    with Ticker(surroundings) as tell:
        undo = next_command(surroundings, access, "cleanup", "undo", str(path))
        told = f"Backup: {path}\nTo undo: {undo}"
        orders = Orders(older_than, tell, lambda: tell.say(told), *load)
        with _say_how_to_go_on(path, surroundings, access):
            done = clean_up(cluster, surroundings, scan.ghosts, path, orders)
        return _verified(cluster, surroundings, scan, done, timeout, [namespace], tell)


@contextmanager
def _say_how_to_go_on(path: Path, surroundings: Surroundings, access: ClusterAccess) -> Iterator[None]:
    """After Ctrl-C in the middle of the deletions, say how to finish them."""
    try:
        yield
    except KeyboardInterrupt:
        if path.exists():
            finish = next_command(surroundings, access, *_RESUME, str(path))
            surroundings.stderr.write(f"\ninterrupted; to finish: {finish}\n")
        raise


def resume_bundle(
    access: ClusterAccess,
    surroundings: Surroundings,
    path: Path,
    timeout: float,
    output: str,
    load: Load,
) -> int:
    """Finish the clean-up that wrote a bundle, and give the exit code. Raises InvalidInput."""
    from sednactl.cluster.door import open_cluster
    from sednactl.errors import InvalidInput
    from sednactl.lifecycle.bundle import read_bundle
    from sednactl.lifecycle.cleanup import Orders
    from sednactl.lifecycle.cleanup_resumed import ghosts_of, take_up
    from sednactl.lifecycle.ghost_scan import Scan
    from sednactl.lifecycle.undo import check_cluster

    record = read_bundle(path)
    say_torn(record, surroundings)
    if not record.sealed:
        raise InvalidInput(
            f"{path} was cut off before it was complete, so nothing was deleted on its account",
            hint="run the clean-up again without --resume; the file may be removed",
        )
    cluster = open_cluster(access, surroundings)
    check_cluster(cluster, record)
    scan = Scan(ghosts_of(record), {}, seen=frozenset(record.objects))
    with Ticker(surroundings) as tell:
        with _say_how_to_go_on(path, surroundings, access):
            orders = Orders(record.older_than(), tell, parallel=load.parallel, rate=load.rate)
            done = take_up(cluster, surroundings, record, orders)
        places = sorted({ghost.namespace for ghost in scan.ghosts})
        report = _verified(cluster, surroundings, scan, done, timeout, places, tell)
    show(report, surroundings, access, output, f"from {path}")
    return report.exit_code()


def _verified(
    cluster: Cluster,
    surroundings: Surroundings,
    scan: Scan,
    done: Cleanup,
    timeout: float,
    namespaces: Sequence[str | None],
    tell: Callable[[str], None],
) -> GhostReport:
    """Look again after the deletions, unless the cluster is gone; a look that fails does not undo them."""
    from sednactl.errors import ClusterError
    from sednactl.lifecycle.ghost_report import GhostReport
    from sednactl.lifecycle.ghost_returns import before_and_after, what_remains

    if done.stopped is not None or not done.deleted():
        return GhostReport(scan, done)
    before = before_and_after(scan.ghosts, done.deleted(), scan.seen, done.begun)
    try:
        remaining = what_remains(
            cluster, surroundings, before, namespaces=namespaces, timeout=timeout, tell=tell
        )
    except ClusterError as error:
        return GhostReport(scan, done, unverified=error)
    except KeyboardInterrupt:
        count = len(done.deleted())
        surroundings.stderr.write(
            f"\ninterrupted: {count} object{'s were' if count > 1 else ' was'} deleted; "
            "whether all is gone was not waited for\n"
        )
        raise
    return GhostReport(scan, done, remaining)


def show(
    report: GhostReport, surroundings: Surroundings, access: ClusterAccess, output: str, scope: str
) -> None:
    """Write the report in its format, and on standard error what it amounts to."""
    from sednactl.render import ghosts as render
    from sednactl.render.columns import printable

    stdout, stderr = surroundings.stdout, surroundings.stderr
    width = _width(surroundings)
    if output == "json":
        write_json(render.ghost_data(report), surroundings)
    elif output == "yaml":
        from sednactl.manifests.writing import to_yaml

        stdout.write(to_yaml([render.ghost_data(report)]))
    elif output == "name":
        stdout.write(render.ghost_names(report))
    elif output == "wide":
        stdout.write(render.ghost_rows(report))
    else:
        stdout.write(render.ghost_table(report, width, fitted=stdout.isatty()))
    if output in ("table", "wide"):
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
        say_stopped(report.done.stopped.message, report.done.stopped.hint, surroundings)
        if report.done.bundle is not None:
            finish = next_command(surroundings, access, *_RESUME, str(report.done.bundle))
            stderr.write(f"hint: finish it with: {finish}\n")


def say_torn(bundle: Bundle, surroundings: Surroundings) -> None:
    """Warn of a bundle whose last line was cut off."""
    if bundle.torn:
        surroundings.stderr.write(
            f"warning: the last line of {bundle.path} is cut off (the run that wrote it was killed); "
            "everything before it is used\n"
        )


def say_stopped(message: str, hint: str | None, surroundings: Surroundings) -> None:
    """Write the error that stopped a run halfway."""
    from sednactl.render.columns import printable

    surroundings.stderr.write(f"error: stopped: {printable(message)}\n")
    if hint:
        surroundings.stderr.write(f"hint: {printable(hint)}\n")


def write_json(data: Any, surroundings: Surroundings) -> None:
    """Write a result for programs."""
    from sednactl.manifests.json_writing import json_text

    surroundings.stdout.write(json_text(data))


def _width(surroundings: Surroundings) -> int:
    """Give where to wrap sentences: the terminal's width, 100 cells where there is none."""
    from sednactl.cli.terminal_line import columns_of

    return min(columns_of(surroundings.stdout), 140) if surroundings.stdout.isatty() else 100


_CHILD_WORDS = {
    "HorizontalPodAutoscaler": ("hpa", "horizontalpodautoscaler", "horizontalpodautoscalers"),
    "Deployment": ("deploy", "deployment", "deployments"),
    "ReplicaSet": ("rs", "replicaset", "replicasets"),
    "Service": ("svc", "service", "services"),
    "Pod": ("po", "pod", "pods"),
}


def kinds_named(words: list[str]) -> set[str] | None:
    """Give the kinds that --kind names; None for all. Raises UsageError."""
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
