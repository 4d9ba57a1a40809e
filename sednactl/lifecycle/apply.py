"""Sending manifests: server-side apply, and what is worth knowing before and after it.

Apply never owns what an autoscaler owns, creating never walks into a name that
is taken, and what the cluster did not store is said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from sednactl.errors import (
    AlreadyExists,
    ClusterError,
    Conflict,
    Forbidden,
    Invalid,
    InvalidInput,
    NotFound,
    SednactlError,
)
from sednactl.lifecycle.dropped_fields import SERVER_METADATA, dropped_fields
from sednactl.lifecycle.references import references_of
from sednactl.lifecycle.replicas_owner import leave_replicas_to_autoscaler
from sednactl.lifecycle.serving import not_served, resource_of
from sednactl.lifecycle.taken_names import NamesTaken, TakenName, find_taken_names
from sednactl.sedna.kinds import BY_KIND, GROUP, SednaKind, with_article
from sednactl.validation.finding import spell_path

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster, Stored
    from sednactl.sedna.resources import Resource
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]
Action = Literal["created", "configured", "unchanged"]

NEVER_THE_VERSION = "1"
"""A resourceVersion no object has: etcd starts counting objects above it.

An apply that carries it creates where nothing is, and is refused with a
conflict where something is: an atomic create that leaves the ownership of an
apply.
"""

NOT_DECLARED = "field not declared in schema"
OLD_CRD_MEND = (
    "autoscaling came with Sedna 0.7: upgrade the CRDs and the Global Manager to 0.7.0, or leave hpa out"
)

SETTLE_SECONDS = 15.0
"""How long a create waits for what Kubernetes is about to remove by itself."""


@dataclass(frozen=True)
class Applied:
    """What came of sending one manifest.

    `object` is what the cluster stored (would store, for a dry run). `dropped` are the
    paths it left out, `warnings` the API server's own, `notes` what is worth knowing
    about it and what could not be looked at.
    """

    object: Json
    action: Action
    dropped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def apply_workload(
    cluster: Cluster,
    manifest: Mapping[str, Any],
    *,
    dry_run: bool = False,
    force: bool = False,
    allow_taken_names: bool = False,
    strict: bool = True,
    surroundings: Surroundings | None = None,
) -> Applied:
    """Create or change an object of any kind the cluster serves, by server-side apply.

    `force` takes over fields that others own. `strict` False lets the cluster drop fields
    it does not know, which the result then names. With `surroundings` a create waits
    a little for children of a former workload that are just being removed.
    Raises Conflict (who owns what), NamesTaken, Invalid, NotFound and the rest.
    """
    resource = resource_of(cluster, manifest)
    namespace = namespace_of(cluster, resource, manifest)
    name = _name_of(manifest)
    live = _find(cluster, resource, name, namespace)
    notes: list[str] = []
    kind = _sedna_kind(resource)
    if live is None and kind is not None and not allow_taken_names:
        notes += _refuse_taken_names(cluster, kind, manifest, namespace or "", surroundings)
    if live is None and kind is not None and not dry_run:
        notes += missing_references(cluster, kind, manifest, namespace or "")
    if live is not None and live["metadata"].get("deletionTimestamp"):
        notes.append(f"{resource.kind} {name} is being deleted: what is applied now goes with it")
    sent = sendable(manifest, namespace)
    sent, note = leave_replicas_to_autoscaler(cluster, resource, sent, live, namespace)
    notes += note
    stored = _send(cluster, resource, sent, namespace, dry_run=dry_run, force=force, strict=strict)
    action = action_of(live, stored.object, created=stored.created)
    applied = _applied(sent, stored, action, notes)
    return _without_identity(applied) if dry_run and live is None else applied


def create_workload(
    cluster: Cluster,
    manifest: Mapping[str, Any],
    *,
    dry_run: bool = False,
    allow_taken_names: bool = False,
    strict: bool = True,
    surroundings: Surroundings | None = None,
) -> Applied:
    """Create an object, atomically, so that a later apply owns the same fields.

    `strict` False lets the cluster drop fields it does not know. Raises AlreadyExists where it exists, NamesTaken where its children's names
    are taken, Invalid and the rest. With `surroundings` it waits a little for
    children of a former workload that are just being removed.
    """
    resource = resource_of(cluster, manifest)
    namespace = namespace_of(cluster, resource, manifest)
    name = _name_of(manifest)
    if _find(cluster, resource, name, namespace) is not None:
        raise _exists(resource, name, namespace)
    notes: list[str] = []
    kind = _sedna_kind(resource)
    if kind is not None and not allow_taken_names:
        notes += _refuse_taken_names(cluster, kind, manifest, namespace or "", surroundings)
    sent = sendable(manifest, namespace)
    sent["metadata"].pop("uid", None)
    sent["metadata"]["resourceVersion"] = NEVER_THE_VERSION
    try:
        stored = _send(cluster, resource, sent, namespace, dry_run=dry_run, force=False, strict=strict)
    except Conflict as error:
        if _find(cluster, resource, name, namespace) is None:
            raise  # whatever was in the way is no such object, or is gone again
        raise _as_doubtful(_exists(resource, name, namespace), error) from None
    applied = _applied(sent, stored, "created", notes)
    return _without_identity(applied) if dry_run else applied


def namespace_of(cluster: Cluster, resource: Resource, manifest: Mapping[str, Any]) -> str | None:
    """Give the namespace a manifest goes to: its own, else the cluster's default; None for cluster-wide kinds."""
    if not resource.namespaced:
        return None
    return str((manifest.get("metadata") or {}).get("namespace") or cluster.namespace)


