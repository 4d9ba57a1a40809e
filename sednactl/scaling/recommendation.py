"""The cheapest autoscaler of each side that meets a goal under a load, found by trying.

The edge comes first, since what it serves is what the cloud gets. Candidates
differ in CPU target, least replicas and scale-down window; every one is
simulated whole. Of equally cheap ones the calmer wins, then the higher target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sednactl.scaling.comparison import Prices
from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.processes import worked_off
from sednactl.scaling.service_plan import Variant
from sednactl.scaling.simulation import Plan, SidePlan, SideRun, run_side
from sednactl.scaling.variants import with_settings

Json = dict[str, Any]

TARGETS = tuple(range(20, 100, 10))
LEASTS = (1, 2, 3, 4)
WINDOWS = (60, 300, 600)
USUAL_WINDOW = 300


@dataclass(frozen=True)
class Wish:
    """What a side must keep: shares of time overloaded and of requests unmet, seconds of waiting, flaps.

    None: no bound.
    """

    overload: float = 0.01
    unmet: float = 0.001
    wait: float | None = None
    flaps: int | None = None


@dataclass(frozen=True)
class Candidate:
    """One way to scale a side, as settings of `--cloud-hpa`, and what came of it. `broken` says what it does not keep."""

    settings: Mapping[str, str | int]
    run: SideRun
    broken: tuple[str, ...]

    @property
    def hours(self) -> float:
        """Give the replica-hours it took."""
        return self.run.replica_seconds / 3600

    def as_json(self, side: str, prices: Prices) -> Json:
        """Give the machine-readable shape."""
        run = self.run
        return {
            "hpa": dict(self.settings),
            "replica_hours": round(self.hours, 4),
            "cost": round(prices.of(side, run.replica_seconds), 6),
            "overload_share": round(run.overload_seconds / max(run.seconds, 1), 6),
            "unmet_share": round(_unmet(run), 6),
            "longest_wait_seconds": round(run.longest_wait, 3),
            "peak_replicas": run.peak,
            "scale_events": run.scale_events,
            "flaps": run.flaps,
            "broken": list(self.broken),
        }


@dataclass(frozen=True)
class Recommended:
    """A side's answer. `best` is None when nothing keeps the wish; `cheaper` would cost less and does not keep it.

    `nearest` is the one that comes closest where there is no best.
    """

    side: str
    best: Candidate | None
    second: Candidate | None
    cheaper: Candidate | None
    nearest: Candidate
    present: Candidate
    tried: int


Build = Callable[[Variant], Plan]


def recommend(
    variant: Variant,
    build: Build,
    wish: Wish,
    caps: Mapping[str, int],
    done: Callable[[], object],
    *,
    processes: int = 1,
) -> tuple[Recommended, Recommended]:
    """Search both sides. `build` makes a variant's plan; `caps` are the most replicas a side may have."""
    plan = build(variant)
    edge = _search("edge", variant, build, plan.edge_load, wish, caps["edge"], done, processes)
    chosen = edge.best or edge.nearest
    share = plan.hard_share / plan.step
    passed_on = [share * served + own for served, own in zip(chosen.run.served, plan.cloud_load, strict=True)]
    return edge, _search("cloud", variant, build, passed_on, wish, caps["cloud"], done, processes)


def candidates() -> Iterator[Mapping[str, str | int]]:
    """Give the settings that are tried, without max."""
    for target in TARGETS:
        for least in LEASTS:
            for window in WINDOWS:
                found: dict[str, str | int] = {"min": least, "cpu": f"{target}%"}
                if window != USUAL_WINDOW:
                    found["down-window"] = window
                yield found


def count(caps: Mapping[str, int]) -> int:
    """Give how many candidates both sides have together."""
    return sum(1 for cap in caps.values() for one in candidates() if int(one["min"]) <= cap)


@dataclass(frozen=True)
class _Trial:
    """One candidate to be run, complete enough for another process."""

    plan: SidePlan
    load: Sequence[float]
    step: float
    controller: ControllerSettings


