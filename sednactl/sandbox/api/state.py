"""Everything the API server's operations share: objects, kinds, rights, time, and how a kind's objects are built."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sednactl.sandbox.api.addresses import ClusterAddresses
from sednactl.sandbox.api.kinds import Catalog, Kind, Shelf
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.rights import Rights
from sednactl.sandbox.api.selectors import values_of
from sednactl.sandbox.api.store import Store, Version
from sednactl.sandbox.api.text import Json, written
from sednactl.sandbox.clock import Clock

if TYPE_CHECKING:
    from sednactl.sandbox.api.writing import Structure


@dataclass
class State:
    """The state of one API server."""

    clock: Clock
    store: Store
    catalog: Catalog
    rights: Rights
    addresses: ClusterAddresses
    _structures: dict[Kind, tuple[object, Structure]] = field(default_factory=dict)

    def now(self) -> str:
        """Give the time as objects carry it."""
        return written(self.clock.now())

    def structure(self, kind: Kind) -> Structure:
        """Give the type of a kind's objects."""
        from sednactl.sandbox.api.writing import structure_of_builtin, structure_of_crd

        known = self._structures.get(kind)
        if known is not None and known[0] is kind.custom:
            return known[1]
        if kind.custom is None:
            made = structure_of_builtin(kind.api_version, kind.kind)
        else:
            schema = (kind.custom.get("schema") or {}).get("openAPIV3Schema") or {}
            made = structure_of_crd(schema, kind.api_version, kind.kind)
        self._structures[kind] = kind.custom, made
        return made

    def kind_of(self, shelf: Shelf) -> Kind:
        """Give the kind of a shelf that is served, in the version it is kept in. Raises KeyError."""
        found = self.catalog.storage_kind(shelf)
        if found is None:
            raise KeyError(shelf)
        return found

    def find(self, kind: Kind, namespace: str, name: str) -> Version | None:
        """Give an object's current version, None where there is none."""
        return self.store.get(kind.shelf, f"{namespace}/{name}" if namespace else name)

    def read(self, kind: Kind, namespace: str, name: str) -> Version:
        """Give an object's current version. Raises Refusal NotFound."""
        found = self.find(kind, namespace, name)
        if found is None:
            raise not_found(kind, name)
        return found

    def put(self, kind: Kind, content: Json) -> Version:
        """Store an object as its newest version."""
        return self.store.put(kind.shelf, content, values_of(kind, content))

    def remove(self, kind: Kind, content: Json) -> Version:
        """Take an object away; `content` is its last state."""
        return self.store.remove(kind.shelf, content, values_of(kind, content))


def not_found(kind: Kind, name: str) -> Refusal:
    """Give the 404 for an object that is not there."""
    return Refusal(
        "NotFound", f'{kind.full_name} "{name}" not found', name=name, group=kind.group, kind=kind.plural
    )
