"""What a cluster's CustomResourceDefinition of a Sedna kind is, beside that of a release: the same, older, drifted …

Every version that is served is compared, as each has a schema of its own. A definition
that equals another release's is told by that release, not by its hundreds of differences.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sednactl.sedna.kinds import BY_KIND, GROUP, VERSION
from sednactl.sedna.releases import RELEASES, SINCE, Release
from sednactl.validation.crd import crd_of
from sednactl.validation.schema_difference import FieldChange, same_verdicts, schema_changes
from sednactl.validation.shape import mapping, maps

Json = dict[str, Any]
State = Literal["same", "older", "newer", "drifted", "missing", "unknown kind"]
"""`unknown kind`: the release has no such kind, the cluster does."""


@dataclass(frozen=True)
class DefinitionState:
    """One kind's definition in a cluster beside that of a release.

    `series` are those whose definition it equals, oldest first; of one that is the same only the release's own. `changes` is what the
    release's would change of it, `remarks` what else is worth knowing: versions that
    are no longer served, a deletion under way, names that were not accepted.
    `foreign_versions` are those of its versions that no release of Sedna has, and `stored`
    those in which objects may lie in the cluster's store. `leaving` tells that it is being deleted.
    """

    kind: str
    state: State
    series: tuple[str, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    remarks: tuple[str, ...] = ()
    foreign_versions: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()
    leaving: bool = False

    @property
    def name(self) -> str:
        """Give the definition's name, e.g. `models.sedna.io`."""
        return definition_name(self.kind)

    @property
    def differs(self) -> bool:
        """Tell whether the cluster has something else than the release."""
        return self.leaving or self.state not in ("same", "unknown kind")

    @property
    def vanishing(self) -> tuple[str, ...]:
        """Give the versions in which objects may be stored and which the release's definition would not have."""
        return tuple(version for version in self.stored if version != VERSION)


@dataclass(frozen=True)
class Likeness:
    """The release whose definition one in a cluster is nearest to, the latest of equals, and what that would change.

    `releases` are all that ship the same definition as `release` does, oldest first.
    """

    release: Release
    releases: tuple[Release, ...]
    changes: tuple[FieldChange, ...] = ()


def definition_name(kind: str) -> str:
    """Give the name of a kind's definition, e.g. `models.sedna.io`."""
    return f"{BY_KIND[kind].plural}.{GROUP}"


def has_kind(kind: str, release: Release) -> bool:
    """Tell whether a release has a kind."""
    return release >= SINCE.get(kind, release)


def state_of(kind: str, live: Mapping[str, Any] | None, release: Release) -> DefinitionState | None:
    """Compare a cluster's definition (None: it has none) with a release's; None where neither has the kind."""
    if not has_kind(kind, release):
        if live is None:
            return None
        came = f"{kind} came with Sedna {SINCE[kind]}; what is there is left alone"
        return DefinitionState(
            kind, "unknown kind", _series(kind, live), (), (came, *_condition_remarks(live))
        )
    if live is None:
        return DefinitionState(kind, "missing")
    changes = definition_changes(live, crd_of(kind, release))
    series = _series(kind, live) if changes else (release.series,)
    foreign = tuple(version for version in _versions(live) if version != VERSION)
    remarks = (*_condition_remarks(live), *_version_remarks(live, foreign))
    leaving = bool(mapping(live, "metadata").get("deletionTimestamp"))
    state = _state(series, changes, release)
    return DefinitionState(kind, state, series, changes, remarks, foreign, stored_versions(live), leaving)


def likeness_of(kind: str, live: Mapping[str, Any]) -> Likeness | None:
    """Find the release of a cluster's definition; None where it serves no schema for the version that Sedna uses."""
    if not served_schemas(live).get(VERSION):
        return None
    nearest: tuple[Release, tuple[FieldChange, ...]] | None = None
    for release in reversed(RELEASES):
        if not has_kind(kind, release):
            continue
        changes = definition_changes(live, crd_of(kind, release))
        if nearest is None or len(changes) < len(nearest[1]):
            nearest = release, changes
        if not changes:
            break
    return None if nearest is None else Likeness(nearest[0], _alike(kind, nearest[0]), nearest[1])


@functools.cache
def _alike(kind: str, release: Release) -> tuple[Release, ...]:
    series = _series(kind, crd_of(kind, release))
    return tuple(one for one in RELEASES if one.series in series)


def _state(series: Sequence[str], changes: Sequence[FieldChange], release: Release) -> State:
    if not changes:
        return "same"
    if not series:
        return "drifted"
    order = [one.series for one in RELEASES]
    return "older" if order.index(series[-1]) < order.index(release.series) else "newer"


