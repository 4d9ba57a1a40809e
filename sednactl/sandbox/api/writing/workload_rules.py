"""What Deployments and ReplicaSets may say, and that their selector never changes."""

from __future__ import annotations

import re
from typing import Any

from sednactl.cluster.label_selectors import selector_of, selects
from sednactl.sandbox.api.writing.field_errors import FieldError, forbidden, invalid, not_supported, required
from sednactl.sandbox.api.writing.go_words import GoText, shown
from sednactl.sandbox.api.writing.metadata_rules import label_map_errors
from sednactl.sandbox.api.writing.names import label_value_errors, qualified_name_errors
from sednactl.sandbox.api.writing.pod_rules import template_errors

_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_STRATEGIES = ("Recreate", "RollingUpdate")
_PERCENT = re.compile(r"[0-9]+%\Z")


def deployment_errors(deployment: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with a Deployment, its metadata aside."""
    spec = deployment.get("spec") or {}
    errors = not_negative(spec, ("replicas",))
    errors += _selector_and_template_errors(spec)
    errors += _strategy_errors(spec.get("strategy") or {}, "spec.strategy")
    errors += not_negative(spec, ("minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"))
    deadline, ready = spec.get("progressDeadlineSeconds"), spec.get("minReadySeconds", 0)
    if deadline is not None and deadline <= ready:
        errors.append(
            invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")
        )
    return errors


def replica_set_errors(replica_set: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with a ReplicaSet, its metadata aside."""
    spec = replica_set.get("spec") or {}
    return not_negative(spec, ("replicas", "minReadySeconds")) + _selector_and_template_errors(spec)


def selector_update_errors(old: dict[str, Any], new: dict[str, Any]) -> list[FieldError]:
    """Refuse another selector."""
    was, now = (old.get("spec") or {}).get("selector"), (new.get("spec") or {}).get("selector")
    return [] if was == now else [invalid("spec.selector", selector_words(now), "field is immutable")]


def selector_errors(selector: dict[str, Any], path: str) -> list[FieldError]:
    """Give what is wrong with a label selector."""
    errors = label_map_errors(selector.get("matchLabels"), f"{path}.matchLabels")
    for index, expression in enumerate(selector.get("matchExpressions") or ()):
        where = f"{path}.matchExpressions[{index}]"
        key, operator, values = (expression.get(name) for name in ("key", "operator", "values"))
        if operator in ("In", "NotIn") and not values:
            errors.append(required(f"{where}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
        elif operator in ("Exists", "DoesNotExist") and values:
            errors.append(
                forbidden(
                    f"{where}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                )
            )
        elif operator not in _OPERATORS:
            errors.append(invalid(f"{where}.operator", operator or "", "not a valid selector operator"))
        errors += [invalid(f"{where}.key", key or "", why) for why in qualified_name_errors(key or "")]
        for place, value in enumerate(values or ()):
            errors += [invalid(f"{where}.values[{place}]", value, why) for why in label_value_errors(value)]
    return errors


def _selector_and_template_errors(spec: dict[str, Any]) -> list[FieldError]:
    errors: list[FieldError] = []
    selector = spec.get("selector")
    if selector is None:
        errors.append(required("spec.selector"))
    else:
        errors += selector_errors(selector, "spec.selector")
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            errors.append(
                invalid("spec.selector", selector_words(selector), "empty selector is invalid for deployment")
            )
    if selector is not None and unreadable(selector):
        return [*errors, invalid("spec.selector", selector_words(selector), "invalid label selector")]
    template = spec.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels") or {}
    if selector is None or not selects(selector_of(selector), labels):
        errors.append(
            invalid(
                "spec.template.metadata.labels",
                map_words(labels),
                "`selector` does not match template `labels`",
            )
        )
    errors += template_errors(template, "spec.template")
    pod = template.get("spec") or {}
    if pod.get("restartPolicy") != "Always":
        errors.append(
            not_supported("spec.template.spec.restartPolicy", pod.get("restartPolicy", ""), ("Always",))
        )
    if pod.get("activeDeadlineSeconds") is not None:
        errors.append(
            forbidden(
                "spec.template.spec.activeDeadlineSeconds",
                "activeDeadlineSeconds in ReplicaSet is not Supported",
            )
        )
    return errors


def unreadable(selector: dict[str, Any]) -> bool:
    """Tell whether a label selector cannot be made into one that selects."""
    if label_map_errors(selector.get("matchLabels"), ""):
        return True
    for expression in selector.get("matchExpressions") or ():
        operator, values = expression.get("operator"), expression.get("values") or ()
        if operator not in _OPERATORS or (operator in ("In", "NotIn")) != bool(values):
            return True
        if qualified_name_errors(expression.get("key") or "") or any(map(label_value_errors, values)):
            return True
    return False


def selector_words(selector: dict[str, Any] | None) -> GoText | None:
    """Give a label selector as Go prints it."""
    if selector is None:
        return None
    expressions = [
        f"v1.LabelSelectorRequirement{{Key:{shown(each.get('key', ''))}, Operator:{shown(each.get('operator', ''))}, "
        f"Values:{_list_words(each.get('values'))}}}"
        for each in selector.get("matchExpressions") or ()
    ]
    inside = f"{{{', '.join(expressions)}}}" if expressions else "(nil)"
    return GoText(
        f"v1.LabelSelector{{MatchLabels:{map_words(selector.get('matchLabels') or {})}, "
        f"MatchExpressions:[]v1.LabelSelectorRequirement{inside}}}"
    )


def _list_words(values: list[str] | None) -> str:
    return f"[]string{{{', '.join(map(shown, values))}}}" if values else "[]string(nil)"


def map_words(labels: dict[str, str]) -> GoText:
    """Give labels as Go prints them."""
    if not labels:
        return GoText("map[string]string(nil)")
    inside = ", ".join(f"{shown(key)}:{shown(labels[key])}" for key in sorted(labels))
    return GoText(f"map[string]string{{{inside}}}")


def amount_words(amount: int | str) -> GoText:
    """Give a number or percentage as Go prints it."""
    if isinstance(amount, str):
        return GoText(f"intstr.IntOrString{{Type:1, IntVal:0, StrVal:{shown(amount)}}}")
    return GoText(f'intstr.IntOrString{{Type:0, IntVal:{amount}, StrVal:""}}')


def _strategy_errors(strategy: dict[str, Any], path: str) -> list[FieldError]:
    kind, rolling = strategy.get("type"), strategy.get("rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            return [
                forbidden(f"{path}.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"),
            ]
        return []
    if kind != "RollingUpdate":
        words = f"apps.DeploymentStrategy{{Type:{shown(kind or '')}, RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}}"
        return [not_supported(path, GoText(words), _STRATEGIES)]
    if rolling is None:
        return [required(f"{path}.rollingUpdate", "this should be defaulted and never be nil")]
    errors: list[FieldError] = []
    amounts = {}
    for name in ("maxUnavailable", "maxSurge"):
        value = rolling.get(name, 0)
        errors += amount_errors(value, f"{path}.rollingUpdate.{name}")
        amounts[name] = amount_of(value)
    if not amounts["maxUnavailable"] and not amounts["maxSurge"]:
        errors.append(
            invalid(
                f"{path}.rollingUpdate.maxUnavailable",
                amount_words(rolling.get("maxUnavailable", 0)),
                "may not be 0 when `maxSurge` is 0",
            )
        )
    return errors + too_many_percent(rolling.get("maxUnavailable"), f"{path}.rollingUpdate.maxUnavailable")


def amount_of(value: int | str) -> int:
    """Give the number of a count or percentage, 0 for what is none."""
    if isinstance(value, str):
        return int(value[:-1]) if _PERCENT.match(value) else 0
    return value


def amount_errors(value: int | str, where: str) -> list[FieldError]:
    """Give what is wrong with a number that may be a percentage."""
    if isinstance(value, str):
        why = (
            "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or "
            "'93%', regex used for validation is '[0-9]+%')"
        )
        return [] if _PERCENT.match(value) else [invalid(where, amount_words(value), why)]
    return [invalid(where, value, "must be greater than or equal to 0")] if value < 0 else []


def too_many_percent(value: int | str | None, where: str) -> list[FieldError]:
    """Refuse more than all."""
    if isinstance(value, str) and amount_of(value) > 100:
        return [invalid(where, amount_words(value), "must not be greater than 100%")]
    return []


def not_negative(spec: dict[str, Any], names: tuple[str, ...]) -> list[FieldError]:
    """Refuse negative numbers in fields of the spec."""
    return [
        invalid(f"spec.{name}", spec[name], "must be greater than or equal to 0")
        for name in names
        if isinstance(spec.get(name), int) and spec[name] < 0
    ]
