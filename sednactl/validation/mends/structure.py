"""Mends of what the API server itself would refuse."""

from __future__ import annotations

import re
from typing import Any

from sednactl.manifests.changes import Change, Insert, Quote, Remove, Rename, Replace, Unquote
from sednactl.sedna.kinds import API_VERSION, BY_KIND
from sednactl.validation.finding import Path
from sednactl.validation.mends.fault import Fault, put
from sednactl.validation.schemas import Node, schema_of
from sednactl.validation.shape import has
from sednactl.validation.sides import BLOCKS

_SHARED_NAMES = ("Model", "Dataset")
"""Kinds that other API groups have as well."""
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
_BYTES = re.compile(r"[0-9]+(?:\.[0-9]+)?[KMGTPE]iB")
_OF_TRIGGERS = (("timer", "start"), ("timer", "end"), ("condition", "operator"), ("condition", "metric"))
"""Texts for which a number is wrong with quotes too."""


def version_is_missing(fault: Fault) -> Change | None:
    """A kind that only Sedna has can have but its one version."""
    if fault.path != ("apiVersion",) or fault.kind not in BY_KIND or fault.kind in _SHARED_NAMES:
        return None
    return put(fault, (), "apiVersion", API_VERSION) if not fault.value else None


def kind_or_version(fault: Fault) -> Change | None:
    """The group has one version, and of its kinds one differs from a slip in capitals only."""
    if fault.path == ("apiVersion",):
        return Replace(fault.path, API_VERSION) if fault.kind in BY_KIND else None
    meant = [kind for kind in BY_KIND if kind.lower() == fault.kind.lower() and kind != fault.kind]
    return Replace(fault.path, meant[0]) if len(meant) == 1 else None


def unknown_field(fault: Fault) -> Change | None:
    """A pod's metadata is dropped whatever it says; another field may differ in capitals only."""
    for depth in range(len(fault.path) - 1, 1, -1):
        if fault.path[depth - 1 : depth + 1] == ("template", "metadata"):
            rest = fault.at(fault.path[:depth])
            return Remove(fault.path[: depth + 1]) if isinstance(rest, dict) and len(rest) > 1 else None
    name, owner = fault.path[-1], fault.owner
    node = _schema(fault, fault.path[:-1])
    if node is None or not isinstance(owner, dict) or not isinstance(name, str):
        return None
    meant = [field for field in node.field_names if field.lower() == name.lower()]
    if len(meant) != 1:  # before all that stands beside it is looked through, which may be much
        return None
    taken = [key for key in owner if key.lower() == name.lower()]
    return Rename(fault.path, meant[0]) if len(taken) == 1 else None


def wrong_type(fault: Fault) -> Change | None:
    """A number or boolean for a text needs quotes, a text that spells what is wanted has too many."""
    node, value = _schema(fault, fault.path), fault.value
    if node is None or fault.path[-2:] in _OF_TRIGGERS:
        return None
    if node.type == "string" and isinstance(value, (bool, int, float)):
        return Quote(fault.path)
    if node.type == "int-or-string" and isinstance(value, float):
        return Quote(fault.path)
    if not isinstance(value, str):
        return None
    if node.type == "boolean":
        return Unquote(fault.path) if value in ("true", "false") else None
    number = _NUMBER.fullmatch(value)
    whole = number is not None and number[1] is None
    return Unquote(fault.path) if whole or (number and node.type == "number") else None


def field_is_missing(fault: Fault) -> Change | None:
    """An hpa that says nothing is none; a metric shows its type; a selector is read by nobody."""
    missing = re.search(r'required field "(\w+)" is missing', fault.message)
    name, value = missing[1] if missing else "", fault.value
    if not isinstance(value, dict):
        return None
    if fault.path[-1:] == ("hpa",):
        return Remove(fault.path) if all(item is None for item in value.values()) else None
    if name == "type":
        return _type_of_metric(fault, value)
    unread = ("spec",) if fault.kind == "FeatureExtractionService" else ("spec", "reidWorkers")
    searching = fault.kind in ("ObjectSearchService", "ObjectTrackingService", "FeatureExtractionService")
    if name == "selector" and searching and fault.path == unread and "selector" not in value:
        return Insert(fault.path, "selector", ())
    return None


def _type_of_metric(fault: Fault, value: dict[str, Any]) -> Change | None:
    if len(fault.path) > 3 and fault.path[-2] == "metrics" and "hpa" in fault.path:
        given = [kind for kind, block in BLOCKS.items() if has(value, block)]
        return put(fault, fault.path, "type", given[0]) if len(given) == 1 else None
    if fault.path[-1] == "target" and "metrics" in fault.path:
        figures = {"averageUtilization": "Utilization", "averageValue": "AverageValue", "value": "Value"}
        given = [kind for figure, kind in figures.items() if has(value, figure)]
        return put(fault, fault.path, "type", given[0]) if len(given) == 1 else None
    return None


def not_allowed(fault: Fault) -> Change | None:
    """MiB can only mean Mi; MB may mean either."""
    value = fault.value
    return Replace(fault.path, value[:-1]) if isinstance(value, str) and _BYTES.fullmatch(value) else None


def doubled(fault: Fault) -> Change | None:
    """Of two entries that are equal in everything one is enough."""
    entries, index = fault.owner, fault.path[-1]
    if not isinstance(entries, list) or not isinstance(index, int):
        return None
    return Remove(fault.path) if any(_equal(one, entries[index]) for one in entries[:index]) else None


def _equal(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


def _schema(fault: Fault, path: Path) -> Node | None:
    node = schema_of(fault.kind, fault.target.release)
    for step in path:
        if node is None:
            return None
        node = node.items if isinstance(step, int) else node.field(step) or node.additional
    return node
