"""A decision retold one step a line: measured, compared, assumed, stabilized, limited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sednactl.scaling.decision import Decision
from sednactl.scaling.metrics import ScaleMetric
from sednactl.scaling.normalization import Normalized
from sednactl.scaling.proposals import Proposal
from sednactl.scaling.rate_limits import at_start
from sednactl.scaling.replica_calculator import Calculation
from sednactl.sedna.quantity import canonical

_MOST_NAMED = 3
"""How many pods a step names before it only counts them."""


@dataclass(frozen=True)
class Step:
    """One step. `before` and `after` are replicas, None where the step does not speak of them.

    `step` is a stable word for scripts: bounds, disabled, selector, measured,
    failed, left-out, ratio, tolerance, assumed, proposal, chosen, window, rate,
    limit, result.
    """

    step: str
    because: str
    before: int | None = None
    after: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the machine-readable shape that the command line promises."""
        return {"step": self.step, "from": self.before, "to": self.after, "because": self.because}


def steps_of(decision: Decision, tolerance: float) -> tuple[Step, ...]:
    """Give every step of a decision, in the order in which the controller takes them."""
    return tuple(_steps(decision, tolerance))


def _steps(decision: Decision, tolerance: float) -> Iterator[Step]:
    current, least, most = decision.current, decision.frame.least, decision.frame.most
    reasons = {str(item.get("type")): item for item in decision.conditions}
    able, active = reasons.get("AbleToScale", {}), reasons.get("ScalingActive", {})
    if able.get("reason") == "FailedGetScale":
        yield Step("result", f"{able.get('message')}: nothing is done", current, current)
        return
    if current == 0 and least != 0:
        yield Step("disabled", "the target has 0 replicas: autoscaling is off until somebody sets more", 0, 0)
        return
    if current > most or current < least:
        bound = f"more than the maximum {most}" if current > most else f"fewer than the minimum {least}"
        because = f"{current} {'is' if current == 1 else 'are'} {bound}: set to it at once, without looking at metrics"
        yield Step("bounds", because, current, decision.desired)
        return
    if not decision.proposals:
        yield Step("selector", f"{active.get('message', decision.error)}: nothing is done", current, current)
        return
    for metric, proposal in zip(decision.metrics, decision.proposals, strict=True):
        yield from _metric_steps(metric, proposal, current, tolerance)
    yield from _choice(decision)
    if decision.normalized is None or decision.asked is None:
        return
    yield from _frame_steps(decision, decision.normalized, max(decision.asked, 0))
    yield _result(decision)


def _metric_steps(metric: ScaleMetric, proposal: Proposal, current: int, tolerance: float) -> Iterator[Step]:
    found = proposal.calculation
    if found is None:
        yield Step("failed", f"{metric.name}: {proposal.reason}: {proposal.cause}")
        return
    yield Step("measured", f"{metric.name}: {_measured(metric, found)}")
    yield from _left_out(metric, found)
    measured = found.measured
    shown = f"{_plain(metric.current)} / {_plain(metric.target)} = {measured.ratio:.3f}"
    if metric.target_type == "Utilization" or metric.unit in ("m", "") or metric.current is None:
        yield Step("ratio", f"{metric.name}: {shown}")
    else:
        yield Step("ratio", f"{metric.name}: reading / target = {measured.ratio:.3f}")
    ratio = measured.ratio
    if found.second is not None:
        yield Step(
            "assumed", f"{metric.name}: {_assumed(metric, found)}; the ratio becomes {found.second:.3f}"
        )
        ratio = found.second
    distance = abs(1.0 - ratio)
    if found.outcome == "within tolerance":
        because = f"{metric.name}: {distance:.3f} from 1, within the tolerance of {tolerance:g}: as it is"
        yield Step("tolerance", because, current, found.replicas)
        return
    if found.outcome == "would turn":
        because = (
            f"{metric.name}: with what is assumed it would go the other way than the readings say: as it is"
        )
        yield Step("tolerance", because, current, found.replicas)
        return
    from_zero = metric.target_type == "Value" and current == 0
    if not from_zero:
        yield Step(
            "tolerance", f"{metric.name}: {distance:.3f} from 1, more than the tolerance of {tolerance:g}"
        )
    yield Step("proposal", f"{metric.name}: {_product(metric, found, ratio)}", current, found.replicas)


