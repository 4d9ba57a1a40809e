"""From an `hpa` block of the values to what autoscaling/v2 wants in `spec.*Worker.hpa`.

A block may say things shortly (`min`, `max`, `cpu: 20%`, `up-window: 0`), as
autoscaling/v2 does (`minReplicas`, `metrics`, `behavior`), or both; where the two
speak of the same thing the short form wins. What Kubernetes would refuse only
later, inside the Global Manager, is refused here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sednactl.errors import InvalidInput

ALIASES = {"min": "minReplicas", "max": "maxReplicas", "minReplicas": "min", "maxReplicas": "max"}
"""Keys of an `hpa` block that say the same as another one."""

DEFAULT_UTILIZATION = 80
"""What Kubernetes aims at (percent of the CPU request) when an autoscaler names no metric."""

_LONGEST_WINDOW = 3600
_LONGEST_PERIOD = 1800
_INT32 = 2**31 - 1
_SELECT = ("Max", "Min", "Disabled")

Json = dict[str, Any]


def autoscaler(block: Mapping[str, Any], side: str) -> Json:
    """Give `{minReplicas, maxReplicas, metrics, behavior}` for the `hpa` block of a side; behavior may be empty.

    Raises InvalidInput for counts, windows and targets that no autoscaler can have.
    """
    where = f"{side}.hpa"
    lowest = _replicas(block.get("min", block.get("minReplicas", 1)), "min", where)
    highest = block.get("max", block.get("maxReplicas"))
    if highest is None:
        raise InvalidInput(
            f"{where}: max is missing", hint=f"say how far it may scale, e.g. --{side}-hpa max=5"
        )
    highest = _replicas(highest, "max", where)
    if lowest > highest:
        raise InvalidInput(
            f"{where}: min {lowest} is more than max {highest}",
            hint=f"raise max, or give a min up to {highest}",
        )
    found: Json = {"minReplicas": lowest, "maxReplicas": highest}
    return found | {"metrics": _metrics(block, where), "behavior": _behavior(block, where)}


def _replicas(value: Any, word: str, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _INT32:
        raise InvalidInput(
            f"{where}: {word} {value!r} is no number of replicas",
            hint=f"give a whole number from 1 to {_INT32}",
        )
    return value


def _metrics(block: Mapping[str, Any], where: str) -> list[Json]:
    metrics = [dict(metric) for metric in block.get("metrics") or ()]
    for key, value in block.items():
        metric = _short_metric(key, value, where)
        if metric is None:
            continue
        same = [index for index, other in enumerate(metrics) if _aims_at(other) == _aims_at(metric)]
        if same:
            metrics[same[0]] = metric
        else:
            metrics.append(metric)
    if not metrics and "metrics" not in block:
        metrics.append(_resource_metric("cpu", f"{DEFAULT_UTILIZATION}%", where))
    return metrics


def _short_metric(key: str, value: Any, where: str) -> Json | None:
    kind, slash, name = key.partition("/")
    if slash and kind in ("pods", "external"):
        target = {"type": "AverageValue", "averageValue": _amount(key, value, where)}
        return {"type": kind.capitalize(), kind: {"metric": {"name": name}, "target": target}}
    resource, at, container = key.partition("@")
    if resource not in ("cpu", "memory"):
        return None
    metric = _resource_metric(resource, value, f"{where}: {key}")
    if not at:
        return metric
    inner = metric["resource"]
    return {
        "type": "ContainerResource",
        "containerResource": {"container": container, "name": resource, "target": inner["target"]},
    }


def _resource_metric(resource: str, value: Any, where: str) -> Json:
    text = str(value)
    target: Json
    if text.endswith("%"):
        share = text[:-1]
        if not (share.isascii() and share.isdigit()) or not 1 <= int(share[:12]) <= _INT32:
            raise InvalidInput(f"{where}: {text!r} is no share", hint="give a whole percentage from 1% on")
        target = {"type": "Utilization", "averageUtilization": int(share)}
    elif isinstance(value, (int, float)) or text.isdigit():
        raise InvalidInput(
            f"{where}: {text} could mean a share or an amount",
            hint=f"write {text}% for a share of the request, or an amount a replica such as "
            + ("500m" if resource == "cpu" else "512Mi"),
        )
    else:
        target = {"type": "AverageValue", "averageValue": _amount(resource, value, where)}
    return {"type": "Resource", "resource": {"name": resource, "target": target}}


def _amount(key: str, value: Any, where: str) -> str:
    from sednactl.sedna.quantity import is_quantity

    text = str(value)
    if isinstance(value, bool) or not is_quantity(text) or text.startswith("-"):
        raise InvalidInput(f"{where}: {key} {text!r} is no quantity", hint="e.g. 500m, 2, 512Mi")
    return text


def _aims_at(metric: Mapping[str, Any]) -> tuple[Any, ...]:
    """Give what a metric measures, so that a target given twice is given once."""
    kind = metric.get("type")
    body = metric.get(str(kind)[:1].lower() + str(kind)[1:])
    if not isinstance(body, Mapping):
        return (id(metric),)
    inner = body.get("metric")
    if kind in ("Pods", "External") and isinstance(inner, Mapping):
        return (kind, inner.get("name"), str(inner.get("selector")))
    if kind in ("Resource", "ContainerResource"):
        return (kind, body.get("name"), body.get("container"))
    return (id(metric),)


def _behavior(block: Mapping[str, Any], where: str) -> Json:
    behavior = {side: dict(rules) for side, rules in (block.get("behavior") or {}).items()}
    for side, prefix in (("scaleUp", "up-"), ("scaleDown", "down-")):
        rules: Json = {}
        if (window := block.get(f"{prefix}window")) is not None:
            rules["stabilizationWindowSeconds"] = _seconds(window, f"{where}: {prefix}window")
        if (select := block.get(f"{prefix}select")) is not None:
            if select not in _SELECT:
                raise InvalidInput(
                    f"{where}: {prefix}select {select!r} is unknown", hint="use Max, Min or Disabled"
                )
            rules["selectPolicy"] = select
        policies = [
            _policy(kind, block[prefix + word], f"{where}: {prefix}{word}")
            for word, kind in (("pods", "Pods"), ("percent", "Percent"))
            if prefix + word in block
        ]
        if policies:
            rules["policies"] = policies
        if rules:
            behavior[side] = {**behavior.get(side, {}), **rules}
    return behavior


def _seconds(value: Any, where: str) -> int:
    text = str(value).removesuffix("s")
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or int(text[:9]) > _LONGEST_WINDOW:
        raise InvalidInput(f"{where} {value!r} is no window", hint="give whole seconds from 0 to 3600")
    return int(text)


def _policy(kind: str, value: Any, where: str) -> Json:
    amount, _, period = str(value).partition("/")
    period = period.removesuffix("s") or "60"
    numbers = [int(text[:12]) for text in (amount, period) if text.isascii() and text.isdigit()]
    if len(numbers) < 2 or not 1 <= numbers[0] <= _INT32 or not 1 <= numbers[1] <= _LONGEST_PERIOD:
        raise InvalidInput(
            f"{where} {value!r} is no policy", hint="write COUNT/SECONDS, e.g. 4/60; up to 1800 seconds"
        )
    return {"type": kind, "value": numbers[0], "periodSeconds": numbers[1]}


def missing_request(
    hpa: Mapping[str, Any], containers: Sequence[Mapping[str, Any]]
) -> tuple[str, str, int] | None:
    """Find a utilization target that cannot be computed: (resource, container without a request, percent).

    Utilization is a share of the request, so every container it counts needs one;
    a limit alone counts, since Kubernetes copies it into the request.
    """
    for resource, percent, only in _utilization_targets(hpa.get("metrics") or ()):
        for container in containers:
            if only is not None and container.get("name") != only:
                continue
            if not _requests(container, resource):
                return resource, str(container.get("name", "")), percent
    return None


def _utilization_targets(metrics: Iterable[Any]) -> Iterable[tuple[str, int, str | None]]:
    for metric in metrics:
        if not isinstance(metric, Mapping):
            continue
        for key in ("resource", "containerResource"):
            body = metric.get(key)
            if not isinstance(body, Mapping):
                continue
            target = body.get("target")
            if isinstance(target, Mapping) and target.get("type") == "Utilization":
                yield str(body.get("name")), target.get("averageUtilization", 0), body.get("container")


def _requests(container: Mapping[str, Any], resource: str) -> bool:
    resources = container.get("resources")
    if not isinstance(resources, Mapping):
        return False
    return any(
        isinstance(part, Mapping) and resource in part
        for part in (resources.get("requests"), resources.get("limits"))
    )
