"""A long list with many findings costs one look at the text, not one a finding."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from sednactl.manifests import json_text, yaml_text
from sednactl.manifests.reading import read_documents

ITEMS = [{"apiVersion": "v1", "kind": "X", "metadata": {"name": f"n{index}"}} for index in range(300)]


def test_yaml_is_composed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n" + "".join(f"- {json.dumps(item)}\n" for item in ITEMS)
    composed = Counter[str]()
    compose: Any = yaml_text._Parser.get_single_node

    def counting(self: Any) -> Any:
        composed["times"] += 1
        return compose(self)

    monkeypatch.setattr(yaml_text._Parser, "get_single_node", counting)
    documents = read_documents(text.encode(), "x")
    places = [document.locate(("metadata", "name")).line for document in documents]
    assert places == list(range(4, 304))
    assert composed["times"] == 1


def test_json_is_scanned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps({"kind": "List", "items": ITEMS}, indent=1)
    scanned = Counter[int]()
    entries = json_text._entries

    def counting(text: str, begin: int) -> Any:
        scanned[begin] += 1
        return entries(text, begin)

    monkeypatch.setattr(json_text, "_entries", counting)
    documents = read_documents(text.encode(), "x")
    for document in documents:
        line = document.locate(("metadata", "name")).line
        assert document.source_line(line).strip() == json.dumps(document.content["metadata"])[1:-1]
    assert set(scanned.values()) == {1}
