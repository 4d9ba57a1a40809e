"""get and list."""

from __future__ import annotations

import bisect

from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.paging import ANY_REVISION, ExpiredToken, Place, place_of, token_of
from sednactl.sandbox.api.paths import Target
from sednactl.sandbox.api.presenting import Form, form_of, partial, partial_list, plain_list, whole
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.requests import Answer, Request, answer_json
from sednactl.sandbox.api.revisions import check_match, check_not_newer, invalid_list, revision_in
from sednactl.sandbox.api.selectors import Selection, selection_of
from sednactl.sandbox.api.state import State
from sednactl.sandbox.api.store import Forgotten, Version
from sednactl.sandbox.api.tables import table_of
from sednactl.sandbox.api.text import Json


def get(state: State, target: Target, request: Request) -> Answer:
    """Give one object."""
    form = form_of(request)
    revision = revision_in(request)
    if revision:
        check_not_newer(revision, state.store.revision)
    version = state.read(target.kind, target.namespace, target.name)
    return present(state, target.kind, version, form)


def present(state: State, kind: Kind, version: Version, form: Form, status: int = 200) -> Answer:
    """Give one object in the form that was asked for."""
    if form.how == "table":
        meta = {"resourceVersion": str(version.revision)}
        return answer_json(table_of(kind, [version], meta, form, state.clock.now()), status)
    if form.how == "partial":
        return answer_json(partial(version.object(), form.of), status)
    return Answer(status, whole(kind, version) + b"\n")


def list_objects(state: State, target: Target, request: Request) -> Answer:
    """Give a list, or a page of one."""
    form = form_of(request)
    if request.query.get("sendInitialEvents"):
        raise invalid_list("sendInitialEvents", "Forbidden: sendInitialEvents is forbidden for list")
    found, meta = _page(state, target, request)
    kind = target.kind
    if form.how == "table":
        return answer_json(table_of(kind, found, meta, form, state.clock.now()))
    if form.how == "partial":
        return Answer(200, partial_list(found, meta, form.of))
    return Answer(200, plain_list(kind, found, meta))


def selected(target: Target, request: Request) -> Selection:
    """Give what a request's selectors and path select. Raises Refusal BadRequest."""
    fields = request.one("fieldSelector")
    if target.name:
        fields = ",".join(part for part in (fields, f"metadata.name={target.name}") if part)
    return selection_of(target.kind, target.namespace, request.one("labelSelector"), fields)


def _page(state: State, target: Target, request: Request) -> tuple[list[Version], Json]:
    selection = selected(target, request)
    limit = _number(request, "limit")
    match, asked = check_match(request), revision_in(request)
    token = request.one("continue")
    place = place_of(token) if token else None
    if place is not None and asked:
        raise Refusal("BadRequest", "specifying resource version is not allowed when using continue")
    versions, revision = _versions(state, target, place, match, asked, limit)
    if place is not None:
        start = bisect.bisect_right(versions, place.after, key=lambda version: version.key)
        versions = versions[start:]
    if not selection.narrowed:
        found = versions[:limit] if limit else versions
        rest = len(versions) - len(found)
    else:
        found, rest = [], 0
        for position, version in enumerate(versions):
            if not selection.holds(version):
                continue
            if limit and len(found) == limit:
                rest = len(versions) - position
                break
            found.append(version)
    meta: Json = {"resourceVersion": str(revision)}
    if rest:
        meta["continue"] = token_of(Place(revision, found[-1].key))
        if not selection.narrowed:
            meta["remainingItemCount"] = rest
    return found, meta


def _versions(
    state: State, target: Target, place: Place | None, match: str, asked: int | None, limit: int
) -> tuple[list[Version], int]:
    """Give all objects of the target in the state that the request is about."""
    shelf, namespace = target.kind.shelf, target.namespace
    if place is not None:
        if place.revision == ANY_REVISION:
            return state.store.list(shelf, namespace)
        try:
            return state.store.list(shelf, namespace, place.revision)
        except Forgotten:
            raise ExpiredToken(token_of(Place(ANY_REVISION, place.after))) from None
    if not asked:
        return state.store.list(shelf, namespace)
    exact = match == "Exact" or (limit and not match)
    check_not_newer(asked, state.store.revision)
    if not exact:
        return state.store.list(shelf, namespace)
    try:
        return state.store.list(shelf, namespace, asked)
    except Forgotten:
        raise Refusal("Expired", "The resourceVersion for the provided list is too old.") from None


def _number(request: Request, name: str) -> int:
    text = request.one(name)
    if not text:
        return 0
    try:
        return max(0, int(text))
    except ValueError:
        raise Refusal("BadRequest", f'strconv.ParseInt: parsing "{text}": invalid syntax') from None
