"""The sieve of a scan: what of a fleet's metadata may be a ghost, decided for each object as it streams past.

Nothing is kept of what falls through, but how many pods each living
federated-learning job has: those are counted against what the job asks for.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from sednactl.sedna.belonging import names_sedna_version, written_before_0_7
from sednactl.sedna.kinds import FEDERATED_LEARNING, GROUP
from sednactl.sedna.resources import POD

if TYPE_CHECKING:
    from sednactl.cluster.metadata import Metadata

_ANY_UID = f".{GROUP}/uid"
JOB_UID = f"{FEDERATED_LEARNING.label_prefix}/uid"
_JOB_WORKER = f"{FEDERATED_LEARNING.label_prefix}/worker-type"


def worth_judging(meta: Metadata, live: Container[str]) -> bool:
    """Tell from metadata whether an object has to be kept for judgement; false for the great mass.

    `live` are the UIDs of workloads and may be a little old: what belongs to a
    workload that lived a moment ago is no ghost yet. Of the children of the living
    only those from before 0.7 matter.
    """
    named = alive = False
    for key, value in (meta.labels or {}).items():
        if key.endswith(_ANY_UID):
            named = True
            alive = alive or value in live
    for owner in meta.ownerReferences or ():
        if names_sedna_version(owner.apiVersion):
            if written_before_0_7({"kind": owner.kind}):
                return True
            named = True
            alive = alive or owner.uid in live
    return named and not alive


class Sieve:
    """What fell through and what did not, over all lists of one scan; owners have to come before what they own.

    `live` are the UIDs of living workloads. `job_pods` counts pods by the UID of their job and by worker type.
    """

    def __init__(self, live: Container[str]) -> None:
        self._live = live
        self._held: set[str] = set()
        self.job_pods: dict[str, dict[str, int]] = {}

    def holds(self, meta: Metadata, kind: str) -> bool:
        """Tell whether an object has to be judged, or goes along with one that has."""
        held = worth_judging(meta, self._live)
        if not held and self._held and meta.ownerReferences:
            # What a suspect owns goes with it, whatever its labels say.
            held = any(owner.uid in self._held for owner in meta.ownerReferences)
        if held:
            self._held.add(meta.uid)
        elif kind == POD.kind and meta.labels and JOB_UID in meta.labels and not meta.deletionTimestamp:
            pods = self.job_pods.setdefault(meta.labels[JOB_UID], {})
            worker = meta.labels.get(_JOB_WORKER, "")
            pods[worker] = pods.get(worker, 0) + 1
        return held
