"""The judgement itself: each object of an inventory against the living, one rule after the other.

Split from `ghosts`, which says what a ghost is and what a scan must bring.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sednactl.lifecycle import ghost_evidence as say
from sednactl.lifecycle.ghost_kinship import Kinship
from sednactl.lifecycle.ghosts import (
    KEEP_ANNOTATION,
    FormerWorkload,
    Ghost,
    Inventory,
    Traces,
    blocks_namesake,
    rebuilders,
    traces,
)
from sednactl.lifecycle.ownership import seconds_since
from sednactl.sedna.belonging import kind_of_owner, written_before_0_7
from sednactl.sedna.kinds import BY_KIND, FEDERATED_LEARNING, JOINT_INFERENCE
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, REPLICA_SET, SERVICE

Json = dict[str, Any]

_WORKERS = (DEPLOYMENT.kind, REPLICA_SET.kind, POD.kind)
_NO_STAYING = (say.TERMINATING, say.HELD, say.EDGE_OFFLINE, say.JUST_DELETED, say.FOREIGN_OWNER)
"""Kept by us, but on their way out or decided about by somebody else."""


def judge(inventory: Inventory, now: datetime, older_than: float) -> list[Ghost]:
    """Give every ghost and every look-alike, each once; see `find_ghosts`."""
    found = {ghost.uid: ghost for ghost in _surplus_pods(inventory, now, older_than)}
    found |= {ghost.uid: ghost for ghost in _Judgement(inventory, now, older_than).all()}
    return list(found.values())


class _Judgement:
    """One inventory under judgement, with the indexes that every rule needs."""

    def __init__(self, inventory: Inventory, now: datetime, older_than: float) -> None:
        self.inventory = inventory
        self.now = now
        self.older_than = older_than
        self.kin = Kinship(inventory)
        self.living = {(one.kind, one.namespace, one.name): uid for uid, one in inventory.workloads.items()}
        self.kinds_left: dict[tuple[str, str], set[str]] = {}
        for uid, child in self.kin.suspects.items():
            if self.kin.top(uid) == uid:
                self.kinds_left.setdefault(_family(child), set()).add(child["kind"])

    def all(self) -> Iterator[Ghost]:
        suspects = self.kin.suspects
        verdicts = [self._verdict(one) for uid, one in suspects.items() if self.kin.top(uid) in (uid, None)]
        staying = {
            _side(suspects[one.uid]): one
            for one in verdicts
            if one.kind in _WORKERS and one.action == "keep" and one.kept_because not in _NO_STAYING
        }
        for ghost in verdicts:
            stays = staying.get(_side(suspects[ghost.uid]))
            if stays is None or ghost.action == "keep" or ghost.kind not in (SERVICE.kind, HPA.kind):
                yield ghost
            else:
                yield self._kept_with(stays, ghost)
        yield from self._left_by_upgrade()

    def _kept_with(self, stays: Ghost, ghost: Ghost) -> Ghost:
        """Keep a Service or autoscaler beside the workers that it serves: they may be all that still runs."""
        said = say.belongs_to_kept(ghost.workload, ghost.kind, f"{stays.kind} {stays.name}", stays.mend)
        return replace(
            ghost,
            action="keep",
            verdict=stays.verdict,
            kept_because=say.BELONGS_TO_KEPT,
            evidence=said.evidence,
            mend=said.mend,
        )

    def _verdict(self, child: Json) -> Ghost:
        meta = child["metadata"]
        made_by = traces(child)
        workload = _former(made_by)
        cause, owner_kind = self._cause(child, made_by)
        sentence = say.of_cause(
            cause,
            workload,
            owner_kind=owner_kind,
            namesake_uid=self.living.get((workload.kind, meta.get("namespace", ""), workload.name)),
        )
        if meta.get("deletionTimestamp"):
            since = seconds_since(meta["deletionTimestamp"], self.now)
            place = self.inventory.places.get(meta["uid"])
            code, said = say.being_deleted(workload, since, meta.get("finalizers") or (), place)
            stuck = code == say.HELD and since >= max(self.older_than, 60.0)
            return self._ghost(child, workload, cause, said, code, ghost=stuck)
        code = self._spared(child, made_by, cause)
        if code:
            owner = next((f"{one.get('kind')} {one.get('name')}" for one in made_by.others), "")
            said = say.kept(code, workload, older_than=self.older_than, owner=owner, mark=KEEP_ANNOTATION)
            return self._ghost(child, workload, cause, said, code, ghost=False)
        strangers = self.kin.strangers.get(meta["uid"])
        if strangers:
            names = [f"{one['kind']} {one['metadata']['name']}" for one in strangers]
            return self._ghost(
                child, workload, cause, say.carries_others(sentence, names), say.CARRIES_OTHERS
            )
        for kind, name in rebuilders(child):
            living = self.living.get((kind, meta.get("namespace", ""), name))
            if living is None:
                continue
            said = say.would_return(sentence, meta.get("namespace", ""), self.inventory.workloads[living])
            return self._ghost(child, workload, cause, said, say.WOULD_RETURN)
        if child["kind"] == DEPLOYMENT.kind and JOINT_INFERENCE.kind in self.inventory.unreadable:
            # Deployments of every kind come back when a service of the same name lives.
            return self._ghost(child, workload, cause, say.unknown_namesake(sentence), say.UNKNOWN_NAMESAKE)
        return self._ghost(child, workload, cause, say.Said(sentence, self._in_the_way(child, workload)), "")

    def _in_the_way(self, child: Json, workload: FormerWorkload) -> str:
        """Give the mend for a living namesake that met this child's name when it was to be built."""
        meta = child["metadata"]
        namespace = meta.get("namespace", "")
        uid = self.living.get((workload.kind, namespace, workload.name))
        if uid is None or not blocks_namesake(workload.kind, workload.name, child["kind"], meta["name"]):
            return ""
        return say.in_the_way(namespace, self.inventory.workloads[uid])

    def _cause(self, child: Json, made_by: Traces) -> tuple[str, str]:
        """Give the cause's code and the owner kind that cannot be resolved, if that is the cause."""
        unresolvable = [str(one.get("kind")) for one in made_by.sedna if one.get("kind") not in BY_KIND]
        if unresolvable:
            return say.OWNER_UNRESOLVABLE, unresolvable[0]
        if made_by.sedna:
            return say.OWNER_GONE, ""
        if child["kind"] == HPA.kind:
            return say.STRAY_AUTOSCALER, ""
        # An orphaning deletion leaves the Service too; only a rebuilt Deployment stands alone.
        alone = self.kinds_left.get(_family(child)) == {DEPLOYMENT.kind}
        if alone and made_by.labels is not None and made_by.labels.kind is JOINT_INFERENCE:
            return say.RESURRECTED, ""
        return say.ORPHANED, ""

    def _spared(self, child: Json, made_by: Traces, cause: str) -> str:
        """Give the code of the rule that spares a look-alike, "" where none does."""
        meta = child["metadata"]
        family = [child, *self.kin.carried.get(meta["uid"], ())]
        if self.kin.top(meta["uid"]) is None:
            return say.FOREIGN_OWNER
        if any((one["metadata"].get("annotations") or {}).get(KEEP_ANNOTATION) == "true" for one in family):
            return say.ANNOTATED
        if seconds_since(meta.get("creationTimestamp"), self.now) < self.older_than:
            return say.TOO_YOUNG
        if made_by.labels is None:
            return say.NO_LABELS
        if cause == say.OWNER_GONE and meta["uid"] not in self.inventory.stayed:
            return say.JUST_DELETED
        return ""

    def _ghost(
        self,
        child: Json,
        workload: FormerWorkload,
        cause: str,
        said: say.Said,
        code: str,
        *,
        ghost: bool = True,
    ) -> Ghost:
        meta = child["metadata"]
        carries: dict[str, int] = {}
        for one in self.kin.carried.get(meta["uid"], ()):
            carries[one["kind"]] = carries.get(one["kind"], 0) + 1
        return Ghost(
            child["kind"],
            meta.get("namespace", ""),
            meta["name"],
            meta["uid"],
            int(seconds_since(meta.get("creationTimestamp"), self.now)),
            workload,
            cause,
            said.evidence,
            "keep" if code else "delete",
            "ghost" if ghost else "not-a-ghost",
            code,
            said.mend,
            dict(sorted(carries.items())),
            blocks_namesake(workload.kind, workload.name, child["kind"], meta["name"]),
        )

    def _left_by_upgrade(self) -> Iterator[Ghost]:
        """Give the children of living workloads that an upgrade of GM from before 0.7 cut off."""
        for child in self.inventory.children:
            meta = child["metadata"]
            made_by = traces(child)
            former = [one for one in made_by.sedna if written_before_0_7(one)]
            if not former or meta.get("deletionTimestamp"):
                continue
            alive = sorted(made_by.uids() & self.inventory.workloads.keys())
            if not alive or not self.inventory.workloads[alive[0]].failed:
                continue
            living = self.inventory.workloads[alive[0]]
            said = say.before_0_7(meta.get("namespace", ""), living, str(former[0].get("kind")))
            workload = FormerWorkload(living.kind, living.name, alive[0])
            yield self._ghost(child, workload, say.BEFORE_0_7, said, say.IN_SERVICE)


