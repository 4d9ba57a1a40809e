"""An autoscaler's bounds, metrics and behavior, with what autoscaling/v2 fills in where they are silent.

Without `behavior` the controller goes another way than with an empty one: see
`sednactl.scaling.normalization`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.scaling.controller_settings import ControllerSettings

Json = dict[str, Any]


@dataclass(frozen=True)
class Policy:
    """How much may change (`value` pods or percent) within `period` seconds."""

    type: str
    value: int
    period: int


@dataclass(frozen=True)
class Rules:
    """How one direction scales: `window` seconds of stabilization, `select` Max, Min or Disabled."""

    window: float
    select: str
    policies: tuple[Policy, ...]

    @property
    def longest_period(self) -> int:
        """Give the longest period of a policy, in seconds."""
        return max((policy.period for policy in self.policies), default=0)


@dataclass(frozen=True)
class Behavior:
    """The rules of both directions."""

    up: Rules
    down: Rules


DEFAULT_UP = Rules(0.0, "Max", (Policy("Pods", 4, 15), Policy("Percent", 100, 15)))
DEFAULT_DOWN_POLICIES = (Policy("Percent", 100, 15),)
DEFAULT_METRICS: tuple[Json, ...] = (
    {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
    },
)


def bounds_of(spec: Mapping[str, Any]) -> tuple[int, int]:
    """Give least and most replicas; at least one where nothing is said. Raises InvalidInput without a most."""
    least, most = spec.get("minReplicas"), spec.get("maxReplicas")
    if not isinstance(most, int) or isinstance(most, bool):
        raise InvalidInput("the autoscaler says no maxReplicas", hint="give spec.maxReplicas a whole number")
    return (1 if least is None else int(least)), most


def metric_specs_of(spec: Mapping[str, Any]) -> Sequence[Json]:
    """Give what is measured; CPU at 80 % of the request where nothing is said."""
    return spec.get("metrics") or DEFAULT_METRICS


def behavior_of(spec: Mapping[str, Any], settings: ControllerSettings) -> Behavior | None:
    """Give the rules of both directions in full; None where the autoscaler has no behavior at all."""
    said = spec.get("behavior")
    if said is None:
        return None
    down = Rules(settings.scale_down_window, "Max", DEFAULT_DOWN_POLICIES)
    return Behavior(_rules(said.get("scaleUp"), DEFAULT_UP), _rules(said.get("scaleDown"), down))


def _rules(said: Mapping[str, Any] | None, default: Rules) -> Rules:
    if not said:
        return default
    window, policies = said.get("stabilizationWindowSeconds"), said.get("policies")
    return Rules(
        default.window if window is None else float(window),
        said.get("selectPolicy") or default.select,
        default.policies
        if policies is None
        else tuple(
            Policy(str(one["type"]), int(one["value"]), int(one["periodSeconds"])) for one in policies
        ),
    )
