"""What unquoted words mean; tests/live holds the same table against the real kubectl."""

from __future__ import annotations

import json

import pytest

from sednactl.manifests.reading import read_documents
from tests.reading.table import KEYS, SCALARS


def _read(text: str) -> object:
    return read_documents(text.encode(), "x.yaml")[0].content


@pytest.mark.parametrize(("written", "meant"), SCALARS, ids=[written for written, _ in SCALARS])
def test_scalar(written: str, meant: object) -> None:
    content = _read(f"value: {written}")
    assert isinstance(content, dict)
    assert json.dumps(content["value"]) == json.dumps(meant)


@pytest.mark.parametrize(("written", "meant"), KEYS, ids=[written for written, _ in KEYS])
def test_key(written: str, meant: str) -> None:
    assert _read(f"{written}: 1") == {meant: 1}


@pytest.mark.parametrize("word", [".inf", "-.INF", "+.Inf", ".nan", ".NaN"])
def test_what_json_cannot_say_is_refused(word: str) -> None:
    from sednactl.errors import InvalidInput

    with pytest.raises(InvalidInput, match=r"x\.yaml:1:4: .* has no place in JSON"):
        _read(f"a: {word}")
