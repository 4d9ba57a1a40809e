"""How far replicas may move at once: policies with their event history, and the fixed limit without them.

Mirrors the HorizontalPodAutoscaler controller of Kubernetes 1.30 to 1.32.
"""

from __future__ import annotations

from sednactl.scaling.controller_numbers import INT32_HIGHEST, INT32_LOWEST, cut_to_replicas, replicas_from
from sednactl.scaling.scale_history import Moments
from sednactl.scaling.scaling_rules import Policy, Rules


def limit_without_behavior(current: int) -> int:
    """Give the most replicas that one step up may reach: twice the present ones, at least 4."""
    return max(2 * current, 4)


def up_limit(current: int, ups: Moments, downs: Moments, rules: Rules, now: float) -> int:
    """Give the most replicas that the policies allow now; `current` where they allow none."""
    if rules.select == "Disabled":
        return current
    least = rules.select == "Min"
    limit = INT32_HIGHEST if least else INT32_LOWEST
    for policy in rules.policies:
        start = at_start(current, ups, downs, policy, now)
        if policy.type == "Pods":
            proposed = start + policy.value
        else:
            proposed = replicas_from(float(start) * (1 + float(policy.value) / 100))
        limit = min(limit, proposed) if least else max(limit, proposed)
    return max(limit, current)


def down_limit(current: int, ups: Moments, downs: Moments, rules: Rules, now: float) -> int:
    """Give the fewest replicas that the policies allow now; `current` where they allow no removal."""
    if rules.select == "Disabled":
        return current
    least = rules.select == "Min"
    limit = INT32_LOWEST if least else INT32_HIGHEST
    for policy in rules.policies:
        start = at_start(current, ups, downs, policy, now)
        if policy.type == "Pods":
            proposed = start - policy.value
        else:
            proposed = cut_to_replicas(float(start) * (1 - float(policy.value) / 100))
        limit = max(limit, proposed) if least else min(limit, proposed)
    return min(limit, current)


def at_start(current: int, ups: Moments, downs: Moments, policy: Policy, now: float) -> int:
    """Give how many replicas there were when the policy's present period began."""
    cutoff = now - policy.period
    added = sum(change for at, change in ups if at > cutoff)
    removed = sum(change for at, change in downs if at > cutoff)
    return current - added + removed