def _series(kind: str, live: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the series whose definition of the kind judges as this one does."""
    return tuple(
        release.series
        for release in RELEASES
        if has_kind(kind, release) and _same(live, crd_of(kind, release))
    )


def _same(live: Mapping[str, Any], ours: Json) -> bool:
    if next(_outer_changes(live, ours), None) is not None:
        return False
    schema = _schema(ours["spec"]["versions"][0])
    return all(same_verdicts(_schema(version), schema) for version in _served(live).values())


def definition_changes(live: Mapping[str, Any], ours: Json) -> tuple[FieldChange, ...]:
    """Give what a definition of ours would change of a cluster's one."""
    schema = _schema(ours["spec"]["versions"][0])
    found = list(_outer_changes(live, ours))
    for name, version in _served(live).items():
        within = () if name == VERSION else (f"({name})",)
        found += [
            FieldChange((*within, *change.steps), change.change, change.detail)
            for change in schema_changes(_schema(version), schema)
        ]
    return tuple(found)


def _outer_changes(live: Mapping[str, Any], ours: Json) -> Iterator[FieldChange]:
    """Compare everything of a definition but the schemas."""
    spec, wanted = mapping(live, "spec"), ours["spec"]
    if spec.get("scope") != wanted["scope"]:
        yield FieldChange(("(scope)",), "changed", f"{spec.get('scope')} → {wanted['scope']}")
    names = mapping(spec, "names")
    for key, value in wanted["names"].items():
        if names.get(key) != value:
            yield FieldChange(("(names)", key), "changed", f"{_words(names.get(key))} → {_words(value)}")
    if "shortNames" not in wanted["names"] and names.get("shortNames"):
        yield FieldChange(("(names)", "shortNames"), "removed")
    if spec.get("preserveUnknownFields"):
        yield FieldChange(("(preserveUnknownFields)",), "changed", "true → false")
    versions = _versions(live)
    if VERSION not in versions or not versions[VERSION].get("served"):
        yield FieldChange((f"(version {VERSION})",), "added", "")
    for name, version in versions.items():
        if name != VERSION and version.get("served"):
            yield FieldChange((f"(version {name})",), "removed", "")
    ours_version = versions.get(VERSION)
    if ours_version is not None:
        if not ours_version.get("storage"):
            yield FieldChange((f"(version {VERSION})", "storage"), "changed", "false → true")
        if "status" not in mapping(ours_version, "subresources"):
            yield FieldChange(("(subresource status)",), "added")
        if "scale" in mapping(ours_version, "subresources"):
            yield FieldChange(("(subresource scale)",), "removed")
        if ours_version.get("additionalPrinterColumns"):
            yield FieldChange(("(columns of kubectl get)",), "removed")


def _words(value: Any) -> str:
    if value is None:
        return "none"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _versions(live: Mapping[str, Any]) -> dict[str, Json]:
    return {str(version.get("name")): version for _, version in maps(mapping(live, "spec"), "versions")}


def _served(live: Mapping[str, Any]) -> dict[str, Json]:
    return {name: version for name, version in _versions(live).items() if version.get("served")}


def served_schemas(live: Mapping[str, Any]) -> dict[str, Json]:
    """Give the schema of every version that a definition serves."""
    return {name: _schema(version) for name, version in _served(live).items()}


def served_version(live: Mapping[str, Any]) -> str | None:
    """Give the version to read a definition's objects in: ours, else any that is served; None where none is."""
    served = _served(live)
    return VERSION if VERSION in served else next(iter(served), None)


def _schema(version: Mapping[str, Any]) -> Json:
    return mapping(mapping(version, "schema"), "openAPIV3Schema")


def stored_versions(live: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the versions in which objects may lie in the store; they must never leave the definition."""
    listed = mapping(live, "status").get("storedVersions")
    return tuple(str(one) for one in listed) if isinstance(listed, list) else ()


def condition(live: Mapping[str, Any], wanted: str) -> tuple[bool, str]:
    """Tell whether a definition's condition holds, and what it says when it does not."""
    for _, one in maps(mapping(live, "status"), "conditions"):
        if one.get("type") == wanted:
            return one.get("status") == "True", str(one.get("message") or one.get("reason") or "")
    return False, ""


def _condition_remarks(live: Mapping[str, Any]) -> tuple[str, ...]:
    said = []
    if mapping(live, "metadata").get("deletionTimestamp"):
        said.append("it is being deleted, and every object of the kind with it")
    accepted, message = condition(live, "NamesAccepted")
    if not accepted and message:
        said.append(f"its names were not accepted: {message}")
    elif not condition(live, "Established")[0]:
        said.append("it is not established: the cluster does not serve the kind yet")
    return tuple(said)


def _version_remarks(live: Mapping[str, Any], foreign: Sequence[str]) -> tuple[str, ...]:
    said = []
    if foreign:
        said.append(f"it has versions that no release of Sedna has: {', '.join(foreign)}")
    strategy = mapping(mapping(live, "spec"), "conversion").get("strategy")
    if strategy not in (None, "None"):
        said.append(f"its versions are converted by {strategy}")
    return tuple(said)
