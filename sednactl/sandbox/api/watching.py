"""watch: what is, if it was asked for, then every change, as lines of JSON."""

from __future__ import annotations

import random
from collections.abc import Callable

from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.paths import Target
from sednactl.sandbox.api.presenting import Form, form_of, partial, whole
from sednactl.sandbox.api.reading import selected
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.requests import Request, Stream
from sednactl.sandbox.api.revisions import invalid_list, revision_in
from sednactl.sandbox.api.state import State
from sednactl.sandbox.api.store import Forgotten
from sednactl.sandbox.api.subscriptions import Mark, Notice, Subscription
from sednactl.sandbox.api.tables import table_of
from sednactl.sandbox.api.text import Json, encode

SHORTEST, LONGEST = 1800, 3600
"""Seconds after which a watch without timeoutSeconds ends, somewhere in between."""

INITIAL_END = "k8s.io/initial-events-end"


def watch(state: State, target: Target, request: Request) -> Stream:
    """Begin a watch."""
    kind, form, selection = target.kind, form_of(request), selected(target, request)
    initial_wanted = _send_initial(request)
    bookmarks = request.flag("allowWatchBookmarks")
    asked = revision_in(request)
    store = state.store
    with store.lock:
        begin = store.revision
        from_start = not asked if initial_wanted is None else initial_wanted
        after = asked if asked and not from_start else begin
        subscription = Subscription(store, kind.shelf, selection, after)
        if from_start:
            for version in store.list(kind.shelf, target.namespace)[0]:
                if selection.holds(version):
                    subscription.put(Notice("ADDED", version, version.revision))
            if initial_wanted and bookmarks:
                subscription.put(Mark(begin, initial=True))
        try:
            since = asked if asked and not from_start else None
            store.listen(kind.shelf, subscription.take_event, since)
        except Forgotten:
            subscription.put(Refusal("Expired", f"too old resource version: {asked} ({begin})"))
            subscription.close()
    seconds = _seconds(request)
    return Stream(subscription, _drawing(state, kind, form), _marking(kind, form), seconds, bookmarks)


def _send_initial(request: Request) -> bool | None:
    if not request.query.get("sendInitialEvents"):
        if request.one("resourceVersionMatch"):
            raise invalid_list(
                "resourceVersionMatch",
                "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
            )
        return None
    if request.one("resourceVersionMatch") != "NotOlderThan":
        raise invalid_list(
            "resourceVersionMatch",
            "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
        )
    return request.flag("sendInitialEvents")


def _seconds(request: Request) -> float:
    text = request.one("timeoutSeconds")
    if text.isdigit() and int(text) > 0:
        return float(text)
    return random.uniform(SHORTEST, LONGEST)  # noqa: S311 - spreads reconnections, no secret


def _drawing(state: State, kind: Kind, form: Form) -> Callable[[Notice | Refusal], bytes]:
    headed = [True]  # only a table's first event carries the column definitions

    def draw(item: Notice | Refusal) -> bytes:
        if isinstance(item, Refusal):
            return b'{"type":"ERROR","object":%s}\n' % encode(item.as_json())
        version = item.version
        if form.how == "table":
            table = table_of(
                kind,
                [version],
                {"resourceVersion": str(version.revision)},
                form,
                state.clock.now(),
                headed[0],
            )
            headed[0] = False
            content = encode(table)
        elif form.how == "partial":
            content = encode(partial(version.object(), form.of))
        else:
            content = whole(kind, version)
        return b'{"type":"%s","object":%s}\n' % (item.type.encode(), content)

    return draw


def _marking(kind: Kind, form: Form) -> Callable[[Mark], bytes]:
    def mark(item: Mark) -> bytes:
        meta: Json = {"resourceVersion": str(item.revision), "creationTimestamp": None}
        if item.initial:
            meta["annotations"] = {INITIAL_END: "true"}
        content: Json = {"kind": kind.kind, "apiVersion": kind.api_version, "metadata": meta}
        if form.how == "table":
            content = {
                "kind": "Table",
                "apiVersion": f"meta.k8s.io/{form.of}",
                "metadata": {"resourceVersion": str(item.revision)},
                "columnDefinitions": None,
                "rows": [{"cells": [], "object": partial(content, form.of)}] if item.initial else [],
            }
        elif form.how == "partial":
            content = partial(content, form.of)
        return b'{"type":"BOOKMARK","object":%s}\n' % encode(content)

    return mark
