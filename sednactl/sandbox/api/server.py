"""The API server: one request in, one answer out, whichever front it came through."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable

from sednactl.sandbox.api import discovery
from sednactl.sandbox.api.addresses import ClusterAddresses
from sednactl.sandbox.api.builtin_kinds import BUILTIN_KINDS
from sednactl.sandbox.api.creating import create
from sednactl.sandbox.api.deleting import delete, delete_collection
from sednactl.sandbox.api.granted import Granted
from sednactl.sandbox.api.kinds import Catalog
from sednactl.sandbox.api.paths import GroupVersion, Target, group_version, target_of
from sednactl.sandbox.api.reading import get, list_objects
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.requests import Answer, Request, Stream, User, answer_refusal
from sednactl.sandbox.api.reviews import REVIEWS, review
from sednactl.sandbox.api.rights import IDENTITIES, Action, Denial, Rights
from sednactl.sandbox.api.state import State
from sednactl.sandbox.api.store import Store
from sednactl.sandbox.api.subresources import bind, evict, get_scale, log, write_scale
from sednactl.sandbox.api.updating import patch, update
from sednactl.sandbox.api.watching import watch
from sednactl.sandbox.clock import Clock

Operation = Callable[[State, Target, Request], "Answer | Stream"]
_VERBS = {
    ("GET", True): "get",
    ("GET", False): "list",
    ("POST", False): "create",
    ("POST", True): "create",
    ("PUT", True): "update",
    ("PATCH", True): "patch",
    ("DELETE", True): "delete",
    ("DELETE", False): "deletecollection",
}
_OBJECTS: dict[str, Operation] = {
    "get": get,
    "list": list_objects,
    "watch": watch,
    "create": create,
    "update": update,
    "patch": patch,
    "delete": delete,
    "deletecollection": delete_collection,
}
_PARTS: dict[tuple[str, str], Operation] = {
    ("status", "get"): get,
    ("status", "update"): update,
    ("status", "patch"): patch,
    ("finalize", "update"): update,
    ("scale", "get"): get_scale,
    ("scale", "update"): write_scale,
    ("scale", "patch"): write_scale,
    ("binding", "create"): bind,
    ("eviction", "create"): evict,
    ("log", "get"): log,
}
_PLAIN = "text/plain; charset=utf-8"


class ApiServer:
    """One API server. `handle` may be called from any thread, and never waits."""

    def __init__(self, clock: Clock, denials: Iterable[Denial] = ()) -> None:
        store = Store()
        rights = Rights(Granted(store), denials)
        self.state = State(clock, store, Catalog(BUILTIN_KINDS), rights, ClusterAddresses())

    def handle(self, request: Request) -> Answer | Stream:
        """Answer a request; never raises a Refusal, that is an answer, too."""
        try:
            return self._answer(_as_whom(self.state, request))
        except Refusal as refusal:
            return answer_refusal(refusal)
        except Exception as fault:  # noqa: BLE001 - the last door: one odd request must not end a server
            traceback.print_exc()
            return answer_refusal(
                Refusal("InternalError", f"Internal error occurred: {type(fault).__name__}: {fault}")
            )

    def _answer(self, request: Request) -> Answer | Stream:
        place = group_version(request.path)
        if place is not None and place.rest:
            return self._resource(place, request)
        if request.method not in ("GET", "HEAD"):
            raise _not_allowed()
        if place is not None:
            return discovery.resources(self.state, place.group, place.version) or _nowhere()
        return self._other(request)

    def _other(self, request: Request) -> Answer:
        path = request.path.rstrip("/") or "/"
        if path == "/version":
            return discovery.version(self.state)
        if path in ("/healthz", "/readyz", "/livez") or path.startswith(("/healthz/", "/readyz/", "/livez/")):
            return Answer(200, b"ok", _PLAIN)
        if path == "/api":
            return discovery.core_versions(self.state, request)
        if path == "/apis":
            return discovery.groups(self.state, request)
        if path.startswith("/apis/"):
            return discovery.group(self.state, path.removeprefix("/apis/")) or _nowhere()
        if path.startswith("/openapi"):
            from sednactl.sandbox.api.openapi import document

            return document(self.state, path, request) or _nowhere()
        return _nowhere()

    def _resource(self, place: GroupVersion, request: Request) -> Answer | Stream:
        state = self.state
        reviewed = REVIEWS.get((place.group, place.version), {})
        if len(place.rest) == 1 and place.rest[0] in reviewed:
            if request.method != "POST":
                raise _not_allowed()
            return review(state, place.group, place.rest[0], reviewed[place.rest[0]], request)
        try:
            target = target_of(place, state.catalog)
        except Refusal as refusal:
            if not state.catalog.built_in(place.group, place.version):
                return _nowhere()
            raise refusal from None
        verb = _verb(target, request)
        kind = target.kind
        state.rights.check(
            request.user,
            Action(
                verb,
                kind.group,
                kind.plural,
                target.subresource,
                target.namespace,
                target.name,
                kind.namespaced,
            ),
        )
        operation = _PARTS.get((target.subresource, verb)) if target.subresource else _OBJECTS.get(verb)
        if operation is None or (not target.subresource and verb not in kind.verbs):
            raise _not_allowed()
        return operation(state, target, request)


def _verb(target: Target, request: Request) -> str:
    method = "GET" if request.method == "HEAD" else request.method
    verb = _VERBS.get((method, bool(target.name)))
    if verb is None or (verb == "create" and bool(target.name) is not bool(target.subresource)):
        raise _not_allowed()
    if target.kind.namespaced and not target.namespace and verb in ("create", "deletecollection"):
        raise _not_allowed()
    if verb in ("list", "get") and not target.subresource and request.flag("watch"):
        return "watch"
    return verb


def _as_whom(state: State, request: Request) -> Request:
    """Give the request as the user whom it impersonates. Raises Refusal Forbidden for all but the administrator."""
    name = request.headers.get("impersonate-user", "")
    groups = request.headers.get("impersonate-group", "")
    if not name and not groups:
        return request
    if not name:
        raise Refusal("InternalError", "requested [{Group}] without impersonating a user")
    state.rights.check(request.user, Action("impersonate", "", "users", name=name, namespaced=False))
    known = next((user for user in IDENTITIES.values() if user.name == name), None)
    given = tuple(one for one in groups.split("\n") if one)
    if not given and known is not None and "system:masters" not in known.groups:
        given = known.groups
    user = User(name, tuple(dict.fromkeys((*given, "system:authenticated"))))
    return Request(request.method, request.path, request.query, request.headers, request.body, user)


def _not_allowed() -> Refusal:
    return Refusal(
        "MethodNotAllowed", "the server does not allow this method on the requested resource", detailed=True
    )


def _nowhere() -> Answer:
    return Answer(404, b"404 page not found\n", _PLAIN)
