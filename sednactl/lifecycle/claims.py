"""What Sedna's own status says about a workload, and how far that can be believed.

Source: the status code of Sedna's Global Manager v0.7.0. A healthy joint
inference service turns Failed within a second, and every scale-up does it
again; the status of an object search stays empty for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sednactl.sedna.kinds import (
    FEATURE_EXTRACTION,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    OBJECT_SEARCH,
    SednaKind,
)

Json = dict[str, Any]
FALSE_ALARM = "workerFailed"


@dataclass(frozen=True)
class Claim:
    """Sedna's word on a workload: `says` is "" where it says nothing.

    `reason` and `message` are the condition's own. `unreliable` tells that what it
    says is known to be wrong at times; `creation_error` that it reports a real
    failure to create a child, `outdated` that it did and all children are there by now.
    """

    says: str
    reason: str = ""
    message: str = ""
    unreliable: bool = False
    creation_error: bool = False
    outdated: bool = False

    def words(self, *, healthy: bool = False) -> str:
        """Write it for a table; `healthy` tells that the children prove a Failed wrong."""
        if not self.says:
            return "-"
        if self.unreliable and self.says == "Failed":
            return "Failed (false alarm)" if healthy else f"Failed ({self.reason})"
        if self.outdated:
            return "Failed (outdated)"
        return "Failed (creation error)" if self.creation_error else self.says


def claim_of(kind: SednaKind, workload: Json) -> Claim:
    """Read Sedna's claim off a workload's status."""
    status = workload.get("status") or {}
    conditions = [one for one in status.get("conditions") or () if isinstance(one, dict)]
    if kind in (INCREMENTAL_LEARNING, LIFELONG_LEARNING):
        # An append-only log: the last entry is the state.
        if not conditions:
            return Claim("")
        last = conditions[-1]
        return Claim(
            f"{last.get('stage', '?')} {last.get('type', '?')}", message=str(last.get("message") or "")
        )
    if kind in (JOINT_INFERENCE, FEATURE_EXTRACTION):
        true = [one for one in conditions if one.get("status") == "True"]
        if not true:
            return Claim("")
        last = true[-1]
        says, reason, message = (str(last.get(key) or "") for key in ("type", "reason", "message"))
        failed = says == "Failed"
        return Claim(
            says,
            reason,
            message,
            unreliable=failed and reason == FALSE_ALARM,
            creation_error=failed and not reason and bool(message),
        )
    if status.get("phase"):
        message = str(conditions[-1].get("message") or "") if conditions else ""
        return Claim(str(status["phase"]), message=message)
    return Claim("")


def doubt_about(kind: SednaKind, claim: Claim, *, healthy: bool) -> str | None:
    """Say in one sentence what to think of a claim, None where there is nothing to add."""
    if kind is OBJECT_SEARCH and not claim.says:
        return "Sedna 0.7 never writes a status for this kind"
    if claim.unreliable:
        if kind is FEATURE_EXTRACTION:
            return (
                "Sedna 0.7 marks every object of this kind Failed (workerFailed); only its Deployment tells"
            )
        if healthy:
            return "Failed (workerFailed) is a known false alarm of Sedna 0.7: the children are well"
        return "Failed (workerFailed) comes with every change of availability in Sedna 0.7: the children tell more"
    if claim.outdated:
        return "Sedna could not make all children once; they are there by now, and it never takes its Failed back"
    if claim.creation_error:
        return "a Failed without a reason is a real error while children were made; Sedna does not try again"
    return None
