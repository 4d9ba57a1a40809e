"""When incremental and lifelong learning begins a stage: triggers that never fire, always fire, or crash.

Source: the local controller of Sedna 0.7 (trigger.go and the managers of both kinds of job).
Nothing checks a trigger before the local controller reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sednactl.records import Record
from sednactl.validation.rulebook import page, rule
from sednactl.validation.shape import has, mapping, text
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

if TYPE_CHECKING:
    from sednactl.manifests.document import Document

LEARNING = ("IncrementalLearningJob", "LifelongLearningJob")
OPERATORS = {
    "gt": ">", ">": ">", "ge": ">=", ">=": ">=", "eq": "==", "=": "==", "==": "==",
    "ne": "!=", "!=": "!=", "le": "<=", "<=": "<=", "lt": "<", "<": "<",
}  # fmt: skip
"""Every operator that the local controller knows, with the sign it stands for."""
TRAIN_METRIC = "num_of_samples"
OTHER_SPELLINGS = {"=>": "ge", "=<": "le", "<>": "ne", "gte": "ge", "lte": "le", "neq": "ne"}
"""How other languages write the same, and Sedna does not."""


class Trigger(Record):
    """One trigger: the stage it begins, where it stands, and what it says."""

    stage: str
    path: tuple[Any, ...]
    spec: dict[str, Any]

    @property
    def metric(self) -> str:
        """Give the metric of its condition."""
        return text(mapping(self.spec, "condition"), "metric")


def triggers_of(workload: Workload) -> Iterator[Trigger]:
    """Give the triggers of a job: for training, and for deploying where the kind has one."""
    for stage in ("train", "deploy"):
        spec = mapping(mapping(workload.spec, f"{stage}Spec"), "trigger")
        if spec:
            yield Trigger(stage, ("spec", f"{stage}Spec", "trigger"), spec)


@rule("SDN501", "error", *LEARNING)
def operator_is_known(workload: Workload) -> Iterator[Problem]:
    """Trigger with an operator that is never true

    The local controller knows gt (>), ge (>=), eq (= or ==), ne (!=), le (<=) and lt (<), in lower
    case. Anything else counts as false, without a word, and the stage never begins.

    Wrong: GT, =>
    Right: gt, ">="
    """
    for trigger in triggers_of(workload):
        operator = mapping(trigger.spec, "condition").get("operator")
        if isinstance(operator, str) and operator not in OPERATORS and "$" not in operator:
            path = (*trigger.path, "condition", "operator")
            word = operator.strip().lower()
            near = OTHER_SPELLINGS.get(word, word)
            hint = f'write "{near}"' if near in OPERATORS else "one of gt, ge, eq, ne, le, lt"
            yield Problem("SDN501", path, f'the operator "{operator}" is never true', hint)


@rule("SDN502", "error", *LEARNING)
def train_metric_is_known(workload: Workload) -> Iterator[Problem]:
    """Training trigger with a metric that it never gets

    Before training only one figure exists: num_of_samples, how many new samples there are for
    training. A trigger on anything else, or on an index of it, never fires.
    """
    for trigger in triggers_of(workload):
        metric = mapping(trigger.spec, "condition").get("metric")
        if trigger.stage == "train" and isinstance(metric, str) and metric != TRAIN_METRIC:
            if "$" in metric or (metric.startswith(f"{TRAIN_METRIC}[") and _crash(trigger)):
                continue
            path = (*trigger.path, "condition", "metric")
            message = f'training is never triggered by "{metric}"'
            yield Problem("SDN502", path, message, f"the one metric for training is {TRAIN_METRIC}")


@rule("SDN509", "warning", *LEARNING)
def training_waits_for_samples(workload: Workload) -> Iterator[Problem]:
    """Training that does not wait for samples

    num_of_samples begins at 0 after each training. A condition that 0 fulfils begins the next one at
    once, on nothing, round after round. One that no number of samples fulfils never begins any. eq waits
    for one exact number, and samples come many at a time.

    Right:
      condition: {metric: num_of_samples, operator: ge, threshold: 500}
    """
    for trigger in triggers_of(workload):
        sign, threshold = _compared(trigger)
        if trigger.stage != "train" or trigger.metric != TRAIN_METRIC or not sign:
            continue
        path = (*trigger.path, "condition")
        said = f"{TRAIN_METRIC} {sign} {threshold:g}"
        if _true_at_zero(sign, threshold):
            message = f"{said} holds without a new sample: training begins again and again"
            yield Problem("SDN509", path, message, "e.g. operator ge, threshold 500", True)
        elif sign in ("<", "<=") or (sign == "==" and (threshold < 0 or threshold != int(threshold))):
            message = f"{said} never holds: no training begins"
            yield Problem("SDN509", path, message, "e.g. operator ge, threshold 500", True, "error")
        elif sign == "==":
            message = f"{said} holds at this very number only, and samples come many at a time"
            yield Problem("SDN509", path, message, "ge holds from there on", True)


@rule("SDN503", "warning", "IncrementalLearningJob")
def deploy_metric_has_an_index(workload: Workload) -> Iterator[Problem]:
    """Deployment trigger on a list instead of a number

    The evaluation reports every metric as a list, one figure for each class, and NAME_delta as
    what the new model has more than the old one. Without an index the value counts as 0: gt 0.1
    never deploys, lt 0.1 always does. Sedna's own examples have this trap. An index that is no
    whole number is never true, and neither is num_of_samples, which only training sees. The index
    comes last: nothing after it is read.

    Wrong: precision_delta
    Right: precision_delta[0]
    """
    for trigger in triggers_of(workload):
        metric = mapping(trigger.spec, "condition").get("metric")
        if trigger.stage != "deploy" or not isinstance(metric, str) or "$" in metric:
            continue
        path = (*trigger.path, "condition", "metric")
        name = metric.partition("[")[0].strip()
        if not name:
            message = f'the metric "{metric}" has no name' if metric.strip() else "the metric has no name"
            yield Problem("SDN503", path, message, "e.g. precision_delta[0]", level="error")
        elif name == TRAIN_METRIC:
            message = f'deployment is never triggered by "{metric}": only training sees that figure'
            yield Problem("SDN503", path, message, "e.g. precision_delta[0]", level="error")
        elif "[" not in metric:
            message = f'"{metric}" is a list and counts as 0: {_outcome(trigger)}'
            yield Problem("SDN503", path, message, f"write {metric}[0]")
        elif not _crash(trigger) and _index(metric) is None:
            message = f'the index in "{metric}" is no whole number, so the trigger is never true'
            yield Problem("SDN503", path, message, f"e.g. {metric.partition('[')[0]}[0]", level="error")
        elif not _crash(trigger) and (rest := metric[metric.rfind("]") + 1 :].strip()):
            index = metric[metric.find("[") : metric.rfind("]") + 1]
            message = f'"{rest}" in "{metric}" is not read: the figure is that of {name}{index}'
            right = f"{name}_delta{index}" if rest == "_delta" else f"{name}{index}"
            yield Problem("SDN503", path, message, f"write {right}")


def _outcome(trigger: Trigger) -> str:
    sign, threshold = _compared(trigger)
    if not sign:
        return "the trigger does not see it"
    return f"0 {sign} {threshold:g} is {'always' if _true_at_zero(sign, threshold) else 'never'} true"


def _compared(trigger: Trigger) -> tuple[str, float]:
    """Give the sign and the threshold of a condition; "" and 0 where it has no usable ones."""
    condition = mapping(trigger.spec, "condition")
    sign, threshold = OPERATORS.get(text(condition, "operator")), condition.get("threshold")
    if sign is None or isinstance(threshold, bool) or not isinstance(threshold, (int, float)):
        return "", 0
    return sign, threshold


def _true_at_zero(sign: str, threshold: float) -> bool:
    equal = abs(threshold) < 1e-6
    return {
        ">": not equal and threshold < 0,
        ">=": equal or threshold <= 0,
        "==": equal,
        "!=": not equal,
        "<=": equal or threshold >= 0,
        "<": not equal and threshold > 0,
    }[sign]


def _index(metric: str) -> int | None:
    inside = metric[metric.find("[") + 1 : metric.rfind("]")]
    digits = inside[1:] if inside[:1] in ("+", "-") else inside
    return int(inside) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def _crash(trigger: Trigger) -> str:
    metric = trigger.metric
    begin = metric.find("[")
    if begin < 0:
        return ""
    if metric.rfind("]") <= begin:
        return "']' is missing"
    index = _index(metric)
    return f"the index {index} is below 0" if trigger.stage == "deploy" and index and index < 0 else ""


@rule("SDN504", "error", *LEARNING)
def metric_crashes(workload: Workload) -> Iterator[Problem]:
    """Trigger that crashes the local controller

    With a negative index, or with "[" and no "]" after it, Sedna's local controller ends with a
    fault as soon as the metric is there, and takes every job of that node with it.

    Wrong: precision_delta[-1], precision_delta[0
    Right: precision_delta[0]
    """
    for trigger in triggers_of(workload):
        fault = _crash(trigger)
        if fault:
            path = (*trigger.path, "condition", "metric")
            message = f'"{trigger.metric}" crashes the local controller: {fault}'
            yield Problem("SDN504", path, message, f"write {trigger.metric.partition('[')[0].strip()}[0]")


@rule("SDN505", "error", *LEARNING)
def timer_is_a_time(workload: Workload) -> Iterator[Problem]:
    """Timer that is no time of the day

    start and end are compared as text with the node's local time, written HH:MM. "2:00" comes
    after "19:00" that way. end before start means the next day; 24:00 is right as an end.

    Wrong: 2:00, 7 pm, 02:00:00
    Right: "02:00"
    """
    for trigger in triggers_of(workload):
        timer = mapping(trigger.spec, "timer")
        times = {key: timer[key] for key in ("start", "end") if isinstance(timer.get(key), str)}
        wrong = False
        for key, time in times.items():
            if not _is_time(time) and (key, time) != ("end", "24:00") and "$" not in time:
                wrong = True
                padded = f"0{time}"
                hint = f'write "{padded}"' if _is_time(padded) else 'write it as "HH:MM", 00:00 to 23:59'
                message = f'"{time}" is no time that can be compared'
                yield Problem("SDN505", (*trigger.path, "timer", key), message, hint)
        if not wrong and len(times) == 2 and times["start"] == times["end"] and "$" not in times["end"]:
            message = f"the timer is open for one minute a day, at {times['start']}"
            hint = "leave timer out for any time"
            yield Problem("SDN505", (*trigger.path, "timer"), message, hint, True, "warning")


page(
    "SDN508",
    "info",
    """
    Time without quotes

    kubectl reads 24:00 as text, but to YAML 1.1 it is a number of minutes in base 60. Readers that
    go by that (PyYAML, and with it Ansible and many a script) make 1440 of it, which the API server
    refuses. Sedna's own examples have this trap.

    Wrong:
      end: 24:00
    Right:
      end: "24:00"
    """,
)


def unquoted_times(workload: Workload, document: Document) -> Iterator[Problem]:
    """Give the times that stand in a document's text without quotes and that other readers take for numbers."""
    for trigger in triggers_of(workload):
        timer = mapping(trigger.spec, "timer")
        for key in ("start", "end"):
            time = text(timer, key)
            if time[:1] not in ("1", "2") or not (_is_time(time) or time == "24:00"):
                continue  # a zero first makes it text to every reader
            path = (*trigger.path, "timer", key)
            place = document.locate(path)
            if document.source_line(place.line)[place.column - 1 :].startswith(time):
                hours, _, minutes = time.partition(":")
                message = f"some readers take {time} without quotes for {int(hours) * 60 + int(minutes)}"
                yield Problem("SDN508", path, message, f'write "{time}"')


def _is_time(text: str) -> bool:
    hours, colon, minutes = text.partition(":")
    if not (text.isascii() and colon and len(hours) == len(minutes) == 2):
        return False
    return hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60


@rule("SDN506", "error", *LEARNING)
def train_share(workload: Workload) -> Iterator[Problem]:
    """Share of samples for training that is no share

    trainProb says how many of the new samples are for training, from 0 to 1; the others are for
    evaluation. Outside that range the local controller cuts the list of samples beyond its end and
    crashes. At 0 nothing is left to train on, at 1 nothing to evaluate with.
    """
    share = mapping(workload.spec, "dataset").get("trainProb")
    if isinstance(share, bool) or not isinstance(share, (int, float)):
        return
    path = ("spec", "dataset", "trainProb")
    if not 0 <= share <= 1:
        message = f"trainProb {share:g} crashes the local controller: it is no share between 0 and 1"
        yield Problem("SDN506", path, message, "e.g. 0.8")
    elif share in (0, 1):
        what = "no sample is left for evaluation" if share else "no sample is for training"
        yield Problem("SDN506", path, f"trainProb {share:g}: {what}", "e.g. 0.8", level="warning")


@rule("SDN507", "info", *LEARNING)
def period_is_ignored(workload: Workload) -> Iterator[Problem]:
    """Setting of a learning job that does nothing

    checkPeriodSeconds is read and thrown away: the local controller looks every 10 seconds, and
    counts samples every 60. pollPeriodSeconds only matters with hotUpdateEnabled: true.
    """
    for trigger in triggers_of(workload):
        if has(trigger.spec, "checkPeriodSeconds"):
            message = f"checkPeriodSeconds {trigger.spec['checkPeriodSeconds']} has no effect"
            hint = "Sedna looks every 10 seconds; remove the line"
            yield Problem("SDN507", (*trigger.path, "checkPeriodSeconds"), message, hint, True)
    model = mapping(mapping(workload.spec, "deploySpec"), "model")
    if has(model, "pollPeriodSeconds") and model.get("hotUpdateEnabled") is not True:
        path = ("spec", "deploySpec", "model", "pollPeriodSeconds")
        message = (
            f"pollPeriodSeconds {model['pollPeriodSeconds']} has no effect without hotUpdateEnabled: true"
        )
        yield Problem("SDN507", path, message, "add it, or remove the line", True)