def sendable(manifest: Mapping[str, Any], namespace: str | None) -> Json:
    """Give what may be sent: no status, none of the metadata that only the server writes."""
    sent = {key: value for key, value in manifest.items() if key != "status"}
    metadata = {
        key: value for key, value in (sent.get("metadata") or {}).items() if key not in SERVER_METADATA
    }
    if namespace is not None:
        metadata["namespace"] = namespace
    return {**sent, "metadata": metadata}


def action_of(live: Json | None, stored: Json, *, created: bool) -> Action:
    """Tell what an apply did, from the object before and after; what others do meanwhile does not count."""
    if created or live is None:
        return "created"
    return "unchanged" if _essence(live) == _essence(stored) else "configured"


def _essence(item: Json) -> Json:
    """Give what an apply of ours can change: content, and which fields we own."""
    metadata = item.get("metadata") or {}
    ours = [
        (entry.get("operation"), entry.get("fieldsV1"))
        for entry in metadata.get("managedFields") or ()
        if entry.get("manager") == "sednactl" and not entry.get("subresource")
    ]
    kept = {key: metadata.get(key) for key in ("labels", "annotations", "finalizers", "ownerReferences")}
    content = {key: value for key, value in item.items() if key not in ("metadata", "status")}
    return {"content": content, "metadata": kept, "ours": ours}


def _send(
    cluster: Cluster,
    resource: Resource,
    sent: Json,
    namespace: str | None,
    *,
    dry_run: bool,
    force: bool,
    strict: bool,
) -> Stored:
    try:
        while True:
            try:
                return cluster.apply(
                    resource, sent, namespace=namespace, dry_run=dry_run, force=force, strict=strict
                )
            except Invalid as error:
                # Nothing was stored; the server may name more once these are gone.
                lesser = None if strict else _without_unknown(sent, error)
                if lesser is None:
                    raise
                sent = lesser
    except Conflict as error:
        raise _as_doubtful(_explained_conflict(error, resource, sent), error) from error
    except Invalid as error:
        raise _as_doubtful(_explained_refusal(error, resource, sent), error) from error
    except NotFound as error:
        if not cluster.serves(resource):
            missing = not_served(cluster, resource.api_version, resource.kind)
            raise _as_doubtful(missing, error) from error
        raise


def _as_doubtful(explained: SednactlError, error: ClusterError) -> SednactlError:
    """Give the explanation of an error, in doubt where that is: an earlier try may have been carried out."""
    if error.in_doubt and isinstance(explained, ClusterError):
        explained.put_in_doubt()
    return explained


def _explained_conflict(error: Conflict, resource: Resource, sent: Json) -> Conflict:
    if sent["metadata"].get("resourceVersion") or not error.detail:
        return error
    return Conflict(
        f"{resource.kind} {sent['metadata']['name']}: other managers own fields that the manifest sets otherwise",
        status=error.status,
        reason=error.reason,
        hint="--force-conflicts takes these fields over; or leave them out of the manifest",
        detail=error.detail,
    )


def _without_unknown(sent: Json, error: Invalid) -> Json | None:
    from sednactl.lifecycle.unknown_fields import unknown_in, without_field

    lesser: Json | None = None
    for path in dict.fromkeys(path for text in (*error.detail, error.message) for path in unknown_in(text)):
        found = without_field(sent if lesser is None else lesser, path)
        lesser = lesser if found is None else found
    return lesser


