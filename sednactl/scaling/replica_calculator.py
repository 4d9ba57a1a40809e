"""How many replicas one reading asks for: ratio, tolerance, and what is assumed of pods without a reading.

Mirrors the replica calculator of the HorizontalPodAutoscaler controller of
Kubernetes 1.30 to 1.32. Usages and average targets are in thousandths,
utilizations in percent of the request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sednactl.scaling.controller_numbers import divided, ratio_of, replicas_from, usage_from
from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.pod_groups import PodGroups, group_pods, is_serving
from sednactl.scaling.readings import NoReading, PodReading, PodReadings
from sednactl.sedna.quantity import milli_units

Json = dict[str, Any]
Outcome = Literal["within tolerance", "would turn", "computed"]


@dataclass(frozen=True)
class Measure:
    """What readings come to: their ratio to the target, the usage (percent or thousandths), its average in thousandths."""

    ratio: float
    usage: int
    average: int


@dataclass(frozen=True)
class Calculation:
    """Replicas that one metric asks for, and how they came about.

    `counted` is the number the ratio was multiplied with. Where pods were not
    ready or had no reading, `assumed` says what was assumed of each (thousandths)
    and `second` is the ratio that came of it, which then decides.
    """

    replicas: int
    measured: Measure
    outcome: Outcome
    counted: int
    pods: PodGroups | None = None
    assumed: Mapping[str, int] = field(default_factory=dict)
    second: float | None = None


def by_utilization(
    current: int,
    target: int,
    resource: str,
    pods: Sequence[Json],
    readings: PodReadings,
    container: str,
    now: float,
    settings: ControllerSettings,
) -> Calculation:
    """Aim at `target` percent of the pods' requests. Raises NoReading as the controller would fail."""
    groups, counting = _counting(pods, readings, resource, now, settings)
    requests = _requests(pods, container, resource)

    def measure(usages: Mapping[str, PodReading]) -> Measure:
        known = [name for name in usages if name in requests]
        used, requested = sum(usages[name].value for name in known), sum(requests[name] for name in known)
        if requested == 0:
            raise NoReading("no metrics returned matched known pods")
        utilization = divided(used * 100, requested)
        return Measure(ratio_of(utilization, target), utilization, divided(used, len(known)))

    def guess(name: str) -> int:
        return divided(requests[name] * max(100, target), 100)

    return _calculate(current, groups, counting, measure, guess, settings.tolerance)


def by_average(
    current: int,
    target: int,
    resource: str,
    pods: Sequence[Json],
    readings: PodReadings,
    now: float,
    settings: ControllerSettings,
) -> Calculation:
    """Aim at `target` thousandths a pod; `resource` is empty for a custom metric."""
    groups, counting = _counting(pods, readings, resource, now, settings)

    def measure(usages: Mapping[str, PodReading]) -> Measure:
        average = divided(sum(reading.value for reading in usages.values()), len(usages))
        return Measure(ratio_of(average, target), average, average)

    return _calculate(current, groups, counting, measure, lambda _: target, settings.tolerance)


def by_total(
    current: int, usage: int, target: int, pods: Sequence[Json], settings: ControllerSettings
) -> Calculation:
    """Aim at `target` for the sum, counting the pods that serve; from zero replicas the ratio alone counts."""
    ratio = ratio_of(usage, target)
    measured = Measure(ratio, usage, usage)
    if current == 0:
        return Calculation(replicas_from(ratio), measured, "computed", 1)
    if abs(1.0 - ratio) <= settings.tolerance:
        return Calculation(current, measured, "within tolerance", current)
    if not pods:
        raise NoReading(
            "unable to calculate ready pods: no pods returned by selector while calculating replica count"
        )
    serving = sum(map(is_serving, pods))
    return Calculation(replicas_from(ratio * float(serving)), measured, "computed", serving)


def by_share(replicas: int, usage: int, target: int, settings: ControllerSettings) -> Calculation:
    """Aim at `target` for each replica that the target's status reports; pods are not looked at."""
    ratio = ratio_of(usage, target * replicas)
    measured = Measure(ratio, usage_from(ratio_of(usage, replicas)), usage)
    if abs(1.0 - ratio) > settings.tolerance:
        return Calculation(replicas_from(ratio_of(usage, target)), measured, "computed", replicas)
    return Calculation(replicas, measured, "within tolerance", replicas)


def _counting(
    pods: Sequence[Json], readings: PodReadings, resource: str, now: float, settings: ControllerSettings
) -> tuple[PodGroups, PodReadings]:
    if not pods:
        raise NoReading("no pods returned by selector while calculating replica count")
    groups = group_pods(pods, readings, resource, now, settings)
    counting = {
        name: reading
        for name, reading in readings.items()
        if name not in groups.ignored and name not in groups.unready
    }
    if not counting:
        raise NoReading("did not receive metrics for targeted pods (pods might be unready)")
    return groups, counting


def _calculate(
    current: int,
    pods: PodGroups,
    counting: PodReadings,
    measure: Callable[[Mapping[str, PodReading]], Measure],
    guess: Callable[[str], int],
    tolerance: float,
) -> Calculation:
    measured = measure(counting)
    ratio = measured.ratio
    growing_unready = bool(pods.unready) and ratio > 1.0
    if not growing_unready and not pods.missing:
        if abs(1.0 - ratio) <= tolerance:
            return Calculation(current, measured, "within tolerance", len(pods.ready), pods)
        replicas = replicas_from(ratio * float(len(pods.ready)))
        return Calculation(replicas, measured, "computed", len(pods.ready), pods)
    assumed: dict[str, int] = {}
    if ratio < 1.0:
        assumed.update((name, guess(name)) for name in pods.missing)
    elif ratio > 1.0:
        assumed.update(dict.fromkeys(pods.missing, 0))
    if growing_unready:
        assumed.update(dict.fromkeys(pods.unready, 0))
    filled = counting | {name: PodReading(value) for name, value in assumed.items()}
    second, counted = measure(filled).ratio, len(filled)

    def ending(replicas: int, outcome: Outcome) -> Calculation:
        return Calculation(replicas, measured, outcome, counted, pods, assumed, second)

    if abs(1.0 - second) <= tolerance:
        return ending(current, "within tolerance")
    if (ratio < 1.0 < second) or (second < 1.0 < ratio):
        return ending(current, "would turn")
    replicas = replicas_from(second * float(counted))
    if (second < 1.0 and replicas > current) or (second > 1.0 and replicas < current):
        return ending(current, "would turn")
    return ending(replicas, "computed")


def _requests(pods: Iterable[Json], container: str, resource: str) -> dict[str, int]:
    """Give what each pod's long-running containers (or one of them) request, in thousandths."""
    found = {}
    for pod in pods:
        spec, name = pod.get("spec") or {}, pod["metadata"]["name"]
        sidecars = [one for one in spec.get("initContainers") or () if one.get("restartPolicy") == "Always"]
        total = 0
        for one in (*(spec.get("containers") or ()), *sidecars):
            if container not in ("", one.get("name")):
                continue
            request = ((one.get("resources") or {}).get("requests") or {}).get(resource)
            if request is None:
                raise NoReading(
                    f"missing request for {resource} in container {one.get('name')} of Pod {name}"
                )
            total += milli_units(request)
        found[name] = total
    return found