def _run(trial: _Trial) -> SideRun:
    return replace(run_side(trial.plan, trial.load, trial.step, trial.controller), series=[])


def _summed(trial: _Trial) -> SideRun:
    return replace(_run(trial), served=[])


def _search(
    side: str,
    variant: Variant,
    build: Build,
    load: Sequence[float],
    wish: Wish,
    cap: int,
    done: Callable[[], object],
    processes: int,
) -> Recommended:
    bare = replace(variant, hpas={**variant.hpas, side: None}, replicas={})

    def trial(chosen: Variant) -> _Trial:
        plan = build(chosen)
        return _Trial(plan.edge if side == "edge" else plan.cloud, load, plan.step, plan.settings)

    def scaled(settings: Mapping[str, str | int]) -> _Trial:
        return trial(with_settings(bare, [(f"{side}.{key}", value) for key, value in settings.items()]))

    def whole(settings: Mapping[str, str | int]) -> Candidate:
        """Run a candidate once more, for what it served too."""
        run = _run(scaled(settings))
        return Candidate(settings, run, tuple(_broken(run, wish)))

    # As much room as there is; the bound is drawn in once it shows how much is used.
    choices = [{"min": one["min"], "max": cap, **one} for one in candidates() if int(str(one["min"])) <= cap]
    trials = [scaled(settings) for settings in choices]
    runs = worked_off(_summed, trials, len(trials) * len(load), processes=processes, done=done)
    found = [
        Candidate(settings, run, tuple(_broken(run, wish)))
        for settings, run in zip(choices, runs, strict=True)
    ]
    ordered = sorted(found, key=_order)
    keeping = [one for one in ordered if not one.broken]
    best = _drawn_in(keeping[0], cap, whole) if keeping else None
    cheaper = [one for one in ordered if one.broken and best is not None and one.hours < best.hours]
    nearest = min(found, key=lambda one: (_excess(one.run, wish), _order(one)))
    present = _run(trial(variant))
    return Recommended(
        side,
        best,
        next((one for one in keeping[1:] if one.hours > keeping[0].hours), None),
        cheaper[-1] if cheaper else None,
        whole(nearest.settings) if best is None else nearest,
        Candidate({}, present, tuple(_broken(present, wish))),
        len(found),
    )


def _drawn_in(best: Candidate, cap: int, whole: Callable[[Mapping[str, str | int]], Candidate]) -> Candidate:
    """Draw max in to what was used and a quarter more, if that changes nothing for the worse."""
    peak = best.run.peak
    drawn = whole({**best.settings, "max": min(cap, peak + max(1, -(-peak // 4)))})
    return whole(best.settings) if drawn.broken else drawn


def _order(one: Candidate) -> tuple[float, int, int]:
    return (
        one.run.replica_seconds,
        one.run.scale_events,
        -int(str(one.settings.get("cpu", "0")).rstrip("%")),
    )


def _unmet(run: SideRun) -> float:
    return run.unmet / run.requests if run.requests else 0.0


def _broken(run: SideRun, wish: Wish) -> Iterator[str]:
    overload = run.overload_seconds / max(run.seconds, 1.0)
    if overload > wish.overload:
        yield f"overloaded {overload:.2%} of the time, more than {wish.overload:.2%}"
    if _unmet(run) > wish.unmet:
        yield f"{_unmet(run):.2%} of requests unmet, more than {wish.unmet:.2%}"
    if wish.wait is not None and run.longest_wait > wish.wait:
        yield f"waits of {run.longest_wait:.1f}s, longer than {wish.wait:g}s"
    if wish.flaps is not None and run.flaps > wish.flaps:
        yield f"{run.flaps} flaps, more than {wish.flaps}"


def _excess(run: SideRun, wish: Wish) -> float:
    overload = run.overload_seconds / max(run.seconds, 1.0)
    excess = max(0.0, overload - wish.overload) + max(0.0, _unmet(run) - wish.unmet)
    if wish.wait is not None:
        excess += max(0.0, run.longest_wait - wish.wait) / 3600
    if wish.flaps is not None:
        excess += max(0, run.flaps - wish.flaps) / 1000
    return excess
