"""What Sedna's Local Controller reports of a learning job, and when its trigger fires. Pure.

Layout of the output directory and operators of triggers are those of v0.7.0.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

Json = dict[str, Any]

_NEARLY = 1e-6
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "gt": lambda value, threshold: value > threshold + _NEARLY,
    "ge": lambda value, threshold: value > threshold - _NEARLY,
    "eq": lambda value, threshold: abs(value - threshold) < _NEARLY,
    "ne": lambda value, threshold: abs(value - threshold) >= _NEARLY,
    "le": lambda value, threshold: value < threshold + _NEARLY,
    "lt": lambda value, threshold: value < threshold - _NEARLY,
}
_SIGNS = {">": "gt", ">=": "ge", "=": "eq", "==": "eq", "!=": "ne", "<=": "le", "<": "lt"}
SAMPLES_METRIC = "num_of_samples"


def fires(trigger: Mapping[str, Any], samples: int, now: datetime) -> bool:
    """Tell whether a training trigger fires for so many new samples.

    Only the metric `num_of_samples` is known; another one, or an operator that
    is none, never fires. `timer` is compared as text with the time of day.
    """
    condition = trigger.get("condition") or {}
    operator = str(condition.get("operator", ""))
    compare = _COMPARE.get(_SIGNS.get(operator, operator))
    if condition.get("metric") != SAMPLES_METRIC or compare is None:
        return False
    timer = trigger.get("timer")
    if timer:
        start, end, clock = str(timer.get("start", "")), str(timer.get("end", "")), now.strftime("%H:%M")
        inside = start <= clock <= end if start <= end else clock >= start or clock <= end
        if not inside:
            return False
    return compare(float(samples), float(condition.get("threshold", 0)))


def rounds(conditions: Sequence[Mapping[str, Any]]) -> int:
    """Give how many trainings were begun."""
    return sum((one["stage"], one["type"]) == ("Train", "Ready") for one in conditions)


def ready(job: Mapping[str, Any], stage: str, round_: int, initial_url: str) -> str:
    """Give the data of the report that a stage can begin: what it works on, and where to put what it makes."""
    output = job["spec"]["outputDir"].rstrip("/")
    part = "train" if stage == "Train" else "eval"
    given: Json = {"dataURL": f"{output}/data/{part}/{round_}/data.txt"}
    trained = {"format": "", "url": _trained(output, round_), "classes": None}
    initial = {"format": "", "url": initial_url, "classes": None}
    if stage == "Train":
        given["outputDir"] = f"{output}/train/{round_}"
        given["models"] = [initial] if initial_url else []
    else:
        given["models"] = [trained, initial] if initial_url else [trained]
        given["outputDir"] = f"{output}/eval/{round_}"
    return json.dumps({"input": given}, separators=(",", ":"))


def completed(job: Mapping[str, Any], stage: str, round_: int) -> str:
    """Give the data of the report that a stage has ended well: the model it made or judged."""
    output = job["spec"]["outputDir"].rstrip("/")
    model: Json = {"format": "", "url": _trained(output, round_), "classes": None}
    if stage == "Eval":
        model["metrics"] = {"precision": [0.9]}
    return json.dumps({"output": {"models": [model]}}, separators=(",", ":"))


def _trained(output: str, round_: int) -> str:
    return f"{output}/train/{round_}/model"
