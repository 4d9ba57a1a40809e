"""The way over from kubectl's client-side apply, which kept what it applied in an annotation, to server-side apply.

Only the manager "kubectl" gets it, as in kube-apiserver: what the annotation says and the object still has may be
taken without a conflict, and an annotation that is there is kept up.
"""

from __future__ import annotations

import json
from typing import Any

from sednactl.sandbox.api.writing.comparing import compared, fields_of
from sednactl.sandbox.api.writing.field_sets import FieldSet, difference
from sednactl.sandbox.api.writing.structure import Structure

ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
KUBECTL = "kubectl"


def fields_applied_by_client(live: dict[str, Any], structure: Structure) -> FieldSet:
    """Give the fields that the annotation speaks of and that still have the value it gives them."""
    text = _annotation(live)
    if not text:
        return {}
    try:
        configuration = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(configuration, dict) or configuration.get("apiVersion") != structure.api_version:
        return {}
    changed, removed = compared(structure.root, configuration, live)
    return difference(difference(fields_of(structure.root, configuration), changed), removed)


def with_annotation_kept_up(obj: dict[str, Any], applied: dict[str, Any]) -> dict[str, Any]:
    """Give the object with its annotation, where it has one, saying what was applied now."""
    if not _annotation(obj):
        return obj
    metadata = {key: item for key, item in (applied.get("metadata") or {}).items() if key != "annotations"}
    rest = {key: item for key, item in _annotations(applied).items() if key != ANNOTATION}
    if rest:
        metadata["annotations"] = rest
    text = json.dumps(
        {**applied, "metadata": metadata}, separators=(",", ":"), sort_keys=True, ensure_ascii=False
    )
    for letter, escaped in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        text = text.replace(letter, escaped)
    annotations = {**_annotations(obj), ANNOTATION: f"{text}\n"}
    return {**obj, "metadata": {**obj["metadata"], "annotations": annotations}}


def _annotations(obj: dict[str, Any]) -> dict[str, str]:
    return (obj.get("metadata") or {}).get("annotations") or {}


def _annotation(obj: dict[str, Any]) -> str:
    return _annotations(obj).get(ANNOTATION, "")
