"""A decision explained: what it is about, its steps, and how sure one can be of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.decision import Decision, decide
from sednactl.scaling.situation import Situation
from sednactl.scaling.snapshot import rfc3339
from sednactl.scaling.steps import Step, steps_of
from sednactl.sedna.belonging import labels_of

Json = dict[str, Any]


@dataclass(frozen=True)
class Explanation:
    """What the controller would do with one autoscaler at `time`, and why.

    `service` and `side` are empty for an autoscaler that is not of a service.
    `history` tells how much of its past is known: whole, seen (from events) or none.
    """

    time: datetime
    namespace: str
    service: str
    side: str
    target: str
    decision: Decision
    steps: tuple[Step, ...]
    history: str
    doubts: tuple[str, ...]
    said: tuple[Json, ...]

    def as_json(self) -> Json:
        """Give the machine-readable shape that the command line promises (ScaleDecision)."""
        decision = self.decision
        waits = decision.next_scale_down
        metrics = [
            {**metric.as_json(), "proposal": proposal.replicas, "error": proposal.error or None}
            for metric, proposal in zip(decision.metrics, decision.proposals, strict=False)
        ]
        return {
            "apiVersion": "sednactl.io/v1",
            "kind": "ScaleDecision",
            "time": rfc3339(self.time),
            "namespace": self.namespace,
            "service": self.service or None,
            "side": self.side or None,
            "hpa": decision.hpa,
            "target": self.target,
            "min": decision.frame.least,
            "max": decision.frame.most,
            "current": decision.current,
            "desired": decision.desired,
            "conditions": decision.conditions,
            "metrics": metrics or [{**one.as_json(), "proposal": None} for one in decision.metrics],
            "steps": [step.as_json() for step in self.steps],
            "next_scale_down_seconds": None if waits is None else round(waits, 3),
            "history": self.history,
            "doubts": list(self.doubts),
            "said": list(self.said),
        }


def explain(situation: Situation, now: datetime, settings: ControllerSettings) -> Explanation:
    """Decide, and tell how. Raises InvalidInput for a spec that no API server would have taken."""
    hpa = situation.hpa
    decision = decide(
        hpa,
        situation.scale,
        situation.pods,
        situation.readings,
        now,
        situation.past.history,
        settings,
        no_scale=situation.no_scale,
        rivals=situation.rivals,
    )
    reference = (hpa.get("spec") or {}).get("scaleTargetRef") or {}
    service, side = _service(hpa, str(reference.get("name", "")))
    return Explanation(
        time=now,
        namespace=str(hpa["metadata"].get("namespace", "")),
        service=service,
        side=side,
        target=f"{reference.get('kind', '')}/{reference.get('name', '')}",
        decision=decision,
        steps=steps_of(decision, settings.tolerance),
        history=situation.past.known,
        doubts=(*situation.doubts, *situation.past.doubts),
        said=tuple((hpa.get("status") or {}).get("conditions") or ()),
    )


def _service(hpa: Json, target: str) -> tuple[str, str]:
    for labels in labels_of(hpa):
        if labels.name and labels.worker_type:
            return labels.name, labels.worker_type
    name, found, side = target.rpartition("-deployment-")
    return (name, side) if found and side in ("cloud", "edge") else ("", "")
