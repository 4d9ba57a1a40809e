"""`sednactl get --watch`: the table of one kind, and a line for each workload whenever it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

from sednactl.cli.naming_targets import what_to_get
from sednactl.errors import ExitCode, UsageError
from sednactl.render.columns import printable

if TYPE_CHECKING:
    from sednactl.cluster.access import ClusterAccess
    from sednactl.cluster.door import Change, Cluster
    from sednactl.sedna.kinds import SednaKind
    from sednactl.surroundings import Surroundings

_FORMATS = ("table", "wide", "name", "jsonl")


def watch_workloads(
    access: ClusterAccess,
    surroundings: Surroundings,
    words: Sequence[str],
    everywhere: bool,
    selector: str | None,
    output: str,
    headers: bool,
) -> int:
    """Show the workloads of a kind, or one of them, and go on until interrupted. Raises UsageError."""
    from sednactl.cluster.door import Selection, open_cluster

    kind, name = _meant(words, selector, everywhere, output)
    cluster = open_cluster(access, surroundings)
    namespace = None if everywhere else cluster.namespace
    lost = _Lost(surroundings)
    if output in ("table", "wide"):
        return _watch_table(
            cluster,
            surroundings,
            kind,
            namespace,
            selector,
            name,
            lost,
            wide=output == "wide",
            headers=headers,
        )
    if name is not None:
        cluster.get(kind.resource, name, namespace)
    fields = None if name is None else f"metadata.name={name}"
    own = Selection(kind.resource, namespace, selector, fields)
    with closing(cast(Any, cluster.watch([own]))) as changes:
        for line in _lines(changes, output, lost):
            surroundings.stdout.write(line)
            surroundings.stdout.flush()
    return ExitCode.DONE


def _meant(
    words: Sequence[str], selector: str | None, everywhere: bool, output: str
) -> tuple[SednaKind, str | None]:
    if output not in _FORMATS:
        from sednactl.render.objects import FORMATS, unknown_format

        if output in FORMATS or output.startswith("jsonpath="):
            raise UsageError("a watch has no end, and so no document", hint="use -o jsonl")
        raise unknown_format(output, _FORMATS)
    kinds, named = what_to_get(words, selector, everywhere)
    if len(named) > 1 or (not named and len(kinds) != 1):
        raise UsageError(
            "a watch follows the workloads of one kind, or one workload",
            hint="for example: sednactl get ji -w, or sednactl get ji helmet -w",
        )
    return (named[0].kind, named[0].name) if named else (kinds[0], None)


class _Lost:
    """Says on stderr that the connection is gone, once for each reason."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._stderr = surroundings.stderr
        self._said = ""

    def __call__(self, why: str) -> None:
        if why != self._said:
            self._said = why
            self._stderr.write(f"note: {printable(why)}; trying again\n")

    def over(self) -> None:
        """Hear that there is an answer again."""
        self._said = ""


def _watch_table(
    cluster: Cluster,
    surroundings: Surroundings,
    kind: SednaKind,
    namespace: str | None,
    selector: str | None,
    name: str | None,
    lost: _Lost,
    *,
    wide: bool,
    headers: bool,
) -> int:
    from sednactl.cli.terminal_line import room_of
    from sednactl.lifecycle.followed import follow_workloads
    from sednactl.render.workloads import workload_table
    from sednactl.render.workloads_changing import ChangingTable

    shown = ChangingTable(None if wide else room_of(surroundings.stdout), headers=headers)
    noted: set[str] = set()
    readings = follow_workloads(cluster, surroundings, kind, namespace, labels=selector, name=name, lost=lost)
    with closing(cast(Any, readings)):
        for number, reading in enumerate(readings):
            lost.over()
            if not number and not reading.families:
                where = "" if namespace is None else f" in namespace {namespace}"
                surroundings.stderr.write(f"note: there are no {kind.kind}s{where} yet\n")
            for note in sorted({*reading.notes} - noted):
                surroundings.stderr.write(f"note: {printable(note)}\n")
            noted |= {*reading.notes}
            table = workload_table(
                kind,
                reading.families,
                cluster.now(),
                wide=wide,
                all_namespaces=namespace is None,
                usage=reading.usage,
            )
            surroundings.stdout.write(shown.update(reading.families, table))
            surroundings.stdout.flush()
    return ExitCode.DONE


def _lines(changes: Iterator[Change], output: str, lost: _Lost) -> Iterator[str]:
    """Give a line for each workload as it is and for each change of it."""
    from sednactl.render.objects import object_name

    for change in changes:
        if change.type == "lost":
            lost(change.detail)
        elif change.object is not None:
            lost.over()
            yield (
                f"{object_name(change.object)}\n" if output == "name" else _event(change.type, change.object)
            )


def _event(change: str, workload: dict[str, Any]) -> str:
    """Write a change as the API's own watch does: its type and the object."""
    import json

    from sednactl.render.objects import without_managed_fields

    event = {"type": change.upper(), "object": without_managed_fields(workload)}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n"
