"""Secrets among the files: what the API server refuses in them, and keys that no store will take."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.manifests.document import document_of
from sednactl.validation.check import check_documents
from sednactl.validation.finding import Finding, spell_path
from tests.validation.learning import manifest

MODEL = manifest("Model", "m", {"url": "s3://a/m.pb", "format": "pb", "credentialName": "key"})
RULES = ("SDN406", "SDN407", "SDN409")
ENDPOINT = {"s3-endpoint": "minio:9000"}
SOUND = {"ACCESS_KEY_ID": "bWluaW8=", "SECRET_ACCESS_KEY": "c2VjcmV0"}


def secret(**parts: Any) -> dict[str, Any]:
    annotations = parts.pop("annotations", ENDPOINT)
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "key", "annotations": annotations},
        **parts,
    }


def findings(content: dict[str, Any]) -> list[Finding]:
    return [one for one in check_documents([document_of(MODEL), document_of(content)]) if one.rule in RULES]


def found(content: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.rule, spell_path(one.path)) for one in findings(content)]


@pytest.mark.parametrize(
    "value",
    ["minio", "bWluaW8", "bWluaW8==", "bWlu aW8=", "bWluaW8=x", "=", "b-_W", "é", 7, True, {"a": "b"}, 0.5],
)
def test_data_that_is_not_base64(value: Any) -> None:
    content = secret(data={**SOUND, "ACCESS_KEY_ID": value})
    assert found(content) == [("SDN409", "data.ACCESS_KEY_ID")]
    (finding,) = findings(content)
    assert finding.level == "error" and str(value) not in finding.message + finding.hint


@pytest.mark.parametrize("value", ["bWluaW8=", "", "bWlu\naW8=\n", "$KEY", "{{ key }}", "QUI=", None])
def test_data_that_the_server_takes(value: Any) -> None:
    assert found(secret(data={**SOUND, "ACCESS_KEY_ID": value})) == []


@given(st.binary(max_size=100).filter(lambda value: not value.endswith(b"\n")))
def test_what_was_encoded_is_taken(value: bytes) -> None:
    encoded = base64.b64encode(value).decode()
    assert found(secret(data={**SOUND, "ACCESS_KEY_ID": encoded})) == []
    if encoded.endswith("="):
        assert found(secret(data={**SOUND, "other": encoded[:-1]})) == [("SDN409", "data.other")]


@pytest.mark.parametrize("value", [0, False, 1.5, ["0"], {}])
def test_texts_that_are_none(value: Any) -> None:
    annotated = secret(data=SOUND, annotations={**ENDPOINT, "s3-usehttps": value})
    assert found(annotated) == [("SDN409", "metadata.annotations.s3-usehttps")]
    plain = secret(data=SOUND, stringData={"ACCESS_KEY_ID": value})
    assert found(plain) == [("SDN409", "stringData.ACCESS_KEY_ID")]
    assert str(value) not in findings(plain)[0].message + findings(plain)[0].hint


def test_hint_to_quote_an_annotation() -> None:
    (finding,) = findings(secret(data=SOUND, annotations={**ENDPOINT, "s3-usehttps": 0}))
    assert finding.hint == 'quote it: "0"'


def test_a_key_with_the_line_break_of_echo() -> None:
    broken = base64.b64encode(b"minio\n").decode()
    assert found(secret(data={**SOUND, "ACCESS_KEY_ID": broken})) == [("SDN407", "data.ACCESS_KEY_ID")]
    assert found(secret(data=SOUND, stringData={"SECRET_ACCESS_KEY": "a\n"})) == [
        ("SDN407", "stringData.SECRET_ACCESS_KEY")
    ]
    mended = secret(data={**SOUND, "ACCESS_KEY_ID": broken}, stringData={"ACCESS_KEY_ID": "minio"})
    assert found(mended) == []  # stringData is what counts
    assert found(secret(data={**SOUND, "other": broken})) == []


def test_a_secret_that_nobody_uses_is_nobodys_business() -> None:
    content = secret(data={"ACCESS_KEY_ID": "minio"})
    assert [one for one in check_documents([document_of(content)]) if one.rule == "SDN409"] == []
