"""Which kinds a cluster serves now, read anew each time: CRDs come and go while controllers run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sednactl.errors import NotFound, ServerFault
from sednactl.sedna.resources import Resource

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster


class ServedKind:
    """A kind as discovery tells it: the resource, and the verbs it takes."""

    def __init__(self, resource: Resource, verbs: frozenset[str]) -> None:
        self.resource = resource
        self.verbs = verbs


def served_kinds(cluster: Cluster, *, preferred: bool = True) -> list[ServedKind]:
    """Give every kind, subresources left out; of a group with several versions only the preferred where asked so.

    A group whose server does not answer is left out.
    """
    found: list[ServedKind] = []
    for group, version in _group_versions(cluster, preferred):
        found += kinds_of(cluster, group, version)
    return found


def kinds_of(cluster: Cluster, group: str, version: str) -> list[ServedKind]:
    """Give the kinds of one version of one group ("" for core), none where that is not served."""
    root = f"/apis/{group}/{version}" if group else f"/api/{version}"
    try:
        listed = cluster.request("GET", root)
    except (NotFound, ServerFault):
        return []
    return [
        ServedKind(
            Resource(group, version, each["name"], each["kind"], bool(each.get("namespaced"))),
            frozenset(each.get("verbs") or ()),
        )
        for each in listed.get("resources") or ()
        if "/" not in each["name"]
    ]


def _group_versions(cluster: Cluster, preferred: bool) -> Iterator[tuple[str, str]]:
    yield "", "v1"
    groups: list[dict[str, Any]] = cluster.request("GET", "/apis").get("groups") or []
    for group in groups:
        versions = [each["version"] for each in group.get("versions") or ()]
        if preferred and group.get("preferredVersion"):
            # Older versions may carry kinds that the preferred one lacks; nothing here needs those.
            versions = [group["preferredVersion"]["version"]]
        for version in versions:
            yield group["name"], version
