"""What a workload really does, judged by its children, with the evidence for it.

Pure: objects and the time in, a state out. Sedna's own condition is not asked
for the verdict; it is a claim that stands beside it (`claims`). The one part of
it that is taken for true is the message of an error while children were made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sednactl.lifecycle.claims import Claim, claim_of, doubt_about
from sednactl.lifecycle.completeness import made_in_full
from sednactl.lifecycle.ownership import Family, seconds_since
from sednactl.records import Record
from sednactl.sedna.kinds import (
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    OBJECT_SEARCH,
    OBJECT_TRACKING,
    REID,
    VIDEO_ANALYTICS,
)

Json = dict[str, Any]

RUNNING = "Running"
STARTING = "Starting"
DEGRADED = "Degraded"
STOPPED = "Stopped"
BROKEN = "Broken"
TERMINATING = "Terminating"
WAITING = "Waiting"
SUCCEEDED = "Succeeded"
FAILED = "Failed"
INERT = "Inert"
STORED = "Stored"
UNKNOWN = "Unknown"

_INERT = "Sedna 0.7 has no controller for this kind: it is stored, and nothing is made for it"

_WORST_FIRST = (
    BROKEN,
    FAILED,
    UNKNOWN,
    STARTING,
    DEGRADED,
    STOPPED,
    WAITING,
    RUNNING,
    SUCCEEDED,
    INERT,
    STORED,
)

PATIENCE_SECONDS = 60.0
"""How long a child may be missing before that is called broken: two resyncs of the Global Manager."""


class Replicas(Record):
    """How many replicas of one worker serve and how many there should be; None: not known or no such child."""

    ready: int | None
    desired: int | None

    def __str__(self) -> str:
        if self.ready is None or self.desired is None:
            return "-"
        return f"{self.ready}/{self.desired}"


class Verdict(Record):
    """One word and the sentences that prove it."""

    word: str
    evidence: tuple[str, ...] = ()


class WorkloadState(Record):
    """What a workload does.

    `word` is one of this module's state words, `evidence` why, `replicas` the
    count by worker type, `hpa` the autoscaler's bounds by side (`1-5`; `?` where it
    may not be read; `pending`, later `missing`, where one is asked for and is not
    there; absent where none is and none is asked for), `claim` what Sedna says, `doubt`
    what to think of that.
    """

    word: str
    evidence: tuple[str, ...]
    replicas: Mapping[str, Replicas]
    hpa: Mapping[str, str]
    claim: Claim
    doubt: str | None

    @property
    def healthy(self) -> bool:
        """Tell whether the children do what was asked."""
        return self.word in (RUNNING, SUCCEEDED, STORED)


def worst(verdicts: list[Verdict]) -> Verdict:
    """Join verdicts: the worst word, and every sentence, the worst first."""
    if not verdicts:
        return Verdict(RUNNING)
    ordered = sorted(verdicts, key=lambda one: _WORST_FIRST.index(one.word))
    word = ordered[0].word
    if word == STOPPED and any(one.word != STOPPED for one in ordered):
        word = DEGRADED
    return Verdict(word, tuple(said for one in ordered for said in one.evidence))


def state_of(family: Family, now: datetime, nodes: Mapping[str, bool | None] | None = None) -> WorkloadState:
    """Judge a workload by its children at `now`.

    `nodes` maps the names of nodes to whether they are Ready, where that is known;
    it only adds evidence.
    """
    from sednactl.lifecycle import job_state, service_state

    claim = claim_of(family.kind, family.workload)
    if claim.creation_error and made_in_full(family):
        claim = replace(claim, creation_error=False, outdated=True)
    counts: dict[str, Replicas] = {}
    bounds: dict[str, str] = {}
    judges: dict[str, Callable[[], Verdict]] = {
        JOINT_INFERENCE.kind: lambda: service_state.of_joint_inference(
            family, now, nodes, counts, bounds, claim
        ),
        FEATURE_EXTRACTION.kind: lambda: service_state.of_feature_extraction(
            family, now, nodes, counts, claim
        ),
        OBJECT_SEARCH.kind: lambda: service_state.of_object_search(family, now, nodes, counts),
        OBJECT_TRACKING.kind: lambda: Verdict(INERT, (_INERT,)),
        FEDERATED_LEARNING.kind: lambda: job_state.of_federated_learning(family, now, nodes, counts),
        INCREMENTAL_LEARNING.kind: lambda: job_state.of_learning(family, now, nodes, counts, claim),
        LIFELONG_LEARNING.kind: lambda: job_state.of_learning(family, now, nodes, counts, claim),
        REID.kind: lambda: job_state.of_single_pod(family, now, nodes, counts),
        VIDEO_ANALYTICS.kind: lambda: job_state.of_single_pod(family, now, nodes, counts),
    }
    judge = judges.get(family.kind.kind)
    verdict = judge() if judge is not None else Verdict(STORED)
    leaving = _leaving(family, now)
    if leaving is not None:
        verdict = Verdict(TERMINATING, (leaving,))
    healthy = verdict.word in (RUNNING, SUCCEEDED)
    doubt = doubt_about(family.kind, claim, healthy=healthy)
    return WorkloadState(verdict.word, verdict.evidence, counts, bounds, claim, doubt)


def stuck_in_foreground(workload: Json) -> bool:
    """Tell whether a workload is being deleted in the foreground, which the Global Manager may keep from ending."""
    meta = workload["metadata"]
    return bool(meta.get("deletionTimestamp")) and "foregroundDeletion" in (meta.get("finalizers") or ())


def _leaving(family: Family, now: datetime) -> str | None:
    meta = family.workload["metadata"]
    since = meta.get("deletionTimestamp")
    if not since:
        return None
    ago = f"{int(seconds_since(since, now))} s ago"
    if stuck_in_foreground(family.workload):
        return (
            f"its deletion began {ago} in the foreground, while Sedna's Global Manager makes the children anew: "
            f"this may never end; 'sednactl delete {family.kind.word} {family.name}' turns it into one that does"
        )
    held = meta.get("finalizers") or ()
    return f"its deletion began {ago}" + (f" and waits for the finalizer {', '.join(held)}" if held else "")
