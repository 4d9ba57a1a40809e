"""Lists in pages: each page of the same state, until that is forgotten."""

from __future__ import annotations

import pytest

from tests.api_contract.raw import Raw


@pytest.fixture
def path(api: Raw, namespace: str) -> str:
    """Give the path of ten config maps, c0 to c9."""
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    for number in range(10):
        metadata = {"name": f"c{number}", "labels": {"odd": str(number % 2)}}
        assert api.post(path, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}).status == 201
    return path


def test_pages_make_up_the_list(api: Raw, path: str) -> None:
    names, query = [], {"limit": "4"}
    left = []
    while True:
        page = api.get(path, query=query)
        names += page.names
        left.append(page.body["metadata"].get("remainingItemCount"))
        token = page.body["metadata"].get("continue")
        if not token:
            break
        query["continue"] = token
    assert names == [f"c{number}" for number in range(10)]
    assert left == [6, 2, None]


def test_later_pages_are_of_the_first_ones_state(api: Raw, path: str) -> None:
    first = api.get(path, query={"limit": "4"})
    api.delete(f"{path}/c9")
    api.delete(f"{path}/c0")
    api.patch(f"{path}/c8", {"data": {"new": "yes"}})
    api.post(path, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c55"}})
    rest = api.get(path, query={"limit": "50", "continue": first.body["metadata"]["continue"]})
    assert rest.names == ["c4", "c5", "c6", "c7", "c8", "c9"]
    assert "data" not in rest.body["items"][4]
    assert rest.version == first.version


def test_selected_pages_do_not_count_what_is_left(api: Raw, path: str) -> None:
    first = api.get(path, query={"limit": "3", "labelSelector": "odd=1"})
    assert first.names == ["c1", "c3", "c5"]
    assert "remainingItemCount" not in first.body["metadata"]
    token = first.body["metadata"]["continue"]
    rest = api.get(path, query={"limit": "3", "labelSelector": "odd=1", "continue": token})
    assert rest.names == ["c7", "c9"]
    assert "continue" not in rest.body["metadata"]


def test_an_exact_version_shows_the_past(api: Raw, path: str) -> None:
    version = api.get(path).version
    api.delete(f"{path}/c5")
    then = api.get(path, query={"resourceVersion": version, "resourceVersionMatch": "Exact"})
    assert "c5" in then.names
    assert then.version == version
    since = api.get(path, query={"resourceVersion": version, "resourceVersionMatch": "NotOlderThan"})
    assert "c5" not in since.names


def test_a_forgotten_place_offers_the_rest_as_it_is(api: Raw, path: str) -> None:
    if api.real:
        pytest.skip("a real server forgets only after minutes")
    first = api.get(path, query={"limit": "4"})
    api.delete(f"{path}/c6")
    api.forget()
    gone = api.get(path, query={"limit": "4", "continue": first.body["metadata"]["continue"]})
    assert (gone.status, gone.body["reason"]) == (410, "Expired")
    rest = api.get(path, query={"continue": gone.body["metadata"]["continue"]})
    assert rest.names == ["c4", "c5", "c7", "c8", "c9"]
