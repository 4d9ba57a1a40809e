"""Following services as they scale: watch changes in, news out.

`ScaleFold` is a fold: the same changes at the same times give the same news, with
no clock and no I/O of its own. It changes itself in place, because a copy for
each event would cost as much as there are services; a change only computes the
snapshot of the services it touches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sednactl.cluster.door import Change, Selection
from sednactl.errors import NotFound
from sednactl.records import Record
from sednactl.scaling.children import SIDES, Key, key_of, services_of
from sednactl.scaling.limits import BEING_MADE
from sednactl.scaling.reasons import YOUTH
from sednactl.scaling.snapshot import ScaleSnapshot, snapshot_of
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.naming import deployment_name
from sednactl.sedna.resources import DEPLOYMENT, HPA

Json = dict[str, Any]


class Scope(Record):
    """Which services to look at. `namespace` None means all; `name` one service of a namespace."""

    namespace: str | None
    name: str | None = None
    labels: str | None = None


def selections(scope: Scope) -> tuple[Selection, ...]:
    """Give what must be watched for a scope, no more than it takes.

    Autoscalers that somebody else made carry no labels, so all of a namespace are
    looked at. A named service's Deployments have fixed names.
    """
    services = Selection(
        JOINT_INFERENCE.resource,
        scope.namespace,
        scope.labels,
        f"metadata.name={scope.name}" if scope.name else None,
    )
    if scope.name:
        deployments = tuple(
            Selection(
                DEPLOYMENT, scope.namespace, fields=f"metadata.name={deployment_name(scope.name, side)}"
            )
            for side in SIDES
        )
    else:
        labels = f"{JOINT_INFERENCE.label_prefix}/name"
        deployments = (Selection(DEPLOYMENT, scope.namespace, labels),)
    return (services, *deployments, Selection(HPA, scope.namespace))


def no_such_service(scope: Scope) -> NotFound:
    """Give the error for a named service that is not there."""
    return NotFound(
        f"there is no JointInferenceService {scope.name} in namespace {scope.namespace}",
        status=404,
        reason="NotFound",
        hint="'sednactl scale status -A' lists all; 'scale watch' with --until waits until it appears",
    )


class News(Record):
    """One thing worth telling.

    `changed` and `deleted` carry the snapshot and the one `before` (None: new);
    `synced` says that all that exists was told once, `lost` that the connection is
    gone (`detail` says why) and `regained` that it is back and all is up to date.
    """

    type: Literal["changed", "deleted", "synced", "lost", "regained"]
    snapshot: ScaleSnapshot | None = None
    before: ScaleSnapshot | None = None
    detail: str = ""


@dataclass
class _Service:
    """The raw objects of one service; children are kept by UID."""

    workload: Json | None = None
    deployments: dict[str, Json] = field(default_factory=dict)
    hpas: dict[str, Json] = field(default_factory=dict)

    def children(self, kind: str) -> dict[str, Json]:
        return self.deployments if kind == "Deployment" else self.hpas


class ScaleFold:
    """What is known of every service in a scope, change by change."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.snapshots: dict[Key, ScaleSnapshot] = {}
        self._services: dict[Key, _Service] = {}
        self._touches: dict[str, tuple[Key, ...]] = {}
        self._unsynced = set(selections(scope))
        self._lost: dict[Selection, str] = {}
        self._young: dict[Key, datetime] = {}

    @property
    def synced(self) -> bool:
        """Tell whether all that existed at the start is known."""
        return not self._unsynced

    @property
    def lost(self) -> bool:
        """Tell whether what is known may be out of date."""
        return bool(self._lost)

    def step(self, change: Change, now: datetime) -> tuple[News, ...]:
        """Take in one change and give the news it makes."""
        if change.object is not None:
            touched = self._take(change)
            return tuple(self._news_of(touched, now)) if self.synced else ()
        if change.type == "synced":
            return tuple(self._on_synced(change.selection, now))
        if change.type == "lost":
            first = not self._lost
            self._lost[change.selection] = change.detail
            return (News("lost", detail=change.detail),) if first else ()
        if self._young and self.synced:
            grown = [key for key, until in self._young.items() if now >= until]
            return tuple(self._news_of(grown, now))
        return ()

    def _on_synced(self, selection: Selection, now: datetime) -> Iterator[News]:
        if self._unsynced:
            self._unsynced.discard(selection)
            if self._unsynced:
                return
            yield from self._news_of(sorted(self._services), now)
            yield News("synced")
        if self._lost.pop(selection, None) is not None and not self._lost:
            yield News("regained")

    def _take(self, change: Change) -> tuple[Key, ...]:
        item = change.object or {}
        if item.get("kind") == JOINT_INFERENCE.kind:
            key = key_of(item)
            service = self._services.setdefault(key, _Service())
            if change.type != "deleted":
                service.workload = item
            # The one of that name may be a newer one already.
            elif service.workload and _uid(service.workload) == _uid(item):
                service.workload = None
            return (key,)
        uid, kind = _uid(item), str(item.get("kind"))
        before = self._touches.pop(uid, ())
        # A deletion may come with metadata alone, without the target that told whose it was.
        after = () if change.type == "deleted" else services_of(item)
        if self.scope.name:
            after = tuple(key for key in after if key[1] == self.scope.name)
        for key in before:
            if key not in after:
                self._services[key].children(kind).pop(uid, None)
        kept = _kept(item) if after else item
        for key in after:
            self._services.setdefault(key, _Service()).children(kind)[uid] = kept
        if after:
            self._touches[uid] = after
        return tuple(dict.fromkeys((*before, *after)))

    def _news_of(self, touched: tuple[Key, ...] | list[Key], now: datetime) -> Iterator[News]:
        for key in touched:
            self._young.pop(key, None)
            service, before = self._services.get(key), self.snapshots.get(key)
            if service is None:
                continue
            if service.workload is None:
                if not service.deployments and not service.hpas:
                    del self._services[key]
                if before is not None:
                    del self.snapshots[key]
                    yield News("deleted", ScaleSnapshot(now, *key, {}, deleted=True), before)
                continue
            snapshot = snapshot_of(
                service.workload, list(service.deployments.values()), list(service.hpas.values()), (), now
            )
            if any(side.limit is BEING_MADE for side in snapshot.sides.values()):
                self._young[key] = now + YOUTH
            if before is None or before.sides != snapshot.sides:
                self.snapshots[key] = snapshot
                yield News("changed", snapshot, before)