def _measured(metric: ScaleMetric, found: Calculation) -> str:
    if found.pods is None:
        about = f" of {metric.about}" if metric.about else ""
        share = ", a share for each replica" if metric.per_pod and metric.target_type != "Value" else ""
        return f"{_amount(metric, metric.current)}{about}{share}; target {_amount(metric, metric.target)}"
    count, missing = len(found.pods.ready), len(found.pods.missing)
    of = f" of {count + missing + len(found.pods.unready)}" if missing or found.pods.unready else ""
    pods = f"over {count}{of} pod{'' if count + missing == 1 and not of else 's'}"
    if metric.target_type == "Utilization":
        usage = _quantity(metric, found.measured.average)
        return f"{metric.current}% of the request ({usage} a pod) {pods}; target {metric.target}%"
    return f"{_amount(metric, metric.current)} a pod {pods}; target {_amount(metric, metric.target)}"


def _left_out(metric: ScaleMetric, found: Calculation) -> Iterator[Step]:
    if found.pods is None:
        return
    for pods in (found.pods.ignored, found.pods.unready, found.pods.missing):
        for why in dict.fromkeys(pods.values()):
            names = [name for name, reason in pods.items() if reason == why]
            yield Step("left-out", f"{metric.name}: {_names(names)}: {why}")


def _assumed(metric: ScaleMetric, found: Calculation) -> str:
    if not found.assumed:
        return "the readings are at the target, so nothing is assumed of the other pods"
    parts = []
    for value in dict.fromkeys(found.assumed.values()):
        names = [name for name, assumed in found.assumed.items() if assumed == value]
        what = "to use nothing" if value == 0 else f"to use {_quantity(metric, value)}"
        parts.append(f"{_names(names)} {what}")
    return f"assuming {', '.join(parts)}"


def _product(metric: ScaleMetric, found: Calculation, ratio: float) -> str:
    if found.pods is None and metric.target_type != "Value":
        return f"the whole divided by the target for each replica, rounded up, is {found.replicas}"
    pods = "pod" if found.counted == 1 else "pods"
    return f"{ratio:.3f} x {found.counted} {pods}, rounded up, is {found.replicas}"


def _choice(decision: Decision) -> Iterator[Step]:
    answers = [
        f"{metric.name} asks for {proposal.replicas}"
        for metric, proposal in zip(decision.metrics, decision.proposals, strict=True)
        if proposal.replicas is not None
    ]
    failed = len(decision.proposals) - len(answers)
    current = decision.current
    if decision.asked is None:
        if not answers:
            because = "no metric can be had: nothing is done"
        else:
            because = f"{failed} of {len(decision.proposals)} metrics failed, and nothing is removed on partial knowledge"
        yield Step("result", because, current, current)
    elif len(decision.proposals) > 1:
        yield Step("chosen", f"{', '.join(answers)}: the highest counts", current, decision.asked)


