"""Replacing a workload: delete it in the background, wait until nothing of it is left, create the new one.

The only way by which an edit that Sedna ignores comes about, and one that it answers
with harm stays harmless. What could be lost is on disk before the first request
(`replacement_record`); a run that was cut off is taken up by the next apply of the
same workload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sednactl.errors import (
    AlreadyExists,
    ClusterError,
    Conflict,
    InvalidInput,
    PartlyDone,
    Refused,
    SednactlError,
)
from sednactl.lifecycle.apply import Applied, create_workload, missing_references, namespace_of, sendable
from sednactl.lifecycle.cleanup import RESOURCES, cluster_uid, stamp
from sednactl.lifecycle.deletion import Deletion, Doomed, Plan, execute, plan_deletion
from sednactl.lifecycle.ghost_evidence import EDGE_OFFLINE
from sednactl.lifecycle.replacement_record import (
    CREATING,
    DELETING,
    DONE,
    GONE,
    PLANNED,
    Place,
    Record,
    RecordFile,
    file_stamp,
    has_record,
    may_be_under_way,
    remove_outdated,
)
from sednactl.lifecycle.serving import resource_of
from sednactl.sedna.kinds import BY_KIND, GROUP

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.sedna.kinds import SednaKind
    from sednactl.sedna.resources import Resource
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]

_AGAIN = "run the same again: it goes on from here"
_OURS = ("sedna.io/", "kubectl.kubernetes.io/", "sednactl.io/")


@dataclass(frozen=True)
class Orders:
    """How a replacement is to be done.

    `timeout` (seconds) bounds the wait for the old workload to be gone; `progress` is told
    what is waited for, `foretell` what goes, before anything is sent, and `say` what else is
    worth knowing.
    """

    timeout: float = 300.0
    allow_taken_names: bool = False
    strict: bool = True
    progress: Callable[[str], None] = lambda _: None
    foretell: Callable[[Plan], None] = lambda _: None
    say: Callable[[str], None] = lambda _: None


@dataclass(frozen=True)
class Replaced:
    """A workload that took an earlier one's place; `kept` is the file with the old one as a manifest."""

    applied: Applied
    kept: Path


def plan_of_replacement(cluster: Cluster, live: Json) -> Plan:
    """Foretell what goes when a living workload is replaced."""
    return plan_deletion(cluster, [Doomed(BY_KIND[str(live["kind"])].resource, live)])


def replace_workload(
    cluster: Cluster,
    manifest: Mapping[str, Any],
    live: Json,
    surroundings: Surroundings,
    orders: Orders,
    also: Sequence[Mapping[str, Any]] = (),
) -> Replaced:
    """Put the workload that a manifest describes in the place of `live`, and of nothing else.

    `also` are objects that are to go with it although Kubernetes would leave them. Raises Refused where the new one would lack something it refers to (nothing is done
    then), Conflict where somebody else replaced it meanwhile, and PartlyDone where the old
    one is gone or going and the new one is not there yet: the same apply then goes on.
    """
    target = _Target(cluster, manifest, surroundings)
    missing = missing_references(cluster, BY_KIND[target.resource.kind], manifest, target.namespace)
    if missing:
        raise Refused(
            f"{target.words} was not replaced: the new one would lack what it refers to",
            status=409,
            reason="MissingReference",
            hint="apply what is missing first, or in the same run",
            detail=missing,
        )
    with closing(RecordFile(target.folder)) as file:
        new = sendable(manifest, target.namespace)
        file.keep_old(as_manifest(live))
        record = file.write(
            Record(PLANNED, live, new, cluster.server, target.cluster_uid, tuple(map(dict, also))),
            stamp(surroundings),
        )
        for note in _lost_with(live, new):
            orders.say(f"{target.words}: {note}")
        return target.carry_out(file, record, orders)


def unfinished_replacement(
    cluster: Cluster, kind: SednaKind, name: str, namespace: str, surroundings: Surroundings
) -> Json | None:
    """Give the manifest of a replacement that was cut off with the workload gone or going; None where there is none."""
    if not may_be_under_way(surroundings.environ, name):
        return None
    meta = {"name": name, "namespace": namespace}
    named = {"apiVersion": kind.resource.api_version, "kind": kind.kind, "metadata": meta}
    folder = _Target(cluster, named, surroundings).folder
    if not has_record(folder):
        return None
    with closing(RecordFile(folder)) as file:
        record = file.read()
    live = cluster.find(kind.resource, name, namespace)
    gone = live is None or (
        record is not None
        and _uid(live) == record.old_uid
        and bool(live["metadata"].get("deletionTimestamp"))
    )
    return record.new if record is not None and gone and record.phase != DONE else None


