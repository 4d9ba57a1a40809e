"""What a request's path is about: a place in discovery, or objects of a kind."""

from __future__ import annotations

from dataclasses import dataclass

from sednactl.sandbox.api.kinds import Catalog, Kind
from sednactl.sandbox.api.refusal import Refusal


@dataclass(frozen=True)
class Target:
    """Objects of one kind: all, those of a namespace, or one by name, or a subresource of that."""

    kind: Kind
    namespace: str = ""
    name: str = ""
    subresource: str = ""


@dataclass(frozen=True)
class GroupVersion:
    """A group and version whose resources lie below a path; `rest` are the segments that follow."""

    group: str
    version: str
    rest: tuple[str, ...]


def group_version(path: str) -> GroupVersion | None:
    """Read `/api/v1/...` or `/apis/GROUP/VERSION/...`; None for any other path."""
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) >= 2 and segments[0] == "api":
        return GroupVersion("", segments[1], tuple(segments[2:]))
    if len(segments) >= 3 and segments[0] == "apis":
        return GroupVersion(segments[1], segments[2], tuple(segments[3:]))
    return None


def target_of(place: GroupVersion, catalog: Catalog) -> Target:
    """Give what a path below a group and version is about. Raises Refusal NotFound, as for any unknown path."""
    rest = place.rest
    namespace = ""
    if len(rest) >= 2 and rest[0] == "namespaces" and (len(rest) > 2 and not _of_namespace(place, rest)):
        namespace, rest = rest[1], rest[2:]
    if not rest or len(rest) > 3:
        raise no_such_path()
    plural, name, subresource = (*rest, "", "")[:3]
    kind = catalog.find(place.group, place.version, plural)
    if kind is None or (namespace and not kind.namespaced):
        raise no_such_path()
    if name and kind.namespaced and not namespace:
        raise no_such_path()
    if subresource and subresource not in kind.subresources:
        raise no_such_path()
    return Target(kind, namespace, name, subresource)


def _of_namespace(place: GroupVersion, rest: tuple[str, ...]) -> bool:
    return place.group == "" and len(rest) == 3 and rest[2] in ("status", "finalize")


def no_such_path() -> Refusal:
    """Give the 404 for a path that leads nowhere."""
    return Refusal("NotFound", "the server could not find the requested resource", detailed=True)
