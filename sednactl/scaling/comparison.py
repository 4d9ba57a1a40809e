"""What came of simulated variants: sums by side and variant, gates, the machine-readable report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sednactl.scaling.processes import worked_off
from sednactl.scaling.simulation import Plan, Run, SideRun, simulate

Json = dict[str, Any]
SIDES = ("edge", "cloud")


@dataclass(frozen=True)
class Prices:
    """What a replica costs an hour, by side."""

    edge: float = 0.0
    cloud: float = 0.0

    @property
    def given(self) -> bool:
        """Tell whether anything costs anything."""
        return bool(self.edge or self.cloud)

    def of(self, side: str, replica_seconds: float) -> float:
        """Give the cost of so many replica-seconds."""
        return replica_seconds / 3600 * (self.edge if side == "edge" else self.cloud)


@dataclass(frozen=True)
class Totals:
    """A variant as a whole; shares are between 0 and 1."""

    replica_hours: float
    unmet_share: float
    over_target_share: float
    flaps: int
    scale_events: int
    peak: int
    cost: float


@dataclass(frozen=True)
class Gate:
    """A bound that a variant's totals must keep; `figure` is one of `GATES`."""

    figure: str
    most: float


GATES: Mapping[str, Callable[[Totals], float]] = {
    "max-unmet": lambda totals: totals.unmet_share,
    "max-over-target": lambda totals: totals.over_target_share,
    "max-flaps": lambda totals: totals.flaps,
    "max-replica-hours": lambda totals: totals.replica_hours,
    "max-cost": lambda totals: totals.cost,
}


@dataclass(frozen=True)
class Broken:
    """A gate that a variant did not keep."""

    variant: str
    figure: str
    most: float
    found: float


def side_of(run: Run, side: str) -> SideRun:
    """Give one side of a run."""
    return run.edge if side == "edge" else run.cloud


def totals_of(run: Run, prices: Prices) -> Totals:
    """Sum a variant up: replicas of both sides; unmet requests as a share of all that reached a side.

    Over target is the worse side's share of time.
    """
    edge, cloud = run.edge, run.cloud
    requests = edge.requests + cloud.requests
    seconds = max(edge.seconds, 1.0)
    return Totals(
        replica_hours=(edge.replica_seconds + cloud.replica_seconds) / 3600,
        unmet_share=(edge.unmet + cloud.unmet) / requests if requests else 0.0,
        over_target_share=max(edge.over_target_seconds, cloud.over_target_seconds) / seconds,
        flaps=edge.flaps + cloud.flaps,
        scale_events=edge.scale_events + cloud.scale_events,
        peak=edge.peak + cloud.peak,
        cost=prices.of("edge", edge.replica_seconds) + prices.of("cloud", cloud.replica_seconds),
    )


def broken_gates(run: Run, gates: Sequence[Gate], prices: Prices) -> Iterator[Broken]:
    """Give the gates that a variant did not keep."""
    totals = totals_of(run, prices)
    for gate in gates:
        found = GATES[gate.figure](totals)
        if found > gate.most:
            yield Broken(run.name, gate.figure, gate.most, found)


def runs_of(plans: Sequence[Plan], *, series: bool, processes: int, done: Callable[[], object]) -> list[Run]:
    """Simulate all plans in their order; in several processes where that is worth it. `done` is called after each.

    Without `series` the runs carry their sums only.
    """
    steps = sum(len(plan.edge_load) + len(plan.cloud_load) for plan in plans)
    return worked_off(simulate if series else summed, plans, steps, processes=processes, done=done)


def summed(plan: Plan) -> Run:
    """Simulate a plan and keep the sums only."""
    run = simulate(plan)
    edge, cloud = (replace(side, series=[], served=[]) for side in (run.edge, run.cloud))
    return replace(run, edge=edge, cloud=cloud)


def report(runs: Sequence[Run], prices: Prices, about: Json, broken: Sequence[Broken]) -> Json:
    """Give the machine-readable shape that the command line promises (Simulation)."""
    return {
        "apiVersion": "sednactl.io/v1",
        "kind": "Simulation",
        **about,
        "variants": [_variant(run, prices) for run in runs],
        "broken": [
            {"variant": one.variant, "gate": one.figure, "most": one.most, "found": _round(one.found)}
            for one in broken
        ],
    }


def _variant(run: Run, prices: Prices) -> Json:
    totals = totals_of(run, prices)
    return {
        "name": run.name,
        "totals": {key: _round(value) for key, value in vars(totals).items()},
        "sides": {
            side: {
                "series": [_point(point) for point in side_of(run, side).series],
                "summary": _summary(side, side_of(run, side), prices),
            }
            for side in SIDES
        },
    }


def _point(point: tuple[float, float, int, int, int, str | None]) -> Json:
    at, load, utilization, replicas, desired, limited = point
    return {
        "t": _round(at),
        "load": _round(load),
        "utilization": utilization,
        "replicas": replicas,
        "desired": desired,
        "limited": limited,
    }


def _summary(side: str, run: SideRun, prices: Prices) -> Json:
    figures = {
        "replica_seconds": run.replica_seconds,
        "peak_replicas": run.peak,
        "overload_seconds": run.overload_seconds,
        "over_target_seconds": run.over_target_seconds,
        "requests": run.requests,
        "unmet_requests": run.unmet,
        "longest_wait_seconds": run.longest_wait,
        "mean_wait_seconds": run.waited / run.requests if run.requests else 0.0,
        "scale_events": run.scale_events,
        "flaps": run.flaps,
        "cost": prices.of(side, run.replica_seconds),
    }
    return {key: _round(value) for key, value in figures.items()}


def _round(value: float) -> float:
    """Cut what floats add of their own, and write whole numbers as such."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded
