"""A stub API server that collects garbage as Kubernetes does, and virtual time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sednactl.sedna.belonging import owner_uids
from sednactl.sedna.kinds import SEDNA_KINDS
from sednactl.sedna.resources import CHILD_RESOURCES, ENDPOINT_SLICE, Resource
from tests.cluster.stub import StubServer
from tests.lifecycle.objects import Json

KINDS = {resource.kind: resource for resource in (*CHILD_RESOURCES, ENDPOINT_SLICE)}
KINDS |= {kind.kind: kind.resource for kind in SEDNA_KINDS}


@pytest.fixture
def stub() -> Iterator[StubServer]:
    """Give a running stub API server over TLS."""
    with StubServer() as server:
        yield server


def fill(stub: StubServer, *objects: Json) -> None:
    """Put objects into the stub under their kinds, with the UIDs they have."""
    for item in objects:
        if item["kind"] in KINDS:
            stub.put(KINDS[item["kind"]], item)


def collect_garbage(stub: StubServer, *, but: tuple[str, ...] = ()) -> None:
    """Remove what names an owner that does not exist, once through; `but` are names it does not touch."""
    living = {item["metadata"]["uid"] for resource in KINDS.values() for item in _all(stub, resource)}
    for resource in KINDS.values():
        for item in _all(stub, resource):
            owners = owner_uids(item)
            if owners and not living.intersection(owners) and item["metadata"]["name"] not in but:
                stub.remove(resource, item["metadata"]["name"], item["metadata"]["namespace"])


def _all(stub: StubServer, resource: Resource) -> list[Json]:
    return stub.objects(resource)
