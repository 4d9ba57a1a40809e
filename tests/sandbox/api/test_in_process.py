"""The door for controllers: an HttpCluster without HTTP, with everything that it promises."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from sednactl.cluster.door import Change, Cluster, Selection
from sednactl.errors import AlreadyExists, Conflict, Forbidden, Invalid, NotFound
from sednactl.sandbox.api.in_process import in_process_cluster
from sednactl.sandbox.api.rights import ADMIN, NOBODY, SEDNA_GM, Denial
from sednactl.sandbox.api.server import ApiServer
from sednactl.sedna.resources import (
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    DEPLOYMENT,
    HPA,
    NAMESPACE,
    POD,
    SECRET,
    Resource,
)
from sednactl.surroundings import Surroundings


def secret(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}


EVERYTHING = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
MERGE = "application/merge-patch+json"


def typed(resource: Resource, name: str) -> dict[str, Any]:
    return {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": {"name": name}}


def bind(admin: Cluster, rules: list[dict[str, Any]]) -> None:
    """Give Sedna's account a role with these rules."""
    admin.create(CLUSTER_ROLE, {**typed(CLUSTER_ROLE, "r"), "rules": rules})
    account = {"kind": "ServiceAccount", "name": "sedna", "namespace": "sedna"}
    reference = {"apiGroup": CLUSTER_ROLE.group, "kind": "ClusterRole", "name": "r"}
    binding = {**typed(CLUSTER_ROLE_BINDING, "b"), "subjects": [account], "roleRef": reference}
    admin.create(CLUSTER_ROLE_BINDING, binding)


def test_objects_are_made_read_changed_and_deleted(server: ApiServer, surroundings: Surroundings) -> None:
    cluster = in_process_cluster(server, ADMIN, surroundings)
    made = cluster.create(SECRET, secret("s", a="b")).object
    assert made["data"] == {"a": "Yg=="}
    assert cluster.get(SECRET, "s") == made
    with pytest.raises(AlreadyExists):
        cluster.create(SECRET, secret("s"))
    assert cluster.patch(SECRET, "s", {"data": {"c": "ZA=="}})["data"] == {"a": "Yg==", "c": "ZA=="}
    assert cluster.apply(SECRET, {**secret("t", x="y")}).created
    assert [item["metadata"]["name"] for item in cluster.list(Selection(SECRET), page_size=1)] == ["s", "t"]
    with pytest.raises(Conflict):
        cluster.delete(SECRET, "s", uid="another")
    cluster.delete(SECRET, "s", uid=made["metadata"]["uid"])
    with pytest.raises(NotFound):
        cluster.get(SECRET, "s")
    with pytest.raises(Invalid):
        cluster.create(SECRET, secret("Not A Name"))
    assert cluster.serves(HPA)
    assert cluster.now() <= server.state.clock.now()


def test_a_watch_follows_from_a_thread_of_its_own(server: ApiServer, surroundings: Surroundings) -> None:
    cluster = in_process_cluster(server, ADMIN, surroundings)
    cluster.create(SECRET, secret("first"))
    told: list[Change] = []
    synced, done = threading.Event(), threading.Event()

    def follow() -> None:
        for change in cluster.watch([Selection(SECRET), Selection(NAMESPACE)], idle=0.05):
            if change.type == "synced" and change.selection.resource is SECRET:
                synced.set()
            if change.object is not None and change.selection.resource is SECRET:
                told.append(change)
                if change.type == "deleted":
                    break
        done.set()

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    assert synced.wait(60)
    cluster.create(SECRET, secret("second"))
    cluster.delete(SECRET, "first")
    assert done.wait(60)
    thread.join(60)
    assert [(one.type, (one.object or {})["metadata"]["name"]) for one in told] == [
        ("added", "first"),
        ("added", "second"),
        ("deleted", "first"),
    ]


def test_nobody_may_do_nothing(server: ApiServer, surroundings: Surroundings) -> None:
    cluster = in_process_cluster(server, NOBODY, surroundings)
    with pytest.raises(Forbidden, match='User "nobody" cannot list resource "pods" in API group ""'):
        list(cluster.list(Selection(POD)))
    assert cluster.serves(POD)


