"""A service under a load, step by step, with the autoscalers' own arithmetic.

The model of the service is as simple as can be and said in full:

- Requests come to the edge side evenly within a step; each replica that is ready
  serves up to `capacity` of them a second and uses CPU in proportion, `full`
  millicores at capacity.
- What cannot be served waits. Whoever would wait longer than `patience` seconds
  is turned away: unmet.
- A share of what the edge served is hard and goes on to the cloud side, in the
  same step; the cloud may have load of its own besides.
- A new replica is ready `startup` seconds after the decision; its CPU reading
  counts `reading_window` seconds later, sooner only if the controller's CPU
  initialization period ends. Removed replicas are the youngest, and go at once.
- The controller decides at the start of each step on what was measured in the
  step before; the run begins settled.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sednactl.scaling.controller_settings import DEFAULT_SETTINGS, ControllerSettings
from sednactl.scaling.normalization import Frame
from sednactl.scaling.simulated_autoscaler import Goal, SimulatedAutoscaler

FLAP = 600.0
"""A change of replicas against the direction of the one before, within so many seconds, is a flap."""


@dataclass(frozen=True)
class SideModel:
    """How a replica of one side behaves: requests a second, millicores, seconds."""

    capacity: float
    request: int
    full: int
    startup: float
    patience: float
    reading_window: float


@dataclass(frozen=True)
class SidePlan:
    """One side of a variant. `frame` is None for a side that nothing scales; `goal` percent is what over-target means."""

    model: SideModel
    replicas: int
    frame: Frame | None
    goals: tuple[Goal, ...]
    goal: float


@dataclass(frozen=True)
class Plan:
    """A variant to be simulated: both sides, the hard share, and the load of each side a step (requests a second)."""

    name: str
    edge: SidePlan
    cloud: SidePlan
    hard_share: float
    edge_load: Sequence[float]
    cloud_load: Sequence[float]
    step: float
    settings: ControllerSettings = DEFAULT_SETTINGS


Point = tuple[float, float, int, int, int, str | None]
"""Seconds, load (requests a second), utilization (percent), replicas before and after deciding, what limits."""


@dataclass(frozen=True)
class SideRun:
    """What became of one side: a point a step, and sums over the run (seconds, requests)."""

    series: list[Point]
    served: list[float]
    requests: float
    unmet: float
    replica_seconds: float
    peak: int
    overload_seconds: float
    over_target_seconds: float
    longest_wait: float
    waited: float
    scale_events: int
    flaps: int
    seconds: float


@dataclass(frozen=True)
class Run:
    """What became of a variant."""

    name: str
    edge: SideRun
    cloud: SideRun


def simulate(plan: Plan) -> Run:
    """Run a variant from its first to its last step."""
    edge = run_side(plan.edge, plan.edge_load, plan.step, plan.settings)
    share = plan.hard_share / plan.step
    passed_on = [share * served + own for served, own in zip(edge.served, plan.cloud_load, strict=True)]
    return Run(plan.name, edge, run_side(plan.cloud, passed_on, plan.step, plan.settings))


def run_side(plan: SidePlan, load: Sequence[float], step: float, settings: ControllerSettings) -> SideRun:
    """Run one side. One loop on purpose: it is what a sweep spends its time in."""
    model = plan.model
    capacity, full, request, patience, startup = (
        model.capacity, model.full, model.request, model.patience, model.startup,
    )  # fmt: skip
    initialization, window = settings.cpu_initialization_period, model.reading_window
    scaler = None
    if plan.frame is not None:
        scaler = SimulatedAutoscaler(plan.frame, plan.goals, request, settings)
    limit = plan.goal * (1 + settings.tolerance)
    replicas = mature = plan.replicas
    young: deque[list[float]] = deque()  # [ready at, counts from, how many], oldest first
    series: list[Point] = []
    served_each: list[float] = []
    backlog = unmet = replica_seconds = overload = over_target = longest_wait = waited = 0.0
    rate = load[0] if load else 0.0
    usage = ceil(min(rate / (replicas * capacity), 1.0) * full) if replicas else 0
    peak = replicas
    events = flaps = direction = 0
    changed_at = float("-inf")
    for place, next_rate in enumerate(load):
        now = place * step
        while young and young[0][1] <= now:
            mature += int(young.popleft()[2])
        before, limited = replicas, None
        if scaler is not None:
            replicas = scaler.sync(now, replicas, mature, usage, rate, backlog)
            limited = scaler.limited
        rate = next_rate
        if replicas > before:
            counts = max(min(now + startup + window, now + initialization), now + startup)
            young.append([now + startup, counts, replicas - before])
        elif replicas < before:
            mature -= _remove(young, before - replicas)
        if replicas != before:
            events += 1
            towards = 1 if replicas > before else -1
            if towards == -direction and now - changed_at <= FLAP:
                flaps += 1
            direction, changed_at = towards, now
            peak = max(peak, replicas)
        end, serving, pod_seconds = now + step, mature, mature * step
        for batch in young:
            ready_at = batch[0]
            if ready_at < end:
                serving += int(batch[2])
                pod_seconds += batch[2] * (end - (ready_at if ready_at > now else now))
        can, served = pod_seconds * capacity, backlog + rate * step
        if served > can:
            backlog, served = served - can, can
            bearable = patience * serving * capacity
            if backlog > bearable:
                unmet += backlog - bearable
                backlog = bearable
            overload += step
            wait = backlog / (serving * capacity) if serving else 0.0
            waited += backlog * step
            if wait > longest_wait:
                longest_wait = wait
        else:
            backlog = 0.0
        usage = ceil(served / can * full) if can else 0
        utilization = usage * 100 // request if request else 0
        if utilization > limit:
            over_target += step
        replica_seconds += replicas * step
        served_each.append(served)
        series.append((now, rate, utilization, before, replicas, limited))
    return SideRun(
        series=series,
        served=served_each,
        requests=sum(load) * step,
        unmet=unmet,
        replica_seconds=replica_seconds,
        peak=peak,
        overload_seconds=overload,
        over_target_seconds=over_target,
        longest_wait=longest_wait,
        waited=waited,
        scale_events=events,
        flaps=flaps,
        seconds=len(load) * step,
    )


def _remove(young: deque[list[float]], surplus: int) -> int:
    """Take the youngest away; give how many of the others must go too."""
    while young and surplus:
        taken = min(surplus, int(young[-1][2]))
        young[-1][2] -= taken
        surplus -= taken
        if not young[-1][2]:
            young.pop()
    return surplus
