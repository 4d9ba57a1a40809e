"""Whatever is sent, the API server answers: anything in place of anything in bodies that were meant well."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sednactl.sandbox.api.bootstrap import furnish
from sednactl.sandbox.api.requests import Answer, Request, Stream
from sednactl.sandbox.api.rights import ADMIN
from sednactl.sandbox.api.server import ApiServer
from sednactl.sandbox.api.text import decode, encode
from sednactl.sandbox.clock import Clock
from tests.api_contract.conversations import CONVERSATIONS, NAMESPACE, named
from tests.api_contract.raw import TABLE
from tests.live.plane.definitions import sedna_definitions

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
SAID = [step for steps in CONVERSATIONS.values() for step in steps]
STEPS = [
    *((method, path, body, rest) for _, method, path, body, rest in SAID if isinstance(body, (dict, list))),
    *(("POST", CRDS, definition, {}) for definition in sedna_definitions()[:2]),
]
SCALARS = [None, 0, -1, 1.5, True, "", "x", "1m", "2026-01-01T00:00:00Z", 2**63 - 1, "9" * 300]
SHAPES = [
    [],
    {},
    [1],
    ["a"],
    {"a": "b"},
    [{}],
    [None],
    {"": ""},
    {"name": "x"},
    [{"name": "x"}, {"name": "x"}],
]
ODD = st.sampled_from([*SCALARS, *SHAPES]) | st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    result = copy.deepcopy(value)
    here = result
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = by
    return result


@pytest.fixture(scope="module")
def furnished() -> ApiServer:
    server = ApiServer(Clock())
    furnish(server)
    for definition in sedna_definitions():
        ask(server, "POST", CRDS, encode(definition), {})
    ask(server, "POST", "/api/v1/namespaces", encode(named("Namespace", NAMESPACE)), {})
    return server


def ask(server: ApiServer, method: str, path: str, body: bytes, options: dict[str, Any]) -> Answer | Stream:
    query = {key: [value] for key, value in (options.get("query") or {}).items()}
    headers = {
        "content-type": options.get("content_type", "application/json"),
        "accept": options.get("accept", ""),
    }
    return server.handle(Request(method, path, query, headers, body, ADMIN))


@given(data=st.data())
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_every_request_is_answered(furnished: ApiServer, data: st.DataObject) -> None:
    method, path, body, options = data.draw(st.sampled_from(STEPS))
    for _ in range(data.draw(st.integers(1, 3))):
        body = replaced(body, data.draw(st.sampled_from(list(places(body)))), data.draw(ODD))
    answer = ask(furnished, method, path, encode(body), options)
    assert isinstance(answer, Answer)
    assert (
        answer.status < 500
        or b"resourceVersion should not be set" in answer.body
        or b"typed patch" in answer.body
    )
    if answer.status == 201 and method == "POST" and len(path.split("/")) != 8:
        made = decode(answer.body)["metadata"].get("name")
        table = ask(furnished, "GET", path, b"", {"accept": TABLE})
        assert isinstance(table, Answer)
        if made and table.status == 200:
            ask(furnished, "DELETE", f"{path}/{made}", b"", {})


@given(body=st.binary(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_upset_the_readers(furnished: ApiServer, body: bytes) -> None:
    for media in ("application/json", "application/yaml", "application/vnd.kubernetes.protobuf"):
        for content in (body, b"k8s\0" + body):
            path = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
            answer = ask(furnished, "POST", path, content, {"content_type": media})
            assert isinstance(answer, Answer)
            assert 400 <= answer.status < 500