def test_a_denial_takes_one_right_away_and_gives_it_back(
    server: ApiServer, surroundings: Surroundings
) -> None:
    bind(in_process_cluster(server, ADMIN, surroundings), [{**EVERYTHING}])
    manager = in_process_cluster(server, SEDNA_GM, surroundings)
    denial = Denial(SEDNA_GM.name, ("create",), ("apps",), ("deployments",))
    server.state.rights.deny(denial)
    with pytest.raises(Forbidden, match="cannot create resource"):
        manager.create(DEPLOYMENT, {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}})
    manager.create(SECRET, secret("s"))
    server.state.rights.allow_again(denial)
    with pytest.raises(Invalid):
        manager.create(DEPLOYMENT, {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}})


def test_a_role_gives_what_it_says_as_soon_as_it_says_so(
    server: ApiServer, surroundings: Surroundings
) -> None:
    admin = in_process_cluster(server, ADMIN, surroundings)
    manager = in_process_cluster(server, SEDNA_GM, surroundings)
    with pytest.raises(Forbidden):
        list(manager.list(Selection(POD)))
    bind(admin, [{"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["s"], "verbs": ["get"]}])
    admin.create(SECRET, secret("s"))
    admin.create(SECRET, secret("t"))
    assert manager.get(SECRET, "s")["metadata"]["name"] == "s"
    others: tuple[Callable[[], object], ...] = (
        lambda: manager.get(SECRET, "t"),
        lambda: manager.delete(SECRET, "s"),
    )
    for denied in others:
        with pytest.raises(Forbidden):
            denied()
    rules = [{"apiGroups": [""], "resources": ["pods", "pods/status"], "verbs": ["list", "patch"]}]
    admin.patch(CLUSTER_ROLE, "r", {"rules": rules})
    assert list(manager.list(Selection(POD))) == []
    with pytest.raises(Forbidden):
        manager.get(SECRET, "s")
    for subresource, found in (("status", NotFound), ("log", Forbidden)):
        with pytest.raises(found):
            manager.request(
                "PATCH", f"/api/v1/namespaces/default/pods/p/{subresource}", body={}, content_type=MERGE
            )
    admin.delete(CLUSTER_ROLE_BINDING, "b")
    with pytest.raises(Forbidden):
        list(manager.list(Selection(POD)))


def test_a_role_of_a_namespace_ends_with_it(server: ApiServer, surroundings: Surroundings) -> None:
    admin = in_process_cluster(server, ADMIN, surroundings)
    rbac = "rbac.authorization.k8s.io"
    role, binding = Resource(rbac, "v1", "roles", "Role"), Resource(rbac, "v1", "rolebindings", "RoleBinding")
    admin.create(role, {**typed(role, "r"), "rules": [{**EVERYTHING}]})
    group = {"kind": "Group", "name": "system:serviceaccounts:sedna", "apiGroup": rbac}
    reference = {"apiGroup": rbac, "kind": "Role", "name": "r"}
    admin.create(binding, {**typed(binding, "b"), "subjects": [group], "roleRef": reference})
    manager = in_process_cluster(server, SEDNA_GM, surroundings)
    manager.create(SECRET, secret("s"))
    for namespace in ("kube-system", None):
        with pytest.raises(Forbidden):
            list(manager.list(Selection(SECRET, namespace)))


def test_abort_ends_a_waiting_watch(server: ApiServer, surroundings: Surroundings) -> None:
    cluster = in_process_cluster(server, ADMIN, surroundings)
    stop = threading.Event()
    twin = cluster.twin(stop)
    ended = threading.Event()

    def follow() -> None:
        try:
            for _ in twin.events(Selection(SECRET), "", 600, 1):
                pass
        finally:
            ended.set()

    threading.excepthook, before = (lambda _: None), threading.excepthook
    try:
        threading.Thread(target=follow, daemon=True).start()
        twin.abort()
        assert ended.wait(60)
    finally:
        threading.excepthook = before
