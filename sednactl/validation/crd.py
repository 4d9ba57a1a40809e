"""Gives a CustomResourceDefinition for a kind, made of our own schemas.

Clusters want one self-contained structural schema: references are inlined, and
what only helps editors (closed objects, constants) is left out. A test sends
the result to a real API server.
"""

from __future__ import annotations

from typing import Any

from sednactl.errors import InvalidInput
from sednactl.sedna.kinds import BY_KIND, GROUP, VERSION
from sednactl.sedna.releases import LATEST, Release
from sednactl.validation.fields import words_about
from sednactl.validation.schemas import Node, plain_schema, schema_of

_SHORT_NAMES = {
    "JointInferenceService": "ji",
    "FederatedLearningJob": "fl",
    "IncrementalLearningJob": "il",
    "LifelongLearningJob": "ll",
    "FeatureExtractionService": "fe",
    "ObjectSearchService": "objs",
    "ObjectTrackingService": "objt",
    "ReidJob": "reid",
    "VideoAnalyticsJob": "va",
}


def crd_of(kind: str, release: Release = LATEST, *, described: bool = False) -> dict[str, Any]:
    """Give the CustomResourceDefinition of a Sedna kind, with the words of `explain` when `described`.

    That of an older `release` judges as its own did, but says how to merge lists
    (atomic or not) as the latest does.
    Raises InvalidInput for a kind without a schema.
    """
    root = schema_of(kind, release)
    if root is None:
        raise InvalidInput(f"no schema for {kind}")
    names: dict[str, Any] = {
        "kind": kind,
        "listKind": f"{kind}List",
        "plural": BY_KIND[kind].plural,
        "singular": kind.lower(),
    }
    if kind in _SHORT_NAMES:
        names["shortNames"] = [_SHORT_NAMES[kind]]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{names['plural']}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "names": names,
            "scope": "Namespaced",
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": structural_schema(root, described=described, top=True)},
                    "subresources": {"status": {}},
                }
            ],
        },
    }


def structural_schema(node: Node, *, described: bool = False, top: bool = False) -> dict[str, Any]:
    """Give a node with all its children as the structural schema of a CRD; `top` for the whole object."""
    result = plain_schema(node)
    if described and node.description:
        result["description"] = node.description
    properties: dict[str, dict[str, Any]] = {}
    for name in node.field_names:
        field = node.field(name)
        if field is None:
            continue
        if top and name == "metadata":
            # Kubernetes itself knows its fields, and refuses any word about them.
            properties[name] = {"type": "object"}
            continue
        properties[name] = structural_schema(field, described=described)
        if described and (words := words_about(node, name, field)):
            properties[name]["description"] = words
    if properties:
        result["properties"] = properties
    if node.items is not None:
        result["items"] = structural_schema(node.items, described=described)
    if node.additional is not None:
        result["additionalProperties"] = structural_schema(node.additional, described=described)
    return result
