"""What the server itself writes into metadata, and what a client may not."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.naming import generated, new_uid
from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.text import Json

_OURS = (
    "uid",
    "creationTimestamp",
    "resourceVersion",
    "generation",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)
"""Metadata that only the server writes."""

MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


def begin_metadata(kind: Kind, content: Json, namespace: str, now: str) -> None:
    """Complete the metadata of a new object in place. Raises Refusal for another namespace, or for no name at all."""
    meta: Json = content["metadata"]
    check_namespace(kind, meta, namespace)
    if meta.get("resourceVersion"):
        raise Refusal("", "resourceVersion should not be set on objects to be created")
    if not meta.get("name") and meta.get("generateName"):
        meta["name"] = generated(str(meta["generateName"]))
    if not meta.get("name"):
        raise invalid(
            kind,
            "",
            [
                Cause(
                    "FieldValueRequired", "Required value: name or generateName is required", "metadata.name"
                )
            ],
        )
    meta.pop("deletionTimestamp", None)
    meta.pop("deletionGracePeriodSeconds", None)
    meta.pop("selfLink", None)
    meta.pop("resourceVersion", None)
    meta["uid"] = new_uid()
    meta["creationTimestamp"] = now
    meta.pop("generation", None)
    if kind.counts_generation:
        meta["generation"] = 1


def drop_repeated_owners(meta: Json, *, patched: bool) -> tuple[str, ...]:
    """Leave in place every owner reference once; gives the warning about the others, in the words for a patch or a whole object."""
    kept: list[Any] = []
    again: list[str] = []
    for owner in meta.get("ownerReferences") or ():
        if owner in kept:
            again.append(str(owner.get("uid", "")))
        else:
            kept.append(owner)
    if not again:
        return ()
    meta["ownerReferences"] = kept
    when = " after mutating admission happens" if patched else ""
    return (
        f".metadata.ownerReferences contains duplicate entries{when}; API server dedups owner references in "
        f"1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) "
        f"observed: {', '.join(again)}",
    )


def check_namespace(kind: Kind, meta: Json, namespace: str) -> None:
    """Set the namespace of the request. Raises Refusal BadRequest where the object names another."""
    if not kind.namespaced:
        if meta.get("namespace"):
            raise Refusal("BadRequest", "namespace may not be set on a cluster-scoped object")
        meta.pop("namespace", None)
        return
    if meta.get("namespace", namespace) not in (namespace, ""):
        raise Refusal(
            "BadRequest",
            "the namespace of the provided object does not match the namespace sent on the request",
        )
    meta["namespace"] = namespace


def check_name(meta: Json, name: str) -> None:
    """Raise Refusal BadRequest where an object's name is not that of the path."""
    if not meta.get("name"):
        raise Refusal("BadRequest", "name must be provided")
    if meta["name"] != name:
        raise Refusal(
            "BadRequest",
            f"the name of the object ({meta['name']}) does not match the name on the URL ({name})",
        )


def continue_metadata(kind: Kind, old: Json, new: Json) -> None:
    """Keep in `new` what no client may change. Raises Refusal Conflict for an old resourceVersion or another UID."""
    before, meta = old["metadata"], new["metadata"]
    uid, version = meta.get("uid"), meta.get("resourceVersion")
    name = before["name"]
    if uid and uid != before["uid"]:
        key = registry_key(kind, before.get("namespace", ""), name)
        raise conflict(
            kind,
            name,
            f"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: "
            f"Precondition failed: UID in precondition: {uid}, UID in object meta: {before['uid']}",
        )
    if version and version != "0":
        if version != before["resourceVersion"]:
            raise conflict(kind, name, MODIFIED)
    elif not kind.unconditional_update:
        problem = f"Invalid value: {version or '0x0'}: must be specified for an update"
        raise Refusal(
            "Invalid",
            f'{kind.full_name} "{name}" is invalid: metadata.resourceVersion: {problem}',
            name=name,
            group=kind.group,
            kind=kind.plural,
            causes=[Cause("FieldValueInvalid", problem, "metadata.resourceVersion")],
        )
    for field in _OURS:
        _keep(before, meta, field)
    meta.pop("selfLink", None)
    check_finalizers(kind, before, meta)


def check_finalizers(kind: Kind, before: Json, meta: Json) -> None:
    """Raise Refusal Invalid where an object that is being deleted gets a new finalizer."""
    if not before.get("deletionTimestamp"):
        return
    added = [one for one in meta.get("finalizers") or () if one not in (before.get("finalizers") or ())]
    if added:
        listed = ", ".join(f'"{one}"' for one in added)
        problem = (
            "Forbidden: no new finalizers can be added if the object is being deleted, "
            f"found new finalizers []string{{{listed}}}"
        )
        cause = Cause("FieldValueForbidden", problem, "metadata.finalizers")
        raise invalid(
            kind, before["name"], [cause, cause]
        )  # kube-apiserver checks this twice and tells it twice


def _keep(before: Json, meta: Json, field: str) -> None:
    if field in before:
        meta[field] = before[field]
    else:
        meta.pop(field, None)


def grow_generation(kind: Kind, old: Json, new: Json) -> None:
    """Count a change of what is wanted: everything but metadata, and but status where that has a path of its own."""
    if not kind.counts_generation:
        return
    apart = {"metadata", "managedFields"} | ({"status"} if "status" in kind.subresources else set())
    annotated = kind.shelf == ("apps", "deployments") and (
        (old["metadata"].get("annotations") or {}) != (new["metadata"].get("annotations") or {})
    )
    if annotated or _without(old, apart) != _without(new, apart):
        new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1


def same_but_for_times(old: Json, new: Json) -> bool:
    """Tell whether a write changes nothing but the times of managed fields: then it is not stored."""
    return _timeless(old) == _timeless(new)


def _timeless(content: Json) -> Json:
    meta = {key: value for key, value in content["metadata"].items() if key != "managedFields"}
    managed: list[Any] = [
        {key: value for key, value in entry.items() if key != "time"}
        for entry in content["metadata"].get("managedFields") or ()
    ]
    return {**content, "metadata": meta, "managedFields": managed}


def _without(content: Json, fields: set[str]) -> Json:
    return {
        key: value
        for key, value in content.items()
        if key not in fields and key not in ("kind", "apiVersion")
    }


_REGISTRY = {"nodes": "minions", "services": "services/specs", "endpoints": "services/endpoints"}


def registry_key(kind: Kind, namespace: str, name: str) -> str:
    """Give where etcd would keep an object: some messages say it."""
    place = kind.plural if kind.group else _REGISTRY.get(kind.plural, kind.plural)
    if kind.custom is not None or kind.group == "apiextensions.k8s.io":
        place = f"{kind.group}/{kind.plural}"
    return "/".join(part for part in ("/registry", place, namespace, name) if part)


def conflict(kind: Kind, name: str, why: str) -> Refusal:
    """Give a 409 as the API words it."""
    return Refusal(
        "Conflict",
        f'Operation cannot be fulfilled on {kind.full_name} "{name}": {why}',
        name=name,
        group=kind.group,
        kind=kind.plural,
    )


def invalid(kind: Kind, name: str, causes: list[Cause]) -> Refusal:
    """Give a 422 as the API words it."""
    told = list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in causes))
    said = told[0] if len(told) == 1 else f"[{', '.join(told)}]"
    return Refusal(
        "Invalid",
        f'{kind.full_kind} "{name}" is invalid: {said}',
        name=name,
        group=kind.group,
        kind=kind.kind,
        causes=causes,
    )