def take_up_replacement(
    cluster: Cluster, manifest: Mapping[str, Any], surroundings: Surroundings, orders: Orders
) -> Replaced | None:
    """Finish a replacement of this workload that was cut off, with the manifest as it is now.

    None where there is none, or where it was finished, overtaken by somebody else, or
    had not deleted anything yet: then an apply may go on as usual.
    """
    resource = resource_of(cluster, manifest)
    if resource.group != GROUP or resource.kind not in BY_KIND:
        return None
    if not may_be_under_way(surroundings.environ, str(manifest["metadata"]["name"])):
        return None
    target = _Target(cluster, manifest, surroundings)
    if not has_record(target.folder):
        return None
    with closing(RecordFile(target.folder)) as file:
        record = file.read()
        if record is None:
            return None
        live = cluster.find(resource, target.name, target.namespace)
        going = live is None or (
            _uid(live) == record.old_uid and bool(live["metadata"].get("deletionTimestamp"))
        )
        if going and record.phase != DONE:
            orders.say(f"{target.words}: going on with a replacement that was cut off")
            record = replace(record, new=sendable(manifest, target.namespace))
            if record.phase == PLANNED:  # it is gone, or going, without us
                record = replace(record, phase=DELETING)
            return target.carry_out(file, file.write(record, stamp(surroundings)), orders)
        target.set_aside(file, record, live, orders)
    return None


def as_manifest(workload: Mapping[str, Any]) -> Json:
    """Give a living workload as a manifest that can be applied where it is no more."""
    manifest = sendable(workload, str(workload["metadata"].get("namespace") or "") or None)
    for key in ("uid", "resourceVersion", "finalizers"):
        manifest["metadata"].pop(key, None)
    return manifest


