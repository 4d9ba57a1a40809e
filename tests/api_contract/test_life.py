"""What becomes of objects: names, versions, finalizers, graceful ends; kinds that come and go."""

from __future__ import annotations

import re
import secrets
from typing import Any

from tests.api_contract.raw import MERGE, Raw
from tests.live.plane.api import eventually


def config_map(name: str, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}


def test_generated_names_keep_their_prefix(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "x-" * 40}}
    names = {api.post(path, body).body["metadata"]["name"] for _ in range(5)}
    assert len(names) == 5
    assert all(re.fullmatch(rf"{('x-' * 40)[:58]}[bcdfghjklmnpqrstvwxz2456789]{{5}}", name) for name in names)


def test_a_write_that_changes_nothing_is_no_new_version(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    made = api.post(path, config_map("a")).body
    again = api.put(f"{path}/a", made).body
    assert again["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    changed = api.patch(f"{path}/a", {"data": {"x": "1"}}, MERGE).body
    assert int(changed["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])


def test_the_last_finalizer_takes_the_object_with_it(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    api.post(path, config_map("a", finalizers=["example.com/one", "example.com/two"]))
    marked = api.delete(f"{path}/a")
    assert marked.status == 200
    assert marked.body["metadata"]["deletionTimestamp"]
    assert api.post(path, config_map("a")).status == 409
    one = api.patch(f"{path}/a", {"metadata": {"finalizers": ["example.com/two"]}}, MERGE)
    assert one.status == 200
    assert api.patch(f"{path}/a", {"metadata": {"finalizers": None}}, MERGE).status == 200
    assert api.get(f"{path}/a").status == 404
    assert api.post(path, config_map("a")).status == 201


def test_policies_leave_the_garbage_collector_its_finalizers(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    for policy, finalizers in (("Foreground", ["foregroundDeletion"]), ("Orphan", ["orphan"])):
        name = policy.lower()
        api.post(path, config_map(name))
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": policy}
        assert api.delete(f"{path}/{name}", options).body["metadata"]["finalizers"] == finalizers
        assert api.get(f"{path}/{name}").status == 200
    api.post(path, config_map("background"))
    options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
    assert api.delete(f"{path}/background", options).body["status"] == "Success"
    assert api.get(f"{path}/background").status == 404


def test_a_pod_on_a_node_has_its_grace_and_ends_with_none(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    spec = {
        "automountServiceAccountToken": False,
        "nodeName": "edge",
        "terminationGracePeriodSeconds": 60,
        "containers": [{"name": "c", "image": "x"}],
    }
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}
    assert api.post(path, body).status == 201
    marked = api.delete(f"{path}/p").body
    assert marked["metadata"]["deletionGracePeriodSeconds"] == 60
    assert api.get(f"{path}/p").body["metadata"]["deletionTimestamp"]
    options = {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0}
    assert api.delete(f"{path}/p", options).status == 200
    assert api.get(f"{path}/p").status == 404


def test_deletecollection_takes_what_is_selected(api: Raw, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    for name, side in (("a", "edge"), ("b", "cloud"), ("c", "edge")):
        api.post(path, config_map(name, labels={"side": side}))
    assert api.delete(path, query={"labelSelector": "side=edge"}).status == 200
    assert "b" in api.get(path).names
    assert not {"a", "c"} & set(api.get(path).names)


def widgets(group: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer", "minimum": 1}}}},
    }
    column = {"name": "Size", "type": "integer", "jsonPath": ".spec.size"}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "additionalPrinterColumns": [column],
    }
    names = {"kind": "Widget", "plural": "widgets"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    }


def test_a_definition_brings_its_kind_and_takes_it_away(api: Raw, namespace: str) -> None:
    group = f"g{secrets.token_hex(3)}.example.com"
    crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    path = f"/apis/{group}/v1/namespaces/{namespace}/widgets"
    assert api.get(path).status == 404
    assert api.post(crds, widgets(group)).status == 201

    def established() -> bool:
        conditions = api.get(f"{crds}/widgets.{group}").body["status"].get("conditions") or ()
        return {(one["type"], one["status"]) for one in conditions} >= {
            ("NamesAccepted", "True"),
            ("Established", "True"),
        }

    eventually(established)
    body = {
        "apiVersion": f"{group}/v1",
        "kind": "Widget",
        "metadata": {"name": "w"},
        "spec": {"size": 3, "x": 1},
    }
    made = eventually(lambda: answer if (answer := api.post(path, body)).status == 201 else None)
    assert made is not None
    assert made.body["spec"] == {"size": 3}
    small = {**body, "metadata": {"name": "small"}, "spec": {"size": 0}}
    refused = api.post(path, small)
    assert (refused.status, refused.body["details"]["causes"][0]["field"]) == (422, "spec.size")
    table = api.get(path, accept="application/json;as=Table;v=v1;g=meta.k8s.io").body
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "Size"]
    assert table["rows"][0]["cells"] == ["w", 3]
    assert any(one["name"] == group for one in api.get("/apis").body["groups"])
    assert api.delete(f"{crds}/widgets.{group}").status == 200
    eventually(lambda: api.get(f"{crds}/widgets.{group}").status == 404)
    eventually(lambda: api.get(path).status == 404)


def test_a_definition_waits_for_its_last_object(api: Raw, namespace: str) -> None:
    group = f"g{secrets.token_hex(3)}.example.com"
    crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    path = f"/apis/{group}/v1/namespaces/{namespace}/widgets"
    assert api.post(crds, widgets(group)).status == 201
    metadata = {"name": "w", "finalizers": ["example.com/wait"]}
    body = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": metadata, "spec": {"size": 3}}
    eventually(lambda: api.post(path, body).status == 201)
    assert api.delete(f"{crds}/widgets.{group}").status == 200
    other = {**body, "metadata": {"name": "late"}}
    eventually(lambda: api.post(path, other).status == 405)
    eventually(lambda: api.get(f"{path}/w").body["metadata"].get("deletionTimestamp"))
    assert api.get(f"{crds}/widgets.{group}").body["metadata"]["deletionTimestamp"]
    assert api.patch(f"{path}/w", {"metadata": {"finalizers": None}}, MERGE).status == 200
    eventually(lambda: api.get(f"{crds}/widgets.{group}").status == 404)