def _frame_steps(decision: Decision, normalized: Normalized, asked: int) -> Iterator[Step]:
    current, frame, stabilized = decision.current, decision.frame, normalized.stabilized
    window = frame.down_window
    if stabilized == asked:
        if asked < current:
            yield Step("window", f"within {window:g}s nothing higher was asked for", asked, stabilized)
        elif asked > current and frame.behavior is not None and frame.behavior.up.window:
            yield Step(
                "window",
                f"within {frame.behavior.up.window:g}s nothing lower was asked for",
                asked,
                stabilized,
            )
    elif normalized.able[0] == "ScaleUpStabilized" and frame.behavior is not None:
        because = f"the lowest of the last {frame.behavior.up.window:g}s counts"
        yield Step("window", because, asked, stabilized)
    else:
        because = f"the highest of the last {window:g}s counts"
        yield Step("window", because, asked, stabilized)
    if stabilized != current and normalized.rate is not None:
        yield Step("rate", _rate(decision, normalized), stabilized, _within_rate(decision, normalized))
    reason = normalized.limit[0]
    if reason == "TooManyReplicas":
        yield Step("limit", f"the maximum is {frame.most}", stabilized, normalized.replicas)
    elif reason == "TooFewReplicas":
        yield Step("limit", f"the minimum is {frame.least}", stabilized, normalized.replicas)


def _within_rate(decision: Decision, normalized: Normalized) -> int:
    rate = normalized.rate if normalized.rate is not None else normalized.stabilized
    if normalized.stabilized > decision.current:
        return min(normalized.stabilized, rate)
    return max(normalized.stabilized, rate) if decision.frame.behavior is not None else normalized.stabilized


def _rate(decision: Decision, normalized: Normalized) -> str:
    frame, current, rate = decision.frame, decision.current, normalized.rate
    if frame.behavior is None:
        if normalized.stabilized < current:
            return "without a behavior nothing limits how fast replicas go"
        return f"without a behavior at most twice {current}, at least 4, at once: {rate}"
    up = normalized.stabilized > current
    rules = frame.behavior.up if up else frame.behavior.down
    if rules.select == "Disabled":
        return f"scaling {'up' if up else 'down'} is disabled"
    history = decision.before
    parts = []
    for policy in rules.policies:
        start = at_start(current, history.ups, history.downs, policy, decision.now)
        unit = "%" if policy.type == "Percent" else " pods" if policy.value != 1 else " pod"
        parts.append(f"{policy.value}{unit} in {policy.period}s from {start}")
    which = {"Min": "the smallest", "Max": "the largest"}.get(rules.select, "the largest")
    several = f", {which} counts" if len(rules.policies) > 1 else ""
    return f"policy {' or '.join(parts)}{several}: {'up' if up else 'down'} to {rate}"


def _result(decision: Decision) -> Step:
    current, desired = decision.current, decision.desired
    if desired == current:
        return Step("result", f"{current} replicas stay", current, desired)
    verb = "added" if desired > current else "removed"
    return Step("result", f"{abs(desired - current)} {verb}", current, desired)


def _names(names: list[str]) -> str:
    if len(names) <= _MOST_NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"


def _plain(number: int | float | None) -> str:
    return "?" if number is None else f"{number:g}" if isinstance(number, float) else str(number)


def _amount(metric: ScaleMetric, number: int | float | None) -> str:
    if number is None:
        return "unknown"
    if metric.unit == "bytes":
        return _bytes(number)
    return f"{_plain(number)}{metric.unit}"


def _quantity(metric: ScaleMetric, thousandths: int) -> str:
    if "memory" in metric.name or "storage" in metric.name:
        return _bytes(thousandths / 1000)
    if metric.name.rpartition("/")[2] == "cpu":
        return f"{thousandths}m"
    return canonical(thousandths * 10**6)


def _bytes(number: int | float) -> str:
    for power, suffix in ((40, "Ti"), (30, "Gi"), (20, "Mi"), (10, "Ki")):
        if number >= 2**power:
            return f"{round(number / 2**power, 1):g}{suffix}"
    return f"{number:g}"


def changed_replicas(step: Mapping[str, Any] | Step) -> str:
    """Write a step's replicas: `3 -> 6`, `3` where they stay, nothing where it does not speak of them."""
    before, after = (
        (step.before, step.after) if isinstance(step, Step) else (step.get("from"), step.get("to"))
    )
    if after is None:
        return ""
    return str(after) if before in (None, after) else f"{before} -> {after}"
