"""Of which release of Sedna a CRD is, and where it differs from what that release ships.

Schemas are compared by what they let pass: descriptions, and how lists are merged,
which our own CRDs say as the latest release does, are left aside.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sednactl.sedna.kinds import VERSION
from sednactl.sedna.releases import RELEASES, SINCE, Release
from sednactl.validation.crd import crd_of

Json = dict[str, Any]

MOST_DIFFERENCES = 20
_LOOKED_AT = ("type", "enum", "minimum", "maximum", "pattern", "nullable", "x-kubernetes-int-or-string",
              "x-kubernetes-preserve-unknown-fields")  # fmt: skip


@dataclass(frozen=True)
class Drift:
    """The release whose CRD one in the cluster is nearest to, and each difference to that."""

    release: Release
    differences: tuple[str, ...]


def drift_of(kind: str, definition: Mapping[str, Any]) -> Drift | None:
    """Find the release of a CRD; None where it has no schema for the version that Sedna uses.

    Of releases with the same schema the latest is taken.
    """
    schema = schemas_of(definition).get(VERSION)
    if not schema:
        return None
    around = tuple(_around(kind, definition))
    nearest: Drift | None = None
    for release in reversed(RELEASES):
        if release < SINCE.get(kind, release):
            continue
        found = tuple(_first(differences(_schema(kind, release), schema)))
        if nearest is None or len(found) < len(nearest.differences):
            nearest = Drift(release, found)
        if not found:
            break
    if nearest is None or not around:
        return nearest
    return Drift(nearest.release, (*around, *nearest.differences))


def _around(kind: str, definition: Mapping[str, Any]) -> Iterator[str]:
    """Give where a CRD differs from every release outside its schema."""
    spec = definition.get("spec") or {}
    if spec.get("scope") != "Namespaced":
        yield f"its scope is {spec.get('scope')}, not Namespaced"
    if (spec.get("names") or {}).get("kind") != kind:
        yield f"its kind is {(spec.get('names') or {}).get('kind')}, not {kind}"
    for version in spec.get("versions") or ():
        if version.get("name") == VERSION and "status" not in (version.get("subresources") or {}):
            yield "it has no status subresource, by which Sedna writes every status"


def same_since(kind: str, release: Release) -> Release:
    """Give the first release whose CRD of this kind is the same as that of a later one."""
    first = release
    for older in reversed(RELEASES):
        if older >= release:
            continue
        if older < SINCE.get(kind, older) or any(differences(_schema(kind, older), _schema(kind, release))):
            break
        first = older
    return first


def schemas_of(definition: Mapping[str, Any]) -> dict[str, Json]:
    """Give the schema of every version that a CRD serves."""
    versions = (definition.get("spec") or {}).get("versions") or ()
    return {
        str(version.get("name")): (version.get("schema") or {}).get("openAPIV3Schema") or {}
        for version in versions
        if version.get("served")
    }


@functools.cache
def _schema(kind: str, release: Release) -> Json:
    found: Json = crd_of(kind, release)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return found


def _first(found: Iterator[str]) -> Iterator[str]:
    for _, one in zip(range(MOST_DIFFERENCES), found, strict=False):
        yield one


def differences(shipped: Any, there: Any, path: str = "") -> Iterator[str]:
    """Give where a schema differs from the one that is shipped, one sentence a place, from the top."""
    if shipped == there:
        return
    place = path or "the object"
    ours, theirs = shipped.get("properties") or {}, there.get("properties") or {}
    for name in sorted(ours.keys() | theirs.keys()):
        below = f"{path}.{name}" if path else name
        if name not in theirs:
            yield f"{below} is missing"
        elif name not in ours:
            yield f"{below} is not Sedna's"
        else:
            yield from differences(ours[name], theirs[name], below)
    ours, theirs = set(shipped.get("required") or ()), set(there.get("required") or ())
    for name in sorted(ours - theirs):
        yield f"{place} does not require {name}"
    for name in sorted(theirs - ours):
        yield f"{place} requires {name}, which Sedna does not"
    for key in _LOOKED_AT:
        if shipped.get(key) != there.get(key):
            yield f"{place}: {key} is {there.get(key)!r}, not {shipped.get(key)!r}"
    for key, step in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(shipped.get(key), dict) and isinstance(there.get(key), dict):
            yield from differences(shipped[key], there[key], f"{path}{step}")
        elif bool(shipped.get(key)) != bool(there.get(key)):
            yield f"{place}: {key} is {'there' if there.get(key) else 'missing'}"


def releases_of(kind: str, drift: Drift) -> frozenset[Release]:
    """Give every release that a CRD may be of: those whose schema is the same as that of the nearest."""
    first = same_since(kind, drift.release)
    return frozenset(one for one in RELEASES if first <= one <= drift.release)
