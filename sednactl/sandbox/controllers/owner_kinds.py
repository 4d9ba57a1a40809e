"""Maps an owner reference's apiVersion and kind to what the cluster serves, as REST mappings do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sednactl.sandbox.controllers.discovery import ServedKind, kinds_of, served_kinds
from sednactl.sedna.resources import Resource

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster


class OwnerKinds:
    """What a cluster serves, remembered until told to forget."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._by_version: dict[str, dict[str, Resource]] = {}

    def find(self, api_version: str, kind: str) -> Resource | None:
        """Give the kind that is served under that version, None where none is."""
        known = self._by_version.get(api_version)
        if known is None:
            group, _, version = api_version.rpartition("/")
            known = _by_kind(kinds_of(self._cluster, group, version)) if version else {}
            self._by_version[api_version] = known
        return known.get(kind)

    def deletable(self) -> list[Resource]:
        """Give every kind that can be listed, watched and deleted, in its group's preferred version."""
        needed = {"list", "watch", "delete"}
        return [each.resource for each in served_kinds(self._cluster) if needed <= each.verbs]

    def forget(self) -> None:
        """Ask the cluster anew from now on."""
        self._by_version.clear()


def _by_kind(served: list[ServedKind]) -> dict[str, Resource]:
    return {each.resource.kind: each.resource for each in served}
