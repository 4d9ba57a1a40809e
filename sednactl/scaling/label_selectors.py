"""Which labels a selector takes: the object form of the APIs and the text form of `scale.status.selector`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sednactl.errors import InvalidInput

Json = Mapping[str, Any]

_SET = re.compile(r"([^\s!=,()]+)\s+(in|notin)\s+\(([^()]*)\)")
_EQUAL = re.compile(r"([^\s!=,()]+)\s*(==|=|!=)\s*([^\s!=,()]*)")
_EXISTS = re.compile(r"(!?)\s*([^\s!=,()]+)")


def matches(selector: Json | None, labels: Mapping[str, str]) -> bool:
    """Tell whether a LabelSelector takes these labels; none takes all."""
    if not selector:
        return True
    wanted = selector.get("matchLabels") or {}
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _meets(rule.get("key", ""), rule.get("operator", ""), rule.get("values") or (), labels)
        for rule in selector.get("matchExpressions") or ()
    )


def selector_from(text: str) -> Json:
    """Read the text form (`app=x,tier in (a, b),!old`) into the object form. Raises InvalidInput."""
    rules: list[Json] = []
    rest = text.strip()
    while rest:
        for pattern in (_SET, _EQUAL, _EXISTS):
            match = pattern.match(rest)
            if match is not None and re.match(r"\s*(,|$)", rest[match.end() :]):
                break
        else:
            raise InvalidInput(f"'{text}' is no label selector", hint="write it like app=x,tier in (a,b)")
        rules.append(_rule(pattern, match))
        rest = rest[match.end() :].lstrip().removeprefix(",").lstrip()
    return {"matchExpressions": rules}


def _rule(pattern: re.Pattern[str], match: re.Match[str]) -> Json:
    if pattern is _EXISTS:
        return {"key": match[2], "operator": "DoesNotExist" if match[1] else "Exists"}
    if pattern is _EQUAL:
        return {"key": match[1], "operator": "NotIn" if match[2] == "!=" else "In", "values": [match[3]]}
    values = [value.strip() for value in match[3].split(",")]
    return {"key": match[1], "operator": "In" if match[2] == "in" else "NotIn", "values": values}


def _meets(key: str, operator: str, values: Sequence[str], labels: Mapping[str, str]) -> bool:
    if operator == "Exists":
        return key in labels
    if operator == "DoesNotExist":
        return key not in labels
    if operator == "In":
        return key in labels and labels[key] in values
    return labels.get(key) not in values if key in labels else True
