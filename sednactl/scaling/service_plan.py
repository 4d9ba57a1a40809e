"""From a JointInferenceService and a model of its replicas to a plan that can be simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.loads import Load, Series, sampled
from sednactl.scaling.normalization import Frame
from sednactl.scaling.scaling_rules import behavior_of, bounds_of, metric_specs_of
from sednactl.scaling.simulated_autoscaler import Goal
from sednactl.scaling.simulation import Plan, SideModel, SidePlan
from sednactl.sedna.kinds import with_article
from sednactl.sedna.quantity import milli_units

Json = dict[str, Any]
DEFAULT_GOAL = 80.0
MOST_STEPS = 1_000_000
"""Longest run: 173 days at a sync of 15 seconds."""

_USUAL_REQUEST = 1000


@dataclass(frozen=True)
class SideAssumptions:
    """What is assumed of one side's replicas. None: taken from the service, else a default.

    `capacity` is in requests a second; `request` and `full` (CPU used at capacity)
    in millicores; `startup` in seconds; `replicas` are those the run begins with.
    """

    capacity: float = 10.0
    startup: float = 30.0
    request: int | None = None
    full: int | None = None
    replicas: int | None = None


@dataclass(frozen=True)
class Assumptions:
    """What a simulation assumes of a service; `metrics` says what metrics other than CPU measure."""

    edge: SideAssumptions = field(default_factory=SideAssumptions)
    cloud: SideAssumptions = field(default_factory=SideAssumptions)
    hard_share: float = 0.3
    patience: float = 10.0
    reading_window: float = 30.0
    metrics: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> Json:
        """Give what is assumed, in the machine-readable shape."""
        return {
            "edge": vars(self.edge) | {},
            "cloud": vars(self.cloud) | {},
            "hard_share": self.hard_share,
            "patience_seconds": self.patience,
            "reading_window_seconds": self.reading_window,
            "metrics": dict(self.metrics),
        }


@dataclass(frozen=True)
class Variant:
    """One way to run a service: its `hpa` blocks by side (None: nothing scales that side) and fixed replicas."""

    name: str
    service: Json
    hpas: Mapping[str, Json | None]
    replicas: Mapping[str, int] = field(default_factory=dict)


def variant_of(service: Json, name: str) -> Variant:
    """Give a service as it stands. Raises InvalidInput for what is no JointInferenceService."""
    if service.get("kind") != "JointInferenceService":
        raise InvalidInput(
            f"{with_article(str(service.get('kind')))} is no JointInferenceService",
            hint="only these have an hpa block",
        )
    hpas = {side: (_worker(service, side).get("hpa") or None) for side in ("edge", "cloud")}
    return Variant(name, service, hpas)


def plan_of(
    variant: Variant,
    load: Load,
    assumptions: Assumptions,
    settings: ControllerSettings,
    seconds: float,
    goals: Mapping[str, float],
) -> tuple[Plan, tuple[str, ...]]:
    """Give the plan of a variant, and remarks on what the model leaves out.

    `goals` are the percent by side that over-target means where a side has no CPU
    target of its own. Raises InvalidInput for a side that cannot be simulated.
    """
    remarks: list[str] = []
    plans, loads = {}, {}
    steps = max(1, round(seconds / settings.sync_period))
    if steps > MOST_STEPS:
        raise InvalidInput(
            f"{seconds:.0f} seconds at a sync of {settings.sync_period:g} s are {steps:,} steps",
            hint=f"at most {MOST_STEPS:,}; simulate a part with --for, or check the load's times",
        )
    for side, assumed in (("edge", assumptions.edge), ("cloud", assumptions.cloud)):
        plans[side] = _side_plan(variant, side, assumed, assumptions, settings, goals, remarks)
        series = _in_requests(load.sides.get(side), plans[side].model)
        loads[side] = sampled(series, settings.sync_period, steps)
    share = 0.0 if "cloud" in load.sides else assumptions.hard_share
    plan = Plan(
        variant.name,
        plans["edge"],
        plans["cloud"],
        share,
        loads["edge"],
        loads["cloud"],
        settings.sync_period,
        settings,
    )
    return plan, tuple(dict.fromkeys(remarks))


def _side_plan(
    variant: Variant,
    side: str,
    assumed: SideAssumptions,
    assumptions: Assumptions,
    settings: ControllerSettings,
    goals: Mapping[str, float],
    remarks: list[str],
) -> SidePlan:
    hpa = variant.hpas.get(side)
    aims = _goals(hpa, side, assumptions.metrics, remarks) if hpa else ()
    request, full = _cpu(variant.service, side, assumed, aims)
    highest = full * 100 // request
    for aim in aims:
        if aim.kind == "utilization" and highest <= aim.target * (1 + settings.tolerance):
            remarks.append(
                f"{side}: a replica at its capacity uses {highest}% of its request, so its target of {aim.target}% "
                f"never asks for more; say what it really uses with --model {side}.full=2"
            )
    model = SideModel(
        assumed.capacity, request, full, assumed.startup, assumptions.patience, assumptions.reading_window
    )
    frame, begin = None, assumed.replicas
    if hpa:
        least, most = bounds_of(hpa)
        frame = Frame(least, most, behavior_of(hpa, settings), settings.scale_down_window)
        begin = least if begin is None else begin
    begin = variant.replicas.get(side, 1 if begin is None else begin)
    wanted = [aim.target for aim in aims if aim.kind == "utilization"]
    goal = float(min(wanted)) if wanted else goals.get(side, DEFAULT_GOAL)
    return SidePlan(model, begin, frame, aims, goal)


def cpu_goal(variant: Variant, side: str) -> float | None:
    """Give the CPU utilization a side aims at, in percent; None where it aims at none."""
    hpa = variant.hpas.get(side)
    aims = _goals(hpa, side, {}, [], strict=False) if hpa else ()
    return min((float(aim.target) for aim in aims if aim.kind == "utilization"), default=None)


def _goals(
    hpa: Mapping[str, Any],
    side: str,
    meanings: Mapping[str, str],
    remarks: list[str],
    *,
    strict: bool = True,
) -> tuple[Goal, ...]:
    found: list[Goal] = []
    for spec in metric_specs_of(hpa):
        goal = _goal(spec, meanings)
        if goal is None:
            remarks.append(f"{side}: metric {_called(spec)} is not part of the model and was left out")
        else:
            found.append(goal)
    if not found and strict:
        raise InvalidInput(
            f"{side}: none of its metrics is part of the model",
            hint="say what one measures with --metric NAME=requests or NAME=waiting",
        )
    return tuple(found)


def _goal(spec: Mapping[str, Any], meanings: Mapping[str, str]) -> Goal | None:
    kind = str(spec.get("type", ""))
    body = spec.get(kind[:1].lower() + kind[1:]) or {}
    target = body.get("target") or {}
    name = _called(spec)
    if kind in ("Resource", "ContainerResource"):
        if body.get("name") != "cpu":
            return None
        if target.get("averageValue") is not None:
            return Goal(name, "cpu", "average", milli_units(target["averageValue"]))
        percent = target.get("averageUtilization")
        return None if percent is None else Goal(name, "cpu", "utilization", int(percent))
    if name not in meanings:
        return None
    if target.get("averageValue") is not None:
        way = "average" if kind == "Pods" else "share"
        return Goal(name, meanings[name], way, milli_units(target["averageValue"]))
    if target.get("value") is None:
        return None
    return Goal(name, meanings[name], "total", milli_units(target["value"]))


def _called(spec: Mapping[str, Any]) -> str:
    kind = str(spec.get("type", ""))
    body = spec.get(kind[:1].lower() + kind[1:]) or {}
    return str(body.get("name") or (body.get("metric") or {}).get("name") or kind)


def _cpu(service: Json, side: str, assumed: SideAssumptions, aims: Sequence[Goal]) -> tuple[int, int]:
    """Give the CPU a replica requests and uses at capacity: the limit if every container has one, else the request."""
    containers = ((_worker(service, side).get("template") or {}).get("spec") or {}).get("containers") or ()
    requests, limits = [], []
    for container in containers:
        resources = container.get("resources") or {}
        limit = (resources.get("limits") or {}).get("cpu")
        request = (resources.get("requests") or {}).get("cpu", limit)
        requests.append(None if request is None else milli_units(request))
        limits.append(None if limit is None else milli_units(limit))
    request = assumed.request or _sum(requests)
    if not request:
        if any(aim.kind == "utilization" for aim in aims):
            raise InvalidInput(
                f"{side}: not every container requests CPU, so there is no utilization",
                hint=f"set resources.requests.cpu, or assume it with --model {side}.request=500m",
            )
        request = _USUAL_REQUEST
    return request, assumed.full or _sum(limits) or request


def _sum(amounts: Sequence[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known and len(known) == len(amounts) else None


def _in_requests(series: Series | None, model: SideModel) -> Series | None:
    """Turn what requests cost into how many they are: CPU grows evenly with them."""
    if series is None or series.unit == "rps":
        return series
    each = model.capacity / model.full
    factor = each if series.unit == "millicores" else each * model.request / 100
    return replace(series, points=tuple((at, value * factor) for at, value in series.points), unit="rps")


def _worker(service: Mapping[str, Any], side: str) -> Json:
    worker = (service.get("spec") or {}).get(f"{side}Worker")
    return worker if isinstance(worker, dict) else {}
