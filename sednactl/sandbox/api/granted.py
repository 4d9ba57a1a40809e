"""What stored roles and bindings grant to users, as Kubernetes' RBAC authorizer reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.sandbox.api.kinds import Shelf
from sednactl.sandbox.api.requests import User
from sednactl.sandbox.api.store import Event, Store, Version
from sednactl.validation.rbac import is_subject

Rule = Mapping[str, Any]

GROUP = "rbac.authorization.k8s.io"
_ROLES, _CLUSTER_ROLES = (GROUP, "roles"), (GROUP, "clusterroles")
_BINDINGS, _CLUSTER_BINDINGS = (GROUP, "rolebindings"), (GROUP, "clusterrolebindings")


class Granted:
    """The rules of every user, remembered until a role or a binding changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[User, str], tuple[Rule, ...]] = {}
        store.on_change(self._changed)

    def rules(self, user: User, namespace: str) -> tuple[Rule, ...]:
        """Give the rules that a user has in a namespace, or in the whole cluster ("")."""
        place = user, namespace
        found = self._known.get(place)
        if found is None:
            with self._store.lock:  # so that no change falls between reading and remembering
                found = self._known[place] = tuple(self._read(user, namespace))
        return found

    def _changed(self, shelf: Shelf, _: Event) -> None:
        if shelf[0] == GROUP:
            self._known.clear()

    def _read(self, user: User, namespace: str) -> Iterator[Rule]:
        bindings, _ = self._store.list(_CLUSTER_BINDINGS)
        if namespace:
            bindings = [*bindings, *self._store.list(_BINDINGS, namespace)[0]]
        for version in bindings:
            binding = version.object()
            if any(
                is_subject(one, user.name, user.groups, version.namespace)
                for one in binding.get("subjects") or ()
            ):
                role = self._role(binding["roleRef"], version.namespace)
                if role is not None:
                    yield from role.object().get("rules") or ()

    def _role(self, reference: Mapping[str, Any], namespace: str) -> Version | None:
        name = reference.get("name", "")
        if reference.get("kind") == "Role":
            return self._store.get(_ROLES, f"{namespace}/{name}")
        return self._store.get(_CLUSTER_ROLES, name)
