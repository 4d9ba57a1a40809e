"""What is served is told as a real API server tells it, kind by kind."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.sandbox.api.builtin_kinds import BUILTIN_KINDS
from tests.api_contract.raw import Raw
from tests.api_contract.servers import BarePlane, Sandbox

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
PLACES = sorted({(kind.group, kind.version) for kind in BUILTIN_KINDS if kind.group != "metrics.k8s.io"})


def root(group: str, version: str) -> str:
    return f"/apis/{group}/{version}" if group else f"/api/{version}"


def entries(api: Raw, group: str, version: str) -> dict[str, dict[str, Any]]:
    listed = api.get(root(group, version)).body["resources"]
    return {
        entry["name"]: {key: value for key, value in entry.items() if key != "storageVersionHash"}
        for entry in listed
    }


@pytest.mark.live
@pytest.mark.parametrize(("group", "version"), PLACES)
def test_kinds_are_listed_as_a_real_server_lists_them(
    sandbox: Sandbox, bare_plane: BarePlane, group: str, version: str
) -> None:
    ours, real = entries(sandbox.raw, group, version), entries(bare_plane.raw, group, version)
    for name, entry in ours.items():
        # What is there to be read only has fewer verbs.
        assert set(entry.pop("verbs")) <= set(real[name].pop("verbs"))
    assert ours == {name: real[name] for name in ours}


def test_everything_at_once_says_the_same(api: Raw) -> None:
    for path in ("/api", "/apis"):
        answered = api.get(path, accept=AGGREGATED)
        assert answered.headers["Content-Type"] == (
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        )
        for item in answered.body["items"]:
            group = item["metadata"].get("name") or ""
            for version in item["versions"]:
                listed = entries(api, group, version["version"])
                told = {one["resource"]: one for one in version["resources"]}
                assert set(told) == {name for name in listed if "/" not in name}
                for name, one in told.items():
                    assert one["verbs"] == listed[name]["verbs"]
                    assert (one["scope"] == "Namespaced") is listed[name]["namespaced"]
                    parts = {f"{name}/{part['subresource']}" for part in one.get("subresources", ())}
                    assert parts == {entry for entry in listed if entry.startswith(f"{name}/")}


def test_every_kind_has_a_type_and_a_table(sandbox: Sandbox) -> None:
    for kind in sandbox.server.state.catalog.all():
        assert sandbox.server.state.structure(kind).kind == kind.kind
        path = f"{root(kind.group, kind.version)}/{kind.plural}"
        table = sandbox.raw.get(path, accept="application/json;as=Table;v=v1;g=meta.k8s.io").body
        assert table["columnDefinitions"][0]["type"] == "string"


def test_openapi_names_every_kind(sandbox: Sandbox) -> None:
    swagger = sandbox.raw.get("/openapi/v2").body
    for kind in sandbox.server.state.catalog.all():
        place = f"apis/{kind.group}/{kind.version}" if kind.group else f"api/{kind.version}"
        link = sandbox.raw.get("/openapi/v3").body["paths"][place]["serverRelativeURL"]
        document = sandbox.raw.get(link).body
        for schemas in (document["components"]["schemas"], swagger["definitions"]):
            named = [
                one
                for one in schemas.values()
                for each in one.get("x-kubernetes-group-version-kind", ())
                if each == {"group": kind.group, "kind": kind.kind, "version": kind.version}
            ]
            assert len(named) == 1
        assert references(document) <= {
            f"#/components/schemas/{name}" for name in document["components"]["schemas"]
        }


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(references(item) for item in value))
    return set()
