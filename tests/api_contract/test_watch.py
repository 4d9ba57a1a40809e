"""Watches: from where, what, how long, and when to list again."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.api_contract.raw import MERGE, PARTIAL, TABLE, Raw


def config_map(name: str, **labels: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}}


def seen(events: Any, count: int) -> list[tuple[str, str]]:
    return [(event["type"], event["object"]["metadata"]["name"]) for event in itertools.islice(events, count)]


def test_without_a_version_a_watch_begins_with_what_is(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    api.post(path, config_map("a"))
    with api.watch(path) as events:
        assert seen(events, 1) == [("ADDED", "a")]
        api.post(path, config_map("b"))
        api.patch(f"{path}/a", {"data": {"x": "y"}}, MERGE)
        api.delete(f"{path}/b")
        assert seen(events, 3) == [("ADDED", "b"), ("MODIFIED", "a"), ("DELETED", "b")]


def test_a_watch_goes_on_from_a_version(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    api.post(path, config_map("a"))
    version = api.get(path).version
    api.post(path, config_map("b"))
    api.delete(f"{path}/a")
    with api.watch(path, resourceVersion=version) as events:
        assert seen(events, 2) == [("ADDED", "b"), ("DELETED", "a")]


def test_events_carry_whole_objects_with_rising_versions(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    version = api.get(path).version
    made = api.post(path, config_map("a")).body
    api.delete(f"{path}/a")
    with api.watch(path, resourceVersion=version) as events:
        added, deleted = itertools.islice(events, 2)
    assert added["object"] == made
    assert int(deleted["object"]["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])
    assert deleted["object"]["metadata"]["uid"] == made["metadata"]["uid"]


def test_who_leaves_a_selection_is_deleted_for_it(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    version = api.get(path).version
    api.post(path, config_map("a", side="edge"))
    api.post(path, config_map("other", side="cloud"))
    api.patch(f"{path}/a", {"metadata": {"labels": {"side": "cloud"}}}, MERGE)
    api.patch(f"{path}/a", {"metadata": {"labels": {"side": "edge"}}}, MERGE)
    with api.watch(path, resourceVersion=version, labelSelector="side=edge") as events:
        assert seen(events, 3) == [("ADDED", "a"), ("DELETED", "a"), ("ADDED", "a")]


def test_a_field_selector_watches_one_object(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    version = api.get(path).version
    for name in ("a", "b"):
        api.post(path, config_map(name))
    with api.watch(path, resourceVersion=version, fieldSelector="metadata.name=b") as events:
        assert seen(events, 1) == [("ADDED", "b")]


def test_a_pod_that_gets_a_node_joins_the_watch_of_that_node(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    spec = {"automountServiceAccountToken": False, "containers": [{"name": "c", "image": "x"}]}
    version = api.get(path).version
    api.post(path, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    target = {"apiVersion": "v1", "kind": "Node", "name": "edge"}
    binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "p"}, "target": target}
    assert api.post(f"{path}/p/binding", binding).status == 201
    with api.watch(path, resourceVersion=version, fieldSelector="spec.nodeName=edge") as events:
        assert seen(events, 1) == [("ADDED", "p")]


def test_initial_events_end_with_a_bookmark(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    api.post(path, config_map("a"))
    wanted: dict[str, Any] = {
        "sendInitialEvents": "true",
        "resourceVersionMatch": "NotOlderThan",
        "allowWatchBookmarks": "true",
    }
    with api.watch(path, **wanted) as events:
        added, mark = itertools.islice(events, 2)
    assert added["type"] == "ADDED"
    assert mark["type"] == "BOOKMARK"
    assert mark["object"]["kind"] == "ConfigMap"
    assert mark["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"] == "true"
    assert int(mark["object"]["metadata"]["resourceVersion"]) >= int(
        added["object"]["metadata"]["resourceVersion"]
    )


def test_a_watch_ends_after_its_time(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    api.post(path, config_map("a"))
    with api.watch(path, seconds=1) as events:
        assert [event["type"] for event in events] == ["ADDED"]


def test_a_table_watch_names_its_columns_once(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    api.post(path, config_map("a"))
    api.post(path, config_map("b"))
    with api.watch(path, accept=TABLE) as events:
        first, second = itertools.islice(events, 2)
    assert [column["name"] for column in first["object"]["columnDefinitions"]] == ["Name", "Data", "Age"]
    assert second["object"]["columnDefinitions"] is None
    assert [event["object"]["rows"][0]["cells"][:2] for event in (first, second)] == [["a", 0], ["b", 0]]


def test_a_partial_watch_gives_metadata_only(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    api.post(path, {**config_map("a"), "data": {"x": "y"}})
    with api.watch(path, accept=PARTIAL) as events:
        event = next(events)
    assert event["object"]["kind"] == "PartialObjectMetadata"
    assert "data" not in event["object"]


def test_custom_objects_are_watched_with_kind_and_version(api: Raw, namespace: str) -> None:
    path = f"/apis/sedna.io/v1alpha1/namespaces/{namespace}/models"
    spec = {"url": "/m", "format": "pb"}
    body = {"apiVersion": "sedna.io/v1alpha1", "kind": "Model", "metadata": {"name": "m"}, "spec": spec}
    version = api.get(path).version
    api.post(path, body)
    with api.watch(path, resourceVersion=version) as events:
        event = next(events)
    assert (event["object"]["kind"], event["object"]["apiVersion"]) == ("Model", "sedna.io/v1alpha1")


def test_a_watch_from_before_memory_says_410(api: Raw, namespace: str) -> None:
    if api.real:
        pytest.skip("a real server forgets only after minutes")
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    api.forget()
    with api.watch(path, resourceVersion="1") as events:
        event = next(events)
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert event["object"]["message"].startswith("too old resource version: 1 (")
