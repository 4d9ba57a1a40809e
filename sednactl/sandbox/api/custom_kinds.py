"""Custom kinds: what a CustomResourceDefinition makes the API serve, and the conditions that tell of it."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.kinds import Catalog, Kind, ScalePaths, Shelf
from sednactl.sandbox.api.refusal import Cause
from sednactl.sandbox.api.text import Json

DEFINITIONS: Shelf = ("apiextensions.k8s.io", "customresourcedefinitions")
CLEANUP = "customresourcecleanup.apiextensions.k8s.io"


def shelf_of(definition: Json) -> Shelf:
    """Give where the objects of a definition lie."""
    return definition["spec"]["group"], definition["spec"]["names"]["plural"]


def kinds_of(definition: Json) -> tuple[Kind, ...]:
    """Give the kinds that a definition makes the API serve."""
    spec = definition["spec"]
    names = spec["names"]
    versions = spec.get("versions") or []
    stored = next((version["name"] for version in versions if version.get("storage")), "")
    return tuple(
        _kind(spec, names, version, stored)
        for version in sorted(versions, key=lambda version: version["name"] != stored)
        if version.get("served")
    )


def _kind(spec: Json, names: Json, version: Json, stored: str) -> Kind:
    subresources = version.get("subresources") or {}
    scale = subresources.get("scale")
    fields = tuple(
        (path, path)
        for path in (str(entry["jsonPath"]).lstrip(".") for entry in version.get("selectableFields") or ())
    )
    return Kind(
        spec["group"],
        version["name"],
        names["plural"],
        names["kind"],
        spec.get("scope") == "Namespaced",
        singular=names.get("singular") or names["kind"].lower(),
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        subresources=tuple(sorted(subresources)),
        fields=fields,
        counts_generation=True,
        stored_as=stored,
        unconditional_update=False,
        scale=_scale(scale) if isinstance(scale, dict) else None,
        custom=version,
        list_kind=names.get("listKind") or "",
    )


def _scale(scale: Json) -> ScalePaths:
    return ScalePaths(
        str(scale["specReplicasPath"]).lstrip("."),
        str(scale["statusReplicasPath"]).lstrip("."),
        str(scale.get("labelSelectorPath") or "").lstrip("."),
    )


def problems_of(definition: Json) -> list[Cause]:
    """Give what keeps a definition from being stored: its name, its versions, a missing schema."""
    group, plural = shelf_of(definition)
    name = definition["metadata"]["name"]
    found: list[Cause] = []
    if name != f"{plural}.{group}":
        problem = f'Invalid value: "{name}": must be spec.names.plural+"."+spec.group'
        found.append(Cause("FieldValueInvalid", problem, "metadata.name"))
    versions = definition["spec"].get("versions") or []
    if sum(bool(version.get("storage")) for version in versions) != 1:
        problem = "must have exactly one version marked as storage version"
        value = (
            f"Invalid value: {len(versions)} versions: {problem}"
            if versions
            else f"Required value: {problem}"
        )
        found.append(Cause("FieldValueInvalid", value, "spec.versions"))
    for position, version in enumerate(versions):
        schema = (version.get("schema") or {}).get("openAPIV3Schema")
        if not schema:
            where = f"spec.versions[{position}].schema.openAPIV3Schema"
            found.append(Cause("FieldValueRequired", "Required value: schemas are required", where))
        elif _says_more_of_metadata(schema):
            # One version, or several with one schema, stand in spec.validation inside the API server.
            alike = all(each.get("schema") == version["schema"] for each in versions)
            where = "spec.validation" if alike else f"spec.versions[{position}].schema"
            problem = "Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified"
            found.append(
                Cause("FieldValueForbidden", problem, f"{where}.openAPIV3Schema.properties[metadata]")
            )
    return found


def _says_more_of_metadata(schema: Json) -> bool:
    """Tell whether a schema describes `metadata` beyond its type and its names."""
    said = (schema.get("properties") or {}).get("metadata")
    if not isinstance(said, dict):
        return False
    names = said.get("properties") or {}
    return bool(set(said) - {"type", "properties"} or set(names) - {"name", "generateName"})


def status_of(definition: Json, catalog: Catalog, now: str) -> Json:
    """Give the status that a definition has once its names were looked at, as the API server's controllers set it."""
    spec = definition["spec"]
    old = definition.get("status") or {}
    taken = _taken(definition, catalog)
    accepted = {
        "type": "NamesAccepted",
        "status": "False" if taken else "True",
        "reason": "NamesConflict" if taken else "NoConflicts",
        "message": taken or "no conflicts found",
    }
    established = {
        "type": "Established",
        "status": "False" if taken else "True",
        "reason": "NotAccepted" if taken else "InitialNamesAccepted",
        "message": "not all names are accepted" if taken else "the initial names have been accepted",
    }
    names = spec["names"]
    stored = [version["name"] for version in spec.get("versions") or () if version.get("storage")]
    before = old.get("storedVersions") or []
    conditions = old.get("conditions") or []
    for condition in (accepted, established):
        conditions = with_condition(conditions, condition, now)
    return {
        **old,
        "conditions": conditions,
        "acceptedNames": old.get("acceptedNames") or {"kind": "", "plural": ""} if taken else names,
        "storedVersions": [*before, *(one for one in stored if one not in before)],
    }


def with_condition(conditions: list[Any], condition: Json, now: str) -> list[Any]:
    """Give the conditions with one set: its transition time is kept while its status stays."""
    same = next((old for old in conditions if old.get("type") == condition["type"]), None)
    since = same["lastTransitionTime"] if same and same.get("status") == condition["status"] else now
    fresh = {**condition, "lastTransitionTime": since}
    if same is None:
        return [*conditions, fresh]
    return [fresh if old is same else old for old in conditions]


def _taken(definition: Json, catalog: Catalog) -> str:
    group, plural = shelf_of(definition)
    names = definition["spec"]["names"]
    mine = {names["kind"], names.get("listKind") or f"{names['kind']}List"}
    for other in catalog.all():
        if other.group == group and other.plural != plural and mine & {other.kind, other.lists}:
            clash = names["kind"] if names["kind"] in (other.kind, other.lists) else names.get("listKind")
            return f'"{clash}" is already in use'
    return ""
