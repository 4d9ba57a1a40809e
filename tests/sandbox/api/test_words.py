"""Selectors, paths, tokens and protobuf: what is read, and how it is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.cluster.label_selectors import meets
from sednactl.sandbox.api.builtin_kinds import BUILTIN_KINDS
from sednactl.sandbox.api.kinds import Catalog
from sednactl.sandbox.api.naming import generated
from sednactl.sandbox.api.paging import Place, place_of, token_of
from sednactl.sandbox.api.paths import Target, group_version, target_of
from sednactl.sandbox.api.protobuf import read_protobuf
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.selectors import read_field_selector, read_label_selector

CATALOG = Catalog(BUILTIN_KINDS)


@pytest.mark.parametrize(
    ("text", "labels", "holds"),
    [
        ("", {}, True),
        ("a", {"a": ""}, True),
        ("!a", {"a": ""}, False),
        ("a=b,c!=d", {"a": "b"}, True),
        ("a==b", {"a": "c"}, False),
        ("a in (b, c)", {"a": "c"}, True),
        ("a notin (b,c)", {}, True),
        ("a in ()", {"a": ""}, True),
        ("a=", {"a": ""}, True),
        ("a>1,a<5", {"a": "3"}, True),
        ("a>1", {"a": "x"}, False),
        ("example.com/side = edge", {"example.com/side": "edge"}, True),
    ],
)
def test_label_selectors(text: str, labels: dict[str, str], holds: bool) -> None:
    assert all(meets(need, labels) for need in read_label_selector(text)) is holds


@pytest.mark.parametrize(
    "text", ["=", "a=b c", "a in (b", "a in b", ",", "a,", "a=b,,c", "a>x", "a b", "(a)", "a=*"]
)
def test_label_selectors_that_make_no_sense(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_label_selector(text)
    assert refused.value.status == 400


@given(st.text(alphabet="ab,=!<>() in notin", max_size=15))
def test_no_text_upsets_the_reader_of_label_selectors(text: str) -> None:
    try:
        read_label_selector(text)
    except Refusal as refusal:
        assert refusal.status == 400


def test_field_selectors_know_their_kind() -> None:
    pods = CATALOG.find("", "v1", "pods")
    assert pods is not None
    assert read_field_selector(r"spec.nodeName=a\,b,status.phase!=Failed", pods) == (
        ("spec.nodeName", True, "a,b"),
        ("status.phase", False, "Failed"),
    )
    with pytest.raises(Refusal, match="field label not supported"):
        read_field_selector("spec.image=x", pods)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/api/v1/pods", ("pods", "", "", "")),
        ("/api/v1/namespaces/x/pods", ("pods", "x", "", "")),
        ("/api/v1/namespaces/x/pods/p/log", ("pods", "x", "p", "log")),
        ("/api/v1/namespaces", ("namespaces", "", "", "")),
        ("/api/v1/namespaces/x", ("namespaces", "", "x", "")),
        ("/api/v1/namespaces/x/finalize", ("namespaces", "", "x", "finalize")),
        ("/api/v1/nodes/n/status", ("nodes", "", "n", "status")),
        ("/apis/apps/v1/namespaces/x/deployments/d/scale", ("deployments", "x", "d", "scale")),
    ],
)
def test_paths(path: str, place: tuple[str, str, str, str]) -> None:
    found = group_version(path)
    assert found is not None
    target: Target = target_of(found, CATALOG)
    assert (target.kind.plural, target.namespace, target.name, target.subresource) == place


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/foos",
        "/api/v1/pods/p",
        "/api/v1/namespaces/x/nodes",
        "/api/v1/namespaces/x/pods/p/scale",
        "/api/v1/namespaces/x/pods/p/log/more",
        "/apis/apps/v2/deployments",
    ],
)
def test_paths_that_lead_nowhere(path: str) -> None:
    found = group_version(path)
    assert found is not None
    with pytest.raises(Refusal) as refused:
        target_of(found, CATALOG)
    assert refused.value.status == 404


@given(revision=st.integers(1, 10**12), after=st.text(alphabet="abc/-.09", min_size=1, max_size=60))
def test_tokens_say_where_they_came_from(revision: int, after: str) -> None:
    assert place_of(token_of(Place(revision, after))) == Place(revision, after)


@given(st.text(max_size=30))
def test_no_text_upsets_the_reader_of_tokens(text: str) -> None:
    try:
        place_of(text)
    except Refusal as refusal:
        assert refusal.status == 400


@given(st.text(alphabet="ab-", max_size=80))
def test_generated_names_fit(prefix: str) -> None:
    name = generated(prefix)
    assert len(name) == min(len(prefix), 58) + 5
    assert name.startswith(prefix[:58])


def test_protobuf_is_read_as_the_json_would_be() -> None:
    # What kubectl sends for `create configmap c --from-literal=a=b`.
    name, entry = b"\x0a\x01c\x42\x00", b"\x12\x06\x0a\x01a\x12\x01b"
    body = b"\x0a" + bytes([len(name)]) + name + entry
    kind = b"\x0a\x02v1\x12\x09ConfigMap"
    data = b"k8s\0\x0a" + bytes([len(kind)]) + kind + b"\x12" + bytes([len(body)]) + body
    assert read_protobuf(data) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "c", "creationTimestamp": None},
        "data": {"a": "b"},
    }
    for cut in range(len(data)):
        try:
            read_protobuf(data[:cut])
        except Refusal as refusal:
            assert refusal.status == 400
