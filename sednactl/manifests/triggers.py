"""When a learning job trains and deploys: `num_of_samples>=500`, `precision_delta[0]>0.1`, `02:00-24:00`.

Source: the local controller of Sedna v0.7.0. It knows one metric for training, takes
the figures of an evaluation as lists, never says that a condition cannot come true,
and compares times as texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sednactl.errors import InvalidInput

Json = dict[str, Any]
TRAIN_METRIC = "num_of_samples"
_CONDITION = re.compile(
    r"\s*([^\s<>=!]+)\s*(>=|<=|==|!=|=|>|<|\b(?:gt|ge|eq|ne|le|lt)\b)\s*(-?[0-9]*\.?[0-9]+)\s*\Z"
)
_INDEXED = re.compile(r".*\[[0-9]+\]\Z", re.DOTALL)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})\Z")


def train_trigger(values: Mapping[str, Any], where: str) -> Json:
    """Give the trigger of a training, empty without one. Raises InvalidInput for a metric that never starts one."""
    if "when" not in values:
        return {}
    condition = _condition(values.get("when"), f"{where}.when", "num_of_samples>=500")
    if condition["metric"] != TRAIN_METRIC:
        raise InvalidInput(
            f"{where}.when: nothing but {TRAIN_METRIC} starts a training, {condition['metric']!r} never would",
            hint=f"write {TRAIN_METRIC}>=500",
        )
    return _trigger(condition, values, where)


def deploy_trigger(values: Mapping[str, Any], where: str) -> Json:
    """Give the trigger of a deployment, empty without one.

    Sedna counts a metric without an index as 0, so the first value is meant by it.
    Raises InvalidInput for an index that crashes the local controller.
    """
    if "when" not in values:
        return {}
    condition = _condition(values.get("when"), f"{where}.when", "precision_delta[0]>0.1")
    metric = condition["metric"]
    if "[" not in metric and "]" not in metric:
        condition["metric"] = f"{metric}[0]"
    elif not _INDEXED.match(metric):
        raise InvalidInput(
            f"{where}.when: {metric!r} has no index that counts from 0 on", hint="write precision_delta[0]"
        )
    return _trigger(condition, values, where)


def _trigger(condition: Json, values: Mapping[str, Any], where: str) -> Json:
    hours = values.get("hours")
    return {"condition": condition} | ({} if hours is None else {"timer": _hours(hours, f"{where}.hours")})


def _condition(said: Any, where: str, example: str) -> Json:
    if isinstance(said, Mapping):
        return {key: said.get(key) for key in ("metric", "operator", "threshold")}
    found = _CONDITION.match(str(said))
    if found is None:
        raise InvalidInput(
            f"{where}: {str(said)!r} is no condition", hint=f"write METRIC>NUMBER, e.g. {example}"
        )
    metric, operator, number = found.groups()
    return {
        "metric": metric,
        "operator": operator,
        "threshold": float(number) if "." in number else int(number),
    }


def _hours(said: Any, where: str) -> Json:
    if isinstance(said, Mapping):
        start, end = said.get("start"), said.get("end")
    else:
        start, dash, end = str(said).partition("-")
        if not dash:
            raise InvalidInput(
                f"{where}: {said!r} is no time of day", hint="write START-END, e.g. 02:00-24:00"
            )
    return {"start": _time(start, where), "end": _time(end, where)}


def _time(text: Any, where: str) -> str:
    """Give a time with both digits of the hour, as the text that Sedna compares."""
    found = _TIME.match(str(text).strip())
    hour, minute = (int(part) for part in found.groups()) if found else (99, 99)
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise InvalidInput(
            f"{where}: {str(text)!r} is no time of day", hint="write HH:MM, from 00:00 to 24:00"
        )
    return f"{hour:02}:{minute:02}"
