"""The quick reader of kubeconfigs against the YAML library: the same, or nothing."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sednactl.cluster.kubeconfig import plain_loader
from sednactl.cluster.plain_yaml import read_plain

KUBECTL = b"""apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: LS0tLS1CRUdJTiBDRVJU==
    server: https://127.0.0.1:16443
  name: cp
contexts:
- context:
    cluster: cp
    namespace: default
    user: admin
  name: cp
current-context: cp
kind: Config
preferences: {}
users:
- name: admin
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args:
      - --region
      - eu-west-1
      command: aws
      env: null
      interactiveMode: IfAvailable
      provideClusterInfo: false
- name: other
  user:
    password: "1234"
    username: 'jane doe'
"""


def by_library(data: bytes) -> Any:
    return yaml.load(data, Loader=plain_loader())


def agrees(data: bytes) -> None:
    quick = read_plain(data)
    if quick is not None:
        assert quick == by_library(data)


def test_what_kubectl_writes_is_read_quickly() -> None:
    quick = read_plain(KUBECTL)
    assert quick is not None
    assert quick == by_library(KUBECTL)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x b",
        "a: *x",
        "a: !!str b",
        "a: |\n  b",
        "a: >\n  b",
        "a: b # c",
        "a: b\n  c",
        "a: [b]",
        "a: {b: c}",
        "a: yes",
        "a: 'it''s'",
        'a: "x\\n"',
        "<<: x",
        "? a",
        "a: b: c",
        "a: b\na: c",
        "- a",
        "---\na: b",
        "a: b\n---\nc: d",
        "a:\tb",
        "a: ä",
        "a: b\r\n",
        "",
        "yes: a",
        "a:\n- - b",
        "a: 'b' c",
    ],
)
def test_anything_else_is_left_to_the_library(text: str) -> None:
    assert read_plain(text.encode()) is None


texts = st.one_of(
    st.text(st.sampled_from("ab1-_./:+=@, '\"#{}[]\\~?|&*!%<>\n"), max_size=6),
    st.sampled_from(
        ["yes", "No", "null", "~", "true", "TRUE", "0123", "1e3", "12:30", "2024-01-01", "", "=", ".", "-"]
    ),
)
values = st.recursive(
    st.one_of(texts, st.none(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(texts, values, max_size=4), st.booleans())
def test_whatever_is_written_is_read_the_same(content: dict[str, Any], indented: bool) -> None:
    agrees(yaml.safe_dump(content, default_flow_style=False, indent=4 if indented else 2).encode())


pieces = st.sampled_from(
    [
        "a",
        "b",
        "key",
        ":",
        ": ",
        "- ",
        "-",
        " ",
        "  ",
        "    ",
        "\n",
        "\n",
        "\n  ",
        "\n- ",
        "'",
        '"',
        "{}",
        "[]",
        "#",
        "~",
        "no",
        "1",
        "x: y",
        "--",
        "---",
        "...",
        ",",
        "=",
    ]
)


@settings(max_examples=700, deadline=None)
@given(st.lists(pieces, max_size=14).map("".join))
@example("a: b\n - c")
@example("a:\n  b: c\n d: e")
@example("a: ---\n")
@example("a:\n- b\n  c")
@example("a:\n  - b\n- c")
@example("- a: b\n   c: d")
@example("a: -\n")
@example("a: b \n")
@example("a:  b\n")
def test_any_text_is_read_the_same_or_not_at_all(text: str) -> None:
    agrees(text.encode())
