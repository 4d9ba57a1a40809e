"""What follows from writes to CustomResourceDefinitions: kinds come, change and go, conditions say so."""

from __future__ import annotations

from sednactl.sandbox.api.api_services import match_api_services
from sednactl.sandbox.api.custom_kinds import (
    CLEANUP,
    DEFINITIONS,
    kinds_of,
    problems_of,
    shelf_of,
    status_of,
    with_condition,
)
from sednactl.sandbox.api.kinds import Kind, Shelf
from sednactl.sandbox.api.metadata import invalid
from sednactl.sandbox.api.state import State
from sednactl.sandbox.api.text import Json
from sednactl.sandbox.api.writing import track_update


def definition_kind(state: State) -> Kind:
    """Give the kind of definitions themselves."""
    return state.kind_of(DEFINITIONS)


def look_at_definition(state: State, definition: Json) -> None:
    """After a definition was written: set its conditions, and serve its kinds."""
    if definition["metadata"].get("deletionTimestamp"):
        return
    status = status_of(definition, state.catalog, state.now())
    if status != definition.get("status"):
        kind = definition_kind(state)
        looked_at = track_update(
            definition,
            {**definition, "status": status},
            manager="kube-apiserver",
            structure=state.structure(kind),
            now=state.clock.now(),
            subresource="status",
        )
        state.put(kind, {**looked_at, "metadata": {**looked_at["metadata"]}})
    serve_definition(state, {**definition, "status": status})
    match_api_services(state)


def check_definition(state: State, definition: Json) -> None:
    """Raise Refusal Invalid for a definition that cannot be served."""
    if causes := problems_of(definition):
        raise invalid(definition_kind(state), definition["metadata"]["name"], causes)


def serve_definition(state: State, definition: Json) -> None:
    """Serve the kinds of a definition that is established."""
    conditions = (definition.get("status") or {}).get("conditions") or ()
    established = any(one["type"] == "Established" and one["status"] == "True" for one in conditions)
    state.catalog.set_custom(definition["metadata"]["name"], kinds_of(definition) if established else ())
    if definition["metadata"].get("deletionTimestamp"):
        state.catalog.leaving.add(shelf_of(definition))


def terminating(state: State, definition: Json) -> Json:
    """Give a definition whose deletion has begun: its objects go before it does."""
    meta = {**definition["metadata"]}
    finalizers = list(meta.get("finalizers") or ())
    if CLEANUP not in finalizers:
        meta["finalizers"] = [*finalizers, CLEANUP]
    condition = {
        "type": "Terminating",
        "status": "True",
        "reason": "InstanceDeletionPending",
        "message": "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    }
    status = {**(definition.get("status") or {})}
    status["conditions"] = with_condition(status.get("conditions") or [], condition, state.now())
    return {**definition, "metadata": meta, "status": status}


def finish_if_empty(state: State, shelf: Shelf) -> None:
    """Let go of a definition that is being deleted once the last object of its kind is gone."""
    if state.store.count(shelf):
        return
    group, plural = shelf
    found = state.store.get(DEFINITIONS, f"{plural}.{group}" if group else plural)
    if found is None:
        return
    definition = found.object()
    meta = definition["metadata"]
    if not meta.get("deletionTimestamp") or CLEANUP not in (meta.get("finalizers") or ()):
        return
    meta["finalizers"] = [one for one in meta["finalizers"] if one != CLEANUP]
    kind = definition_kind(state)
    if meta["finalizers"]:
        state.put(kind, definition)
        return
    del meta["finalizers"]
    state.remove(kind, definition)
    state.catalog.set_custom(meta["name"], ())
    match_api_services(state)


def defined_shelf(definition: Json) -> Shelf:
    """Give where the objects of a definition lie."""
    return shelf_of(definition)
