"""What DaemonSets may say."""

from __future__ import annotations

from typing import Any

from sednactl.cluster.label_selectors import selector_of, selects
from sednactl.sandbox.api.writing.field_errors import FieldError, forbidden, invalid, not_supported, required
from sednactl.sandbox.api.writing.go_words import GoText, shown
from sednactl.sandbox.api.writing.pod_rules import template_errors
from sednactl.sandbox.api.writing.workload_rules import (
    amount_errors,
    amount_of,
    amount_words,
    map_words,
    not_negative,
    selector_errors,
    selector_words,
    too_many_percent,
    unreadable,
)

_STRATEGIES = ("RollingUpdate", "OnDelete")


def daemon_set_errors(daemon_set: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with a DaemonSet, its metadata aside."""
    spec = daemon_set.get("spec") or {}
    selector, template = spec.get("selector"), spec.get("template") or {}
    errors = selector_errors(selector or {}, "spec.selector")
    labels = (template.get("metadata") or {}).get("labels") or {}
    if selector is None or (not unreadable(selector) and not selects(selector_of(selector), labels)):
        why = "`selector` does not match template `labels`"
        errors.append(invalid("spec.template.metadata.labels", map_words(labels), why))
    if selector is not None and not selector.get("matchLabels") and not selector.get("matchExpressions"):
        why = "empty selector is invalid for daemonset"
        errors.append(invalid("spec.selector", selector_words(selector), why))
    errors += template_errors(template, "spec.template")
    pod = template.get("spec") or {}
    path = "spec.template.spec"
    if pod.get("restartPolicy") != "Always":
        errors.append(not_supported(f"{path}.restartPolicy", pod.get("restartPolicy", ""), ("Always",)))
    if pod.get("activeDeadlineSeconds") is not None:
        why = "activeDeadlineSeconds in DaemonSet is not Supported"
        errors.append(forbidden(f"{path}.activeDeadlineSeconds", why))
    errors += not_negative(spec, ("minReadySeconds",))
    errors += _strategy_errors(spec.get("updateStrategy") or {}, "spec.updateStrategy")
    return errors + not_negative(spec, ("revisionHistoryLimit",))


def _strategy_errors(strategy: dict[str, Any], path: str) -> list[FieldError]:
    kind, rolling = strategy.get("type"), strategy.get("rollingUpdate")
    if kind == "OnDelete":
        return []
    if kind != "RollingUpdate":
        words = f"apps.DaemonSetUpdateStrategy{{Type:{shown(kind or '')}, RollingUpdate:(*apps.RollingUpdateDaemonSet)(nil)}}"
        return [not_supported(path, GoText(words), _STRATEGIES)]
    path = f"{path}.rollingUpdate"
    if rolling is None:
        return [required(path)]
    unavailable, surge = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    errors = amount_errors(unavailable, f"{path}.maxUnavailable") + amount_errors(surge, f"{path}.maxSurge")
    errors += too_many_percent(unavailable, f"{path}.maxUnavailable")
    errors += too_many_percent(surge, f"{path}.maxSurge")
    if amount_of(unavailable) and amount_of(surge):
        why = "may not be set when maxUnavailable is non-zero"
        errors.append(invalid(f"{path}.maxSurge", amount_words(surge), why))
    elif not amount_of(unavailable) and not amount_of(surge):
        errors.append(required(f"{path}.maxUnavailable", "cannot be 0 when maxSurge is 0"))
    return errors
