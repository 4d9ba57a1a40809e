"""create."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api import writing
from sednactl.sandbox.api.bodies import object_of, read_body, stored_form
from sednactl.sandbox.api.builtin_rules import decode_plain_secrets, prepare_create
from sednactl.sandbox.api.custom_kinds import DEFINITIONS
from sednactl.sandbox.api.definitions import check_definition, look_at_definition
from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.metadata import begin_metadata, drop_repeated_owners
from sednactl.sandbox.api.namespaces import NAMESPACES, check_place
from sednactl.sandbox.api.options import WriteOptions, write_options
from sednactl.sandbox.api.paths import Target
from sednactl.sandbox.api.pod_warnings import pod_warnings
from sednactl.sandbox.api.presenting import Form, form_of, partial, typed, whole
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.requests import Answer, Request, answer_json
from sednactl.sandbox.api.state import State
from sednactl.sandbox.api.tables import table_of_object
from sednactl.sandbox.api.text import Json

_TRIES = 8


def create(state: State, target: Target, request: Request) -> Answer:
    """Create an object."""
    kind, form = target.kind, form_of(request)
    options = write_options(request, "CreateOptions")
    content = object_of(kind, read_body(request.body, request.content_type(), kind.kind), request.body)
    made, warnings = create_object(state, kind, target.namespace, content, options, raw=request.body)
    return answer_object(state, kind, made, form, 201, warnings, dry_run=options.dry_run)


def create_object(
    state: State,
    kind: Kind,
    namespace: str,
    content: Json,
    options: WriteOptions,
    *,
    raw: bytes | None = None,
    applied: bool = False,
) -> tuple[Json, tuple[str, ...]]:
    """Store a new object, or only say what would be stored on a dry run; gives it and the warnings for the client.

    `applied` objects come with their managed fields from a server-side apply.
    """
    if kind.shelf in state.catalog.leaving:
        why = "create not allowed while custom resource definition is terminating"
        raise Refusal("MethodNotAllowed", why, group=kind.group, kind=kind.plural)
    structure = state.structure(kind)
    admitted = writing.admit(content, structure, options.validation, raw=raw)
    fresh = admitted.object
    fresh.setdefault("metadata", {})
    if kind.custom is not None and "status" in kind.subresources:
        fresh.pop("status", None)
    fresh = writing.with_defaults(fresh, structure)
    decode_plain_secrets(kind, fresh)
    repeated = drop_repeated_owners(fresh["metadata"], patched=applied)
    begin_metadata(kind, fresh, namespace, state.now())
    name = fresh["metadata"]["name"]
    check_place(state, kind, namespace, name)
    if not applied:  # before the server adds what is nobody's
        fresh = writing.track_update(
            None, fresh, manager=options.manager, structure=structure, now=state.clock.now()
        )
    fresh = stored_form(kind, fresh)
    if kind.version != kind.storage_version:
        kind_stored = state.catalog.storage_kind(kind.shelf) or kind
        structure = state.structure(kind_stored)
        fresh = writing.with_defaults(fresh, structure)
    with state.store.lock:
        generated = bool(fresh["metadata"].get("generateName")) and not content["metadata"].get("name")
        _claim_name(state, kind, namespace, fresh, generated)
        writing.validate_create(fresh, structure)
        if kind.shelf == DEFINITIONS:
            check_definition(state, fresh)
        prepare_create(state, kind, fresh, options.dry_run)
        warnings = (*admitted.warnings, *repeated, *pod_warnings(kind, fresh))
        if options.dry_run:
            return fresh, warnings
        state.put(kind, fresh)
        if kind.shelf == DEFINITIONS:
            look_at_definition(state, fresh)
        elif kind.shelf == NAMESPACES:
            _furnish(state, fresh["metadata"]["name"], options)
    return fresh, warnings


def _furnish(state: State, namespace: str, options: WriteOptions) -> None:
    """Give a new namespace the service account that its pods run as (elsewhere a controller does)."""
    kind = state.kind_of(("", "serviceaccounts"))
    account = {"apiVersion": "v1", "kind": kind.kind, "metadata": {"name": "default"}}
    create_object(state, kind, namespace, account, options)


def _claim_name(state: State, kind: Kind, namespace: str, fresh: Json, generated: bool) -> None:
    from sednactl.sandbox.api.naming import generated as another

    meta = fresh["metadata"]
    for _ in range(_TRIES):
        if state.find(kind, namespace, meta["name"]) is None:
            return
        if not generated:
            break
        meta["name"] = another(meta["generateName"])
    raise Refusal(
        "AlreadyExists",
        f'{kind.full_name} "{meta["name"]}" already exists',
        name=meta["name"],
        group=kind.group,
        kind=kind.plural,
    )


def answer_object(
    state: State,
    kind: Kind,
    content: Json,
    form: Form,
    status: int,
    warnings: tuple[str, ...] = (),
    *,
    dry_run: bool = False,
) -> Answer:
    """Give a written object in the form that was asked for; as it was stored, if it was."""
    meta = content["metadata"]
    version = None if dry_run else state.find(kind, meta.get("namespace", ""), meta["name"])
    if form.how == "plain" and version is not None and str(version.revision) == meta["resourceVersion"]:
        return Answer(status, whole(kind, version) + b"\n", warnings=warnings)
    shown: Any
    if form.how == "table":
        shown = table_of_object(kind, content, form, state.clock.now())
    elif form.how == "partial":
        shown = partial(content, form.of)
    else:
        shown = typed(kind, content)
    return answer_json(shown, status, warnings)