def what_changed(before: ScaleSnapshot | None, after: ScaleSnapshot) -> str:
    """Say in a few words what is new, the weightiest first, e.g. `cloud replicas 3 to 4, cpu 37% to 18%`."""
    if after.deleted:
        return "deleted"
    if before is None:
        return "appeared"
    told: list[str] = []
    for name, side in after.sides.items():
        old = before.sides.get(name)
        if old is None or old == side:
            continue
        words = []
        for word, old_number, new_number in (
            ("replicas", old.current, side.current),
            ("wants", old.desired, side.desired),
            ("ready", old.ready, side.ready),
            ("min", old.minimum, side.minimum),
            ("max", old.maximum, side.maximum),
        ):
            if old_number != new_number:
                words.append(f"{word} {_or_none(old_number)} to {_or_none(new_number)}")
        if old.limit != side.limit:
            words.append(side.limit.words if side.limit else "follows load")
        readings = {metric.name: metric for metric in old.metrics}
        for metric in side.metrics:
            was_reading = readings.get(metric.name)
            if was_reading is not None and was_reading.current != metric.current:
                unit = metric.unit if metric.unit in ("%", "m") else ""
                was, now = (
                    "unknown" if value is None else f"{value}{unit}"
                    for value in (was_reading.current, metric.current)
                )
                words.append(f"{metric.name} {was} to {now}")
        if words:
            told.append(f"{name} {', '.join(words)}")
    return "; ".join(told) or "conditions changed"


def _kept(child: Json) -> Json:
    """Leave out what no snapshot looks at; with thousands of services that is most of the memory."""
    metadata = {key: value for key, value in child["metadata"].items() if key != "managedFields"}
    kept = {**child, "metadata": metadata}
    if child.get("kind") != "Deployment":
        return kept
    spec = child.get("spec") or {}
    pod = (spec.get("template") or {}).get("spec") or {}
    containers = [
        {key: container[key] for key in ("name", "resources") if key in container}
        for container in pod.get("containers") or ()
    ]
    kept["spec"] = {"replicas": spec.get("replicas"), "template": {"spec": {"containers": containers}}}
    return kept


def _or_none(value: object) -> str:
    return "unknown" if value is None else str(value)


def _uid(item: Json) -> str:
    metadata = item["metadata"]
    return str(metadata.get("uid") or f"{item.get('kind')}/{metadata.get('namespace')}/{metadata['name']}")
