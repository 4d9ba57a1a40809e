"""What the HorizontalPodAutoscaler controller would do now with one autoscaler, and the status it would write.

Pure: raw Kubernetes objects, readings, a history and the time in; a frozen
Decision out. Mirrors one reconciliation of the controller of Kubernetes 1.30 to
1.32, with its conditions, events and messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.moments import time_of
from sednactl.scaling.conditions import Conditions
from sednactl.scaling.controller_settings import DEFAULT_SETTINGS, ControllerSettings
from sednactl.scaling.decided import Decision, Notice
from sednactl.scaling.label_selectors import selector_from
from sednactl.scaling.metrics import metrics_of
from sednactl.scaling.normalization import Frame, Normalized, next_scale_down, normalize
from sednactl.scaling.proposals import Circumstances, Proposal, proposal_of
from sednactl.scaling.readings import Readings
from sednactl.scaling.scale_history import ScaleHistory
from sednactl.scaling.scaling_rules import behavior_of, bounds_of, metric_specs_of

Json = dict[str, Any]
__all__ = ["Decision", "Notice", "decide", "refused"]

_UNABLE = "the HPA was unable to compute the replica count: "


def decide(
    hpa: Mapping[str, Any],
    scale: Mapping[str, Any] | None,
    pods: Sequence[Json],
    readings: Readings,
    now: datetime,
    history: ScaleHistory,
    settings: ControllerSettings = DEFAULT_SETTINGS,
    *,
    no_scale: str = "",
    rivals: Sequence[tuple[str, str]] = (),
) -> Decision:
    """Decide as the controller does at its next sync.

    `hpa` is the raw autoscaling/v2 object with its present status; `scale` the
    target's Scale (`spec.replicas`, `status.replicas`, `status.selector`), or None
    with `no_scale` saying why there is none; `pods` are those that the selector
    takes. `rivals` are (name, namespace) of all autoscalers that count these pods
    when there are several. Raises InvalidInput for a spec that no API server would
    have taken.
    """
    return _Reconciliation(hpa, now.timestamp(), history, settings).run(
        scale, pods, readings, no_scale, rivals
    )


def refused(decision: Decision, hpa: Mapping[str, Any], why: str) -> Decision:
    """Give what becomes of a decision to rescale when the API server refuses the update of the target."""
    status = dict(hpa.get("status") or {})
    conditions = Conditions(decision.conditions, decision.now)
    # The condition's time is that of its change from the old status, not from the success foreseen.
    able = next((one for one in status.get("conditions") or () if one.get("type") == "AbleToScale"), None)
    if able is not None and able.get("status") == "False":
        conditions = Conditions(
            [able if one.get("type") == "AbleToScale" else one for one in decision.conditions], decision.now
        )
    conditions.set(
        "AbleToScale",
        False,
        ("FailedUpdateScale", f"the HPA controller was unable to update the target scale: {why}"),
    )
    reason = next(note.message for note in decision.events if note.reason == "SuccessfulRescale")
    kept = tuple(note for note in decision.events if note.reason != "SuccessfulRescale")
    wanted = status.get("desiredReplicas", 0)
    return replace(
        decision,
        desired=decision.current,
        rescale=False,
        status=_status(
            status, decision.current, wanted, decision.status["currentMetrics"], conditions.items(), None
        ),
        events=(*kept, Notice("Warning", "FailedRescale", f"{reason}; error: {why}")),
        history=decision.normalized.history
        if decision.normalized
        else decision.before.begun(decision.current, decision.now),
        error=f"failed to rescale: {why}",
    )


@dataclass(frozen=True)
class _Asked:
    replicas: int | None
    said: str
    proposals: tuple[Proposal, ...]
    statuses: list[Json] | None
    events: tuple[Notice, ...] = ()
    error: str = ""


class _Reconciliation:
    def __init__(
        self,
        hpa: Mapping[str, Any],
        now: float,
        history: ScaleHistory,
        settings: ControllerSettings,
    ) -> None:
        self.hpa, self.now, self.history, self.settings = hpa, now, history, settings
        self.spec: Mapping[str, Any] = hpa.get("spec") or {}
        self.status: Mapping[str, Any] = hpa.get("status") or {}
        least, most = bounds_of(self.spec)
        self.frame = Frame(least, most, behavior_of(self.spec, settings), settings.scale_down_window)
        self.conditions = Conditions(self.status.get("conditions") or (), now)

    def run(
        self,
        scale: Mapping[str, Any] | None,
        pods: Sequence[Json],
        readings: Readings,
        no_scale: str,
        rivals: Sequence[tuple[str, str]],
    ) -> Decision:
        if scale is None:
            return self._without_scale(no_scale or "the target does not exist")
        self.conditions.set(
            "AbleToScale",
            True,
            ("SucceededGetScale", "the HPA controller was able to get the target's current scale"),
        )
        current = int((scale.get("spec") or {}).get("replicas") or 0)
        history = self.history.begun(current, self.now)
        least, most = self.frame.least, self.frame.most
        if current == 0 and least != 0:
            said = ("ScalingDisabled", "scaling is disabled since the replica count of the target is zero")
            self.conditions.set("ScalingActive", False, said)
            return self._end(current, 0, "", None, _Asked(None, "", (), None), history)
        if current > most:
            why = "Current number of replicas above Spec.MaxReplicas"
            return self._end(current, most, why, None, _Asked(None, "", (), None), history)
        if current < least:
            why = "Current number of replicas below Spec.MinReplicas"
            return self._end(current, least, why, None, _Asked(None, "", (), None), history)
        asked = self._ask(scale, pods, readings, current, rivals)
        if asked.replicas is None:
            return self._give_up(current, asked, history)
        # Requests below zero, which only overflow can give, count as none.
        desired = max(asked.replicas, 0)
        why = f"{asked.said if asked.replicas > 0 else ''} above target" if desired > current else ""
        if desired < current:
            why = "All metrics below target"
        normalized = normalize(current, desired, self.frame, history, self.now)
        self.conditions.set("AbleToScale", True, normalized.able)
        self.conditions.set("ScalingLimited", normalized.limited, normalized.limit)
        return self._end(current, normalized.replicas, why, normalized, asked, normalized.history)

    def _ask(
        self,
        scale: Mapping[str, Any],
        pods: Sequence[Json],
        readings: Readings,
        current: int,
        rivals: Sequence[tuple[str, str]],
    ) -> _Asked:
        status = scale.get("status") or {}
        bad = self._bad_selector(str(status.get("selector") or ""), rivals)
        if bad is not None:
            return bad
        namespace = self.hpa["metadata"].get("namespace", "")
        given = Circumstances(
            namespace, current, int(status.get("replicas") or 0), pods, readings, self.now, self.settings
        )
        proposals = tuple(proposal_of(spec, given) for spec in metric_specs_of(self.spec))
        statuses = [proposal.status for proposal in proposals]
        events = tuple(
            Notice("Warning", one.reason, one.cause) for one in proposals if one.calculation is None
        )
        replicas, said = 0, ""
        for proposal in proposals:
            asked = proposal.replicas
            if asked is not None and (replicas == 0 or asked > replicas):
                replicas, said = asked, proposal.said
        failed = [proposal for proposal in proposals if proposal.calculation is None]
        error = ""
        if failed:
            error = (
                f"invalid metrics ({len(failed)} invalid out of {len(proposals)}), first error is: "
                f"{failed[0].error}"
            )
        if len(failed) == len(proposals) or (failed and replicas < current):
            self.conditions.set("ScalingActive", False, (failed[0].reason, _UNABLE + failed[0].cause))
            return _Asked(None, "", proposals, statuses, events, error)
        message = f"the HPA was able to successfully calculate a replica count from {said}"
        self.conditions.set("ScalingActive", True, ("ValidMetricFound", message))
        return _Asked(replicas, said, proposals, statuses, events, error)

    def _bad_selector(self, selector: str, rivals: Sequence[tuple[str, str]]) -> _Asked | None:
        """Say why the selector cannot be used; None when it can."""
        if not selector:
            said = "the HPA target's scale is missing a selector"
            return self._refuse("InvalidSelector", said, "selector is required", "SelectorRequired")
        try:
            selector_from(selector)
        except InvalidInput as error:
            told = f"couldn't convert selector into a corresponding internal selector object: {error.message}"
            return self._refuse("InvalidSelector", told, told, "InvalidSelector")
        if len(rivals) <= 1:
            return None
        names = " ".join(f"{{{name} {namespace}}}" for name, namespace in rivals)
        told = f"pods by selector {selector} are controlled by multiple HPAs: [{names}]"
        return self._refuse("AmbiguousSelector", told, told, "AmbiguousSelector")

    def _refuse(self, reason: str, said: str, error: str, event: str) -> _Asked:
        self.conditions.set("ScalingActive", False, (reason, said))
        return _Asked(None, "", (), None, (Notice("Warning", event, error),), error)

    def _without_scale(self, why: str) -> Decision:
        message = f"the HPA controller was unable to get the target's current scale: {why}"
        self.conditions.set("AbleToScale", False, ("FailedGetScale", message))
        current = int(self.status.get("currentReplicas") or 0)
        status = dict(self.status) | {"conditions": self.conditions.items()}
        return self._decision(
            current,
            current,
            status,
            _Asked(None, "", (), None, (Notice("Warning", "FailedGetScale", why),), why),
            None,
            self.history,
        )

    def _give_up(self, current: int, asked: _Asked, history: ScaleHistory) -> Decision:
        wanted = int(self.status.get("desiredReplicas") or 0)
        status = _status(self.status, current, wanted, asked.statuses, self.conditions.items(), None)
        told = Notice("Warning", "FailedComputeMetricsReplicas", asked.error)
        return self._decision(
            current, current, status, replace(asked, events=(*asked.events, told)), None, history
        )

    def _end(
        self,
        current: int,
        desired: int,
        why: str,
        normalized: Normalized | None,
        asked: _Asked,
        history: ScaleHistory,
    ) -> Decision:
        rescale = desired != current
        scaled_at = None
        if rescale:
            message = f"the HPA controller was able to update the target scale to {desired}"
            self.conditions.set("AbleToScale", True, ("SucceededRescale", message))
            note = Notice("Normal", "SuccessfulRescale", f"New size: {desired}; reason: {why}")
            asked = replace(asked, events=(*asked.events, note))
            scaled_at = self.now
            if self.frame.behavior is not None:
                rules = self.frame.behavior.up if desired > current else self.frame.behavior.down
                history = history.scaled(current, desired, self.now, rules.longest_period)
        status = _status(self.status, current, desired, asked.statuses, self.conditions.items(), scaled_at)
        return self._decision(current, desired, status, asked, normalized, history)

    def _decision(
        self,
        current: int,
        desired: int,
        status: Json,
        asked: _Asked,
        normalized: Normalized | None,
        history: ScaleHistory,
    ) -> Decision:
        specs = [proposal.spec for proposal in asked.proposals] or list(metric_specs_of(self.spec))
        shown = {"spec": {"metrics": specs}, "status": {"currentMetrics": asked.statuses or ()}}
        waits = None
        if asked.replicas is not None:
            waits = next_scale_down(desired, asked.replicas, self.frame, history, self.now)
        return Decision(
            hpa=str(self.hpa["metadata"].get("name", "")),
            current=current,
            desired=desired,
            rescale=desired != current,
            status=status,
            frame=self.frame,
            proposals=asked.proposals,
            metrics=metrics_of(shown),
            asked=asked.replicas,
            normalized=normalized,
            events=asked.events,
            history=history,
            before=self.history,
            now=self.now,
            next_scale_down=waits,
            error=asked.error,
        )


def _status(
    before: Mapping[str, Any],
    current: int,
    desired: int,
    metrics: list[Json] | None,
    conditions: list[Json],
    scaled_at: float | None,
) -> Json:
    status: Json = {"currentReplicas": current, "desiredReplicas": desired, "currentMetrics": metrics}
    last = before.get("lastScaleTime") if scaled_at is None else time_of(scaled_at)
    if last is not None:
        status["lastScaleTime"] = last
    return status | {"conditions": conditions}
