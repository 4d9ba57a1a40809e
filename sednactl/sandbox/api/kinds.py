"""What the API server must know of a kind to serve it; custom kinds join at run time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

READ = ("get", "list", "watch")
ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
Shelf = tuple[str, str]
"""Group and plural: where objects lie, whatever version they are asked for in."""


@dataclass(frozen=True)
class ScalePaths:
    """Where a kind keeps what the scale subresource shows: dotted paths."""

    spec: str = "spec.replicas"
    status: str = "status.replicas"
    selector: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind in one version.

    `fields` are the field labels that selectors may use, each with the dotted path
    of its value. `spec_parts` says which top-level fields make metadata.generation
    grow: None for kinds without one. `custom` is a custom kind's entry of
    `spec.versions`, None for built-in kinds.
    """

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    singular: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    fields: tuple[tuple[str, str], ...] = ()
    counts_generation: bool = False
    stored_as: str = ""
    unconditional_update: bool = True
    created_by_update: bool = False
    deletion_gives_object: bool = False
    scale: ScalePaths | None = None
    custom: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)
    list_kind: str = ""

    @property
    def api_version(self) -> str:
        """Give `group/version`, or the bare version for core kinds."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def full_name(self) -> str:
        """Give `plural.group` as messages name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def full_kind(self) -> str:
        """Give `Kind.group` as messages about invalid objects name it."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    @property
    def shelf(self) -> Shelf:
        """Give where its objects lie."""
        return self.group, self.plural

    @property
    def storage_version(self) -> str:
        """Give the version in which its objects are kept."""
        return self.stored_as or self.version

    @property
    def lists(self) -> str:
        """Give the kind of its lists."""
        return self.list_kind or f"{self.kind}List"


class Catalog:
    """All kinds that are served now."""

    def __init__(self, kinds: tuple[Kind, ...]) -> None:
        self._kinds: dict[tuple[str, str, str], Kind] = {}
        self._custom: dict[str, tuple[Kind, ...]] = {}
        self.leaving: set[Shelf] = set()
        """Custom kinds of which no object can be created any more."""
        self.edition = 0
        """Grows whenever what is served changes."""
        for kind in kinds:
            self._kinds[kind.group, kind.version, kind.plural] = kind

    def find(self, group: str, version: str, plural: str) -> Kind | None:
        """Give the kind behind a path, None where it is not served."""
        return self._kinds.get((group, version, plural))

    def built_in(self, group: str, version: str) -> bool:
        """Tell whether a group and version is one of Kubernetes' own."""
        return any(
            (kind.group, kind.version) == (group, version) and kind.custom is None for kind in self.all()
        )

    def all(self) -> list[Kind]:
        """Give every kind in the order in which discovery lists it."""
        return list(self._kinds.values())

    def of_group_kind(self, group: str, kind: str) -> Kind | None:
        """Give a kind by its name, in any version that is served."""
        return next((one for one in self._kinds.values() if (one.group, one.kind) == (group, kind)), None)

    def storage_kind(self, shelf: Shelf) -> Kind | None:
        """Give the kind of a shelf in the version it is kept in, else in any that is served."""
        served = [one for one in self._kinds.values() if one.shelf == shelf]
        return next(
            (one for one in served if one.version == one.storage_version), served[0] if served else None
        )

    def set_custom(self, definition: str, kinds: tuple[Kind, ...]) -> None:
        """Serve these kinds for a definition, and no longer those it had before."""
        if self._custom.get(definition, ()) == kinds and not kinds:
            return
        for old in self._custom.pop(definition, ()):
            self.leaving.discard(old.shelf)
            self._kinds.pop((old.group, old.version, old.plural), None)
        for kind in kinds:
            self._kinds[kind.group, kind.version, kind.plural] = kind
        if kinds:
            self._custom[definition] = kinds
        self.edition += 1