def _surplus_pods(inventory: Inventory, now: datetime, older_than: float) -> Iterator[Ghost]:
    """Give the oldest pods of living federated-learning jobs that have more than they ask for.

    A job asks for one aggregation pod and one train pod for each training worker.
    """
    pods: dict[tuple[str, str], list[Json]] = {}
    for child in inventory.children:
        labels = traces(child).labels
        if child["kind"] != POD.kind or labels is None or labels.kind is not FEDERATED_LEARNING:
            continue
        living = inventory.workloads.get(labels.uid)
        if living is None or living.expected_pods is None or child["metadata"].get("deletionTimestamp"):
            continue
        pods.setdefault((labels.uid, labels.worker_type), []).append(child)
    for (uid, worker), there in pods.items():
        living = inventory.workloads[uid]
        wanted = 1 if worker == "aggregation" else (living.expected_pods or 1) - 1
        said = say.surplus(living.namespace, living, len(there), wanted, worker)
        workload = FormerWorkload(living.kind, living.name, uid)
        for pod in _oldest(there, len(there) - wanted):
            meta = pod["metadata"]
            age = int(seconds_since(meta.get("creationTimestamp"), now))
            if age < older_than:
                continue  # an edit of the job replaces its pods; both sets are there for a while
            yield Ghost(
                POD.kind, living.namespace, meta["name"], meta["uid"], age, workload,
                say.SURPLUS_POD, said.evidence, "keep", "ghost", say.IN_SERVICE, said.mend,
            )  # fmt: skip


def _oldest(pods: Iterable[Json], count: int) -> list[Json]:
    by_age = sorted(
        pods, key=lambda pod: (pod["metadata"].get("creationTimestamp") or "", pod["metadata"]["name"])
    )
    return by_age[: max(0, count)]


def _former(made_by: Traces) -> FormerWorkload:
    labels = made_by.labels
    if labels is not None:
        kind = labels.kind.kind if labels.kind else labels.prefix
        return FormerWorkload(kind, labels.name, labels.uid)
    reference = made_by.sedna[0]
    known = kind_of_owner(reference)
    kind = known.kind if known else str(reference.get("kind", ""))
    return FormerWorkload(kind, str(reference.get("name", "")), str(reference.get("uid", "")))


def _family(child: Json) -> tuple[str, str]:
    return str(child["metadata"].get("namespace", "")), _former(traces(child)).uid


def _side(child: Json) -> tuple[str, str, str]:
    """Give what a worker and the Service and autoscaler for it have in common."""
    labels = traces(child).labels
    return *_family(child), labels.worker_type if labels is not None else ""
