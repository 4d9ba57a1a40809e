"""Addresses that Go's url.Parse takes and refuses; those with [T] crashed a real Global Manager."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.validation.go_urls import go_refuses, scheme_of

REFUSED = (
    "/data/100%/m.pb",  # [T]
    "10.0.0.1:9000/x",
    "s3://bucket name/x",
    "a\x01b",
    "/a\x7f",
    "/a\nb",
    "/%zz",
    "/%2",
    ":foo",
    "://x",
    "http://[::1",
    "http://h:port/",
    "http://h:80:90x/",
    "http://u ser@h/",
    "http://%41/",
    "http://a%zz/",
    "//h^/x",
    "http://h|x/",
    "http://h/#%",
    "1a:b",
    "_x:y",
)
TAKEN = (
    "",
    "/",
    "/models/m.pb",
    "/data/big model/m.pb",
    "/data/100%25/m.pb",
    "minio:9000/b",
    "s3://bucket/key",
    "s3://bucket/a b",
    "s3://b/ü",
    "http://h:/x",
    "http://h:80/x?a=%zz",
    "http://[::1]:80/",
    "http://[fe80::1%25en0]/",
    "http://u:p@h/",
    "http://h%E4%BD%A0/",
    "mailto:a@%zz",
    "a/b:c",
    "*",
    "///a b",
    "/x?y#z",
    "http://ü/",
    "http:///x",
    "S3://b/k",
)


@pytest.mark.parametrize("url", REFUSED)
def test_refused(url: str) -> None:
    assert go_refuses(url)


@pytest.mark.parametrize("url", TAKEN)
def test_taken(url: str) -> None:
    assert go_refuses(url) == ""


def test_schemes() -> None:
    assert [scheme_of(url) for url in ("S3://b", "/a:b", "1a:b", "a/b:c", "a+b-c.d:x", ":x", "")] == [
        "s3",
        "",
        "",
        "",
        "a+b-c.d",
        "",
        "",
    ]


@given(st.text(alphabet="aA1:/@%[]#? .-_$\x00ü^2", max_size=20))
def test_any_text_gets_an_answer(url: str) -> None:
    assert isinstance(go_refuses(url), str)
