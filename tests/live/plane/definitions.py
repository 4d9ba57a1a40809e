"""Sedna's CustomResourceDefinitions for a test's control plane.

Upstream's own files are the better oracle and are used when they lie beside
the checkout; else CRDs are made from this project's schemas, which other tests
hold against upstream's.
"""

from __future__ import annotations

from functools import partial

from sednactl.sedna.kinds import SEDNA_KINDS
from sednactl.sedna.releases import SINCE, release_named
from sednactl.validation.crd import crd_of
from tests.live.plane.api import Api, Json, eventually
from tests.upstream import upstream_crd

_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def sedna_definitions(release: str = "v0.7.0") -> list[Json]:
    """Give every CRD of a Sedna release: upstream's where they are, else ours."""
    wanted = release_named(release)
    kinds = [kind.kind for kind in SEDNA_KINDS if wanted >= SINCE.get(kind.kind, wanted)]
    return [upstream_crd(kind, wanted) or crd_of(kind, wanted) for kind in kinds]


def install_definitions(api: Api, definitions: list[Json]) -> None:
    """Create CRDs and wait until the API serves them."""
    for definition in definitions:
        api.expect("POST", _CRDS, definition)
    await_definitions(api, definitions)


def await_definitions(api: Api, definitions: list[Json]) -> None:
    """Wait until the API serves CRDs that are there."""
    for definition in definitions:
        name = definition["metadata"]["name"]
        eventually(partial(_established, api, name), what=f"CRD {name} established")


def _established(api: Api, name: str) -> bool:
    conditions = api.expect("GET", f"{_CRDS}/{name}").get("status", {}).get("conditions", [])
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)
