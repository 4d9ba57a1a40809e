"""What an apply would change about a workload that lives, and what Sedna would make of that, before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sednactl.errors import Forbidden, Refused
from sednactl.lifecycle.apply import apply_workload, namespace_of
from sednactl.lifecycle.carried import COMPARABLE, edited, not_carried
from sednactl.lifecycle.reading import read_family
from sednactl.lifecycle.serving import resource_of
from sednactl.lifecycle.users_of import USERS, User, read_usage
from sednactl.sedna.edit_effects import EditEffect, effects_of_edit
from sednactl.sedna.kinds import (
    BY_KIND,
    GROUP,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    SednaKind,
)
from sednactl.sedna.naming import deployment_name
from sednactl.sedna.resources import DEPLOYMENT

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

Json = dict[str, Any]


class HarmfulEdit(Refused):
    """An edit was not sent, because of what Sedna would do at it to this workload or to others."""


@dataclass(frozen=True)
class EditPreview:
    """A workload as it is and as an apply would leave it, with the effects of that edit.

    `users` are the workloads that name it, where it is a model or a dataset. `stored` tells
    that the edit is none of this apply: an earlier one stored it, and nothing came of it.
    """

    kind: SednaKind
    live: Json
    foreseen: Json
    effects: tuple[EditEffect, ...]
    users: tuple[User, ...] = ()
    stored: bool = False

    @property
    def name(self) -> str:
        """Give kind and name, as a sentence needs them."""
        return f"{self.kind.kind} {self.live['metadata']['name']}"

    @property
    def harmful(self) -> bool:
        """Tell whether the edit would do harm."""
        return any(effect.how == "harmful" for effect in self.effects)

    @property
    def needs_replacement(self) -> bool:
        """Tell whether the edit comes about only if the workload is deleted and created anew."""
        return any(effect.needs_replacement for effect in self.effects)

    def sentences(self) -> tuple[str, ...]:
        """Say what the edit does, a sentence a thing."""
        said = [f"{self.name}: {effect.sentence}" for effect in self.effects]
        if self.users:
            names = ", ".join(dict.fromkeys(map(str, self.users)))
            said.append(
                f"{self.name} is used by {names}: to make them take the change up, delete and apply them again"
            )
        return tuple(said)

    def advice(self) -> tuple[str, ...]:
        """Say what the edit does, and which way leads to what it means where a plain apply does not."""
        said = self.sentences()
        if self.harmful:
            said += (f"{self.name}: apply refuses this edit; --replace deletes it and creates it anew",)
        elif self.needs_replacement:
            said += (f"{self.name}: apply --replace brings it about by deleting it and creating it anew",)
        return said

    def way_out(self, *, dry_run: bool) -> str:
        """Say how an edit that Sedna ignores comes about, after this apply has stored it."""
        how = f"{self.name}: --replace brings it about by deleting it and creating it anew"
        if dry_run or self.stored or self.kind in COMPARABLE:
            return how if dry_run or self.stored else f"{how}, also when given to a second apply"
        return f"{self.name}: to bring it about, delete it and apply it again, or repair it if children are missing"

    def refusal(self) -> HarmfulEdit:
        """Give the error that a harmful edit ends with."""
        return HarmfulEdit(
            f"{self.name} was not changed: the edit would do harm",
            status=409,
            reason="HarmfulEdit",
            hint="--replace deletes it, waits until nothing of it is left and creates it anew; "
            "--allow-harmful-edits sends the edit all the same",
            detail=[effect.sentence for effect in self.effects if effect.how == "harmful"],
        )


def preview_edit(
    cluster: Cluster,
    manifest: Mapping[str, Any],
    *,
    force: bool = False,
    strict: bool = True,
    thorough: bool = False,
) -> EditPreview | None:
    """Ask the API server what an apply would make of a living Sedna object, storing nothing.

    None where there is no such object, or it is none of Sedna's, or nothing in its spec
    would change and nothing is left of an earlier edit that Sedna ignored. `thorough` also
    says of an edited object that nothing is left to be seen. Raises what the apply itself would.
    """
    resource = resource_of(cluster, manifest)
    kind = BY_KIND.get(resource.kind) if resource.group == GROUP else None
    if kind is None or not (manifest.get("metadata") or {}).get("name"):
        return None
    namespace = namespace_of(cluster, resource, manifest) or ""
    live = cluster.find(resource, str(manifest["metadata"]["name"]), namespace)
    if live is None:
        return None
    foreseen = apply_workload(cluster, manifest, dry_run=True, force=force, strict=strict).object
    preview = preview_of(cluster, kind, live, foreseen)
    return _left_of_earlier_edit(cluster, kind, live, thorough) if preview is None else preview


def preview_of(cluster: Cluster, kind: SednaKind, live: Json, foreseen: Json) -> EditPreview | None:
    """Judge an edit whose outcome is known; None where the spec stays as it is."""
    if (live.get("spec") or {}) == (foreseen.get("spec") or {}):
        return None
    meta = live["metadata"]
    namespace = str(meta.get("namespace", ""))
    missing = _sides_without_deployment(cluster, live, foreseen) if kind is JOINT_INFERENCE else ()
    effects = effects_of_edit(kind, live, foreseen, without_deployment=missing)
    users: tuple[User, ...] = ()
    if kind.kind in USERS:
        users = read_usage(cluster, kind, namespace).of(namespace, str(meta["name"]))
    return EditPreview(kind, live, foreseen, effects, users)


def _left_of_earlier_edit(
    cluster: Cluster, kind: SednaKind, live: Json, thorough: bool
) -> EditPreview | None:
    """Tell what of an edit that is stored already did not come about; None where nothing can be said."""
    if not edited(live) or live["metadata"].get("deletionTimestamp"):
        return None
    effects: tuple[EditEffect, ...] = ()
    if kind in COMPARABLE:
        meta = live["metadata"]
        family, _ = read_family(cluster, kind, meta["name"], meta.get("namespace", ""), workload=live)
        effects = tuple(
            EditEffect("ignored", f"an earlier edit did not come about: {said}")
            for said in not_carried(family)
        )
    if thorough and not effects and (kind in COMPARABLE or kind in (INCREMENTAL_LEARNING, LIFELONG_LEARNING)):
        effects = (
            EditEffect(
                "later",
                "it was edited since it was made, and not all that Sedna made of that can be seen from here: "
                "to be sure, delete it and apply it again",
            ),
        )
    return EditPreview(kind, live, live, effects, stored=True) if effects else None


def _sides_without_deployment(cluster: Cluster, live: Json, foreseen: Json) -> tuple[str, ...]:
    """Give the sides that the edit changes and that have no Deployment of this service; none where that can't be seen."""
    missing = []
    meta = live["metadata"]
    for side in ("cloud", "edge"):
        key = f"{side}Worker"
        if (live.get("spec") or {}).get(key) == (foreseen.get("spec") or {}).get(key):
            continue
        try:
            if cluster.find(DEPLOYMENT, deployment_name(meta["name"], side), meta.get("namespace")) is None:
                missing.append(side)
        except Forbidden:
            return ()
    return tuple(missing)