class _Target:
    """The workload to be replaced: where it lives, and where its record does."""

    def __init__(self, cluster: Cluster, manifest: Mapping[str, Any], surroundings: Surroundings) -> None:
        self.cluster = cluster
        self.surroundings = surroundings
        self.resource: Resource = resource_of(cluster, manifest)
        self.namespace = namespace_of(cluster, self.resource, manifest) or ""
        self.name = str(manifest["metadata"]["name"])
        self.words = f"{self.resource.kind} {self.name}"
        self.cluster_uid = cluster_uid(cluster)
        place = Place(self.cluster_uid, cluster.server, self.resource.kind, self.namespace, self.name)
        self.folder = place.folder(surroundings.environ)

    def carry_out(self, file: RecordFile, record: Record, orders: Orders) -> Replaced:
        """Go through the phases that are left; each is on disk before what it announces is sent."""
        begun = record.phase != PLANNED
        doomed = [Doomed(self.resource, record.old)]
        doomed += (Doomed(RESOURCES[one["kind"]], one) for one in record.also)
        plan = plan_deletion(self.cluster, doomed)
        orders.foretell(plan)
        if not begun:
            record = file.step(record, DELETING, self._stamp())
        deletion = execute(
            self.cluster, plan, self.surroundings, timeout=orders.timeout, progress=orders.progress
        )
        orders.progress("")
        self._must_be_gone(deletion, file, orders, begun=begun)
        with self._noting("was deleted, and the new one was not created", file):
            record = file.step(record, GONE, self._stamp())
            record = file.step(record, CREATING, self._stamp())
        try:
            applied = create_workload(
                self.cluster,
                record.new,
                allow_taken_names=orders.allow_taken_names,
                strict=orders.strict,
                surroundings=self.surroundings,
            )
        except AlreadyExists as error:
            if error.in_doubt:
                raise PartlyDone(
                    f"{self.words} was deleted, and there is one of its name: whether that is the new one is not known",
                    hint=f"look at it, then {_AGAIN}",
                    detail=error.detail,
                ) from error
            aside = file.set_aside(self._file_stamp(), "overtaken")
            raise PartlyDone(
                f"{self.words} was deleted, and somebody else created it before the new one could be: theirs was "
                "left alone",
                hint=f"look at it; what was to be created and what was deleted are in {aside}",
                detail=error.detail,
            ) from error
        except SednactlError as error:
            doubt = isinstance(error, ClusterError) and error.in_doubt
            new = (
                "whether the new one was created is not known"
                if doubt
                else "the new one could not be created"
            )
            raise PartlyDone(
                f"{self.words} was deleted, and {new}: {error.message}",
                hint=f"{error.hint + '; ' if error.hint else ''}then apply again; to go back: "
                f"{self.surroundings.program} apply -f {file.old_manifest}",
                detail=error.detail,
            ) from error
        with self._noting("was replaced", file):
            file.step(record, DONE, self._stamp())
            aside = file.set_aside(self._file_stamp())
        remove_outdated(self.surroundings.environ, self.surroundings.now())
        return Replaced(applied, aside / file.old_manifest.name)

    def set_aside(self, file: RecordFile, record: Record, live: Json | None, orders: Orders) -> None:
        """Close the record of a replacement that needs nothing more, and say what became of it."""
        if live is not None and _uid(live) == record.old_uid:
            file.set_aside(self._file_stamp(), "abandoned")
            return
        ours = record.phase == DONE or (
            record.phase == CREATING and live is not None and _applied_by_us(live)
        )
        aside = file.set_aside(self._file_stamp(), DONE if ours else "overtaken")
        if not ours:
            orders.say(
                f"{self.words}: an earlier replacement was cut off, and somebody else created the workload since; "
                f"what was deleted then is kept in {aside}"
            )

    @contextmanager
    def _noting(self, done: str, file: RecordFile) -> Iterator[None]:
        """Say what was done by then where the record cannot be written; it still says enough to go on from."""
        try:
            yield
        except InvalidInput as error:
            raise PartlyDone(
                f"{self.words} {done}: {error.message}",
                hint=f"make that possible, then {_AGAIN}; the old one is in {file.old_manifest}",
                detail=error.detail,
            ) from error

    def _must_be_gone(self, deletion: Deletion, file: RecordFile, orders: Orders, *, begun: bool) -> None:
        """Raise unless nothing of the old workload is left but what waits for an offline node.

        Where an earlier run had `begun` to delete it, a refusal says nothing of what that run did.
        """
        target = deletion.plan.cascades[0].target
        if target not in deletion.deleted:
            error, there = deletion.failures[0], deletion.remaining[0]
            overtaken = isinstance(error, Conflict) and there.uid != target.uid
            if not overtaken and (begun or (isinstance(error, ClusterError) and error.in_doubt)):
                raise PartlyDone(
                    f"{self.words} was not replaced, and whether it was deleted is not known: {error.message}",
                    hint=_AGAIN,
                    detail=error.detail,
                ) from error
            if isinstance(error, Conflict) and overtaken:
                aside = file.set_aside(self._file_stamp(), "overtaken")
                raise Conflict(
                    f"{self.words} was not replaced: somebody else replaced it in the meantime",
                    status=error.status,
                    reason=error.reason,
                    hint=f"look at what is there now, and apply again; the one you meant is kept in {aside}",
                    detail=error.detail,
                ) from error
            file.set_aside(self._file_stamp(), "refused")
            raise error
        if not deletion.waited:
            raise PartlyDone(
                f"{self.words} was deleted, and whether all of it is gone could not be seen",
                hint=_AGAIN,
                detail=[error.message for error in deletion.failures],
            )
        left = [one for one in deletion.remaining if one.cause != EDGE_OFFLINE]
        if left:
            raise PartlyDone(
                f"{self.words} was deleted, and the new one was not created: {len(left)} of the old one's objects "
                f"{'are' if len(left) > 1 else 'is'} left",
                hint=f"see to them, then {_AGAIN}; to go back: "
                f"{self.surroundings.program} apply -f {file.old_manifest}",
                detail=[
                    f"{one.kind} {one.name}: {one.evidence}" + (f"; {one.mend}" if one.mend else "")
                    for one in left
                ],
            )
        for one in deletion.remaining:
            orders.say(f"{one.kind} {one.name} stays for a while: {one.evidence}")

    def _stamp(self) -> str:
        return stamp(self.surroundings)

    def _file_stamp(self) -> str:
        return file_stamp(self.surroundings.now())


def _uid(item: Mapping[str, Any]) -> str:
    return str(item["metadata"].get("uid", ""))


def _applied_by_us(live: Mapping[str, Any]) -> bool:
    from sednactl.cluster.door import FIELD_MANAGER

    managers = live["metadata"].get("managedFields") or ()
    return any(one.get("manager") == FIELD_MANAGER and one.get("operation") == "Apply" for one in managers)


def _lost_with(live: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Say which labels and annotations of the old workload the new one will not carry."""
    said = []
    for field in ("labels", "annotations"):
        there = live["metadata"].get(field) or {}
        kept = (new.get("metadata") or {}).get(field) or {}
        gone = sorted(key for key in there if key not in kept and not key.startswith(_OURS))
        if gone:
            said.append(
                f"the new one is without the {field} {', '.join(gone)}, which the manifest does not have"
            )
    return said