def _explained_refusal(error: Invalid, resource: Resource, sent: Json) -> SednactlError:
    """Say what an old CRD means by a field it does not know, where that is what it says."""
    text = " ".join((error.message, *error.detail))
    if "unknown field" not in text and NOT_DECLARED not in text:
        return error
    unknown = [side for side in ("cloudWorker", "edgeWorker") if f"{side}.hpa" in text]
    lines = [line.strip() for said in error.detail for line in said.splitlines() if line.strip() != "errors:"]
    if resource.group != GROUP or not unknown:
        return Invalid(
            f"{resource.kind} {sent['metadata']['name']}: the cluster does not know some of its fields",
            status=error.status,
            reason=error.reason,
            hint=mend_of_dropped(lines),
            detail=lines,
        )
    where = " and ".join(f"spec.{side}.hpa" for side in unknown)
    return Invalid(
        f"{resource.kind} {sent['metadata']['name']}: this cluster's CRD does not know {where}",
        status=error.status,
        reason=error.reason,
        hint=OLD_CRD_MEND,
        detail=lines,
    )


def mend_of_dropped(paths: Sequence[str]) -> str:
    """Say how to mend what a cluster dropped, by what it dropped."""
    if any("Worker.hpa" in path for path in paths):
        return OLD_CRD_MEND
    if any("template.metadata" in path for path in paths):
        return "Sedna's CRDs keep no labels, annotations or names of pod templates: leave them out"
    return "the cluster's version of this kind does not know these fields: upgrade it, or leave them out"


def missing_references(
    cluster: Cluster,
    kind: SednaKind,
    manifest: Mapping[str, Any],
    namespace: str,
    made: Collection[tuple[str, str]] = (),
) -> list[str]:
    """Say which models, datasets and secrets a workload names are not there, and what comes of it.

    `made` are kind and name of what is made together with it.
    """
    said = []
    for reference in references_of(kind, manifest):
        if (reference.resource.kind, reference.name) in made:
            continue
        try:
            missing = cluster.find(reference.resource, reference.name, namespace) is None
        except Forbidden:
            continue
        if missing:
            said.append(
                f"{reference.resource.kind} {reference.name} is not in namespace {namespace} ({reference.path}): "
                f"{reference.when_missing}"
            )
    return said


def _refuse_taken_names(
    cluster: Cluster,
    kind: SednaKind,
    manifest: Mapping[str, Any],
    namespace: str,
    surroundings: Surroundings | None,
) -> tuple[str, ...]:
    taken, notes = find_taken_names(cluster, kind, manifest, namespace)
    if surroundings is not None:
        deadline = surroundings.monotonic() + SETTLE_SECONDS
        while _all_leaving(taken) and surroundings.monotonic() < deadline:
            surroundings.sleep(0.5)
            taken, notes = find_taken_names(cluster, kind, manifest, namespace)
    if taken:
        raise NamesTaken(kind, _name_of(manifest), namespace, taken)
    return notes


def _all_leaving(taken: Sequence[TakenName]) -> bool:
    return bool(taken) and all(one.holder == "leaving" for one in taken)


def _without_identity(applied: Applied) -> Applied:
    """Leave out what a server makes up while it tries a create: nothing ever has that UID or version."""
    made_up = (*SERVER_METADATA, "uid", "resourceVersion")
    metadata = {key: value for key, value in applied.object["metadata"].items() if key not in made_up}
    return replace(applied, object={**applied.object, "metadata": metadata})


def _applied(sent: Json, stored: Stored, action: Action, notes: Sequence[str]) -> Applied:
    dropped = tuple(spell_path(path) for path in dropped_fields(sent, stored.object))
    return Applied(stored.object, action, dropped, tuple(stored.warnings), tuple(notes))


def _find(cluster: Cluster, resource: Resource, name: str, namespace: str | None) -> Json | None:
    return cluster.find(resource, name, namespace)


def _exists(resource: Resource, name: str, namespace: str | None) -> AlreadyExists:
    where = f" in namespace {namespace}" if namespace else ""
    return AlreadyExists(
        f"{resource.kind} {name} exists already{where}",
        status=409,
        reason="AlreadyExists",
        hint="'sednactl apply' changes it; 'sednactl delete' removes it",
    )


def _name_of(manifest: Mapping[str, Any]) -> str:
    name = (manifest.get("metadata") or {}).get("name")
    if not isinstance(name, str) or not name:
        raise InvalidInput(
            f"{with_article(str(manifest.get('kind')))} without metadata.name",
            hint="apply needs a name to find the object by",
        )
    return name


def _sedna_kind(resource: Resource) -> SednaKind | None:
    return BY_KIND.get(resource.kind) if resource.group == GROUP else None
