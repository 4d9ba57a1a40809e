"""What an apply would change: the live object against what a server-side dry run makes of the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sednactl.errors import Conflict, NotFound
from sednactl.lifecycle.apply import apply_workload, namespace_of, sendable
from sednactl.lifecycle.edit_preview import preview_of
from sednactl.lifecycle.serving import resource_of
from sednactl.sedna.kinds import BY_KIND, GROUP
from sednactl.sedna.resources import NAMESPACE

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

Json = dict[str, Any]

_NOISE = ("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink")


@dataclass(frozen=True)
class Difference:
    """One object before and after an apply, both without status and what only the server writes.

    `before` is None where there is no such object yet. `conflicts` are lines that say who owns
    fields which a plain apply would be refused for.
    """

    name: str
    before: Json | None
    after: Json
    conflicts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Tell whether an apply would change anything."""
        return self.before != self.after


def difference_of(cluster: Cluster, manifest: Mapping[str, Any]) -> Difference:
    """Ask the API server what an apply would make, storing nothing. Raises what an apply would, but no conflict."""
    resource = resource_of(cluster, manifest)
    namespace = namespace_of(cluster, resource, manifest)
    name = str(manifest["metadata"]["name"])
    label = f"{resource.full_name}/{namespace}/{name}" if namespace else f"{resource.full_name}/{name}"
    live = cluster.find(resource, name, namespace)
    before = None if live is None else comparable(live)
    conflicts: tuple[str, ...] = ()
    try:
        applied = apply_workload(cluster, manifest, dry_run=True, allow_taken_names=True)
    except Conflict as error:
        conflicts = error.detail or (error.message,)
        applied = apply_workload(cluster, manifest, dry_run=True, force=True, allow_taken_names=True)
    except NotFound:
        if namespace is None or cluster.find(NAMESPACE, namespace) is not None:
            raise
        # Its namespace may well come from the same files.
        note = f"namespace {namespace} does not exist yet: the manifest is shown as it is"
        return Difference(label, before, comparable(sendable(manifest, namespace)), (), (note,))
    notes = applied.notes
    if live is not None and resource.group == GROUP and resource.kind in BY_KIND:
        edit = preview_of(cluster, BY_KIND[resource.kind], live, applied.object)
        notes += () if edit is None else edit.advice()
    return Difference(label, before, comparable(applied.object), conflicts, notes)


def comparable(item: Mapping[str, Any]) -> Json:
    """Give an object without status, managed fields and what changes by itself."""
    metadata = {key: value for key, value in (item.get("metadata") or {}).items() if key not in _NOISE}
    return {**{key: value for key, value in item.items() if key != "status"}, "metadata": metadata}
