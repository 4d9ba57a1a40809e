"""The door to the cluster on a real kube-apiserver and etcd."""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sednactl.cluster import sending, watching
from sednactl.cluster.access import ClusterAccess
from sednactl.cluster.client import HttpCluster
from sednactl.cluster.credentials import find_credentials
from sednactl.cluster.door import Change, Selection
from sednactl.errors import (
    AlreadyExists,
    Conflict,
    Expired,
    Forbidden,
    Invalid,
    NotFound,
    Unauthorized,
    Unreachable,
)
from sednactl.sedna.kinds import MODEL
from sednactl.sedna.resources import DEPLOYMENT, HPA, NAMESPACE, POD, Resource
from sednactl.surroundings import Surroundings
from tests.live.plane.plane import Plane

MODELS = MODEL.resource


def connect(kubeconfig: Path, namespace: str, **flags: Any) -> HttpCluster:
    access = ClusterAccess(kubeconfig=str(kubeconfig), namespace=namespace, **flags)
    surroundings = Surroundings.of_process()
    return HttpCluster(find_credentials(access, surroundings), access, surroundings)


@pytest.fixture
def cluster(plane: Plane, namespace: str) -> Iterator[HttpCluster]:
    """Give the door to the plane, with a namespace of its own as default."""
    opened = connect(plane.kubeconfig, namespace)
    yield opened
    opened.close()


def model(name: str = "m", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "Model",
        "metadata": {"name": name},
        "spec": {"url": "/m", "format": "pb", **spec},
    }


def names_of(items: Any) -> list[str]:
    return sorted(item["metadata"]["name"] for item in items)


def test_an_object_goes_there_and_back(cluster: HttpCluster) -> None:
    stored = cluster.create(MODELS, model())
    assert stored.created
    assert cluster.get(MODELS, "m")["spec"] == model()["spec"]
    with pytest.raises(AlreadyExists, match=r'models\.sedna\.io "m" already exists'):
        cluster.create(MODELS, model())
    cluster.patch(MODELS, "m", [{"op": "replace", "path": "/spec/format", "value": "onnx"}])
    cluster.patch(MODELS, "m", {"metadata": {"labels": {"a": "b"}}})
    found = cluster.get(MODELS, "m")
    assert (found["spec"]["format"], found["metadata"]["labels"]) == ("onnx", {"a": "b"})
    cluster.delete(MODELS, "m", uid=found["metadata"]["uid"])
    assert cluster.find(MODELS, "m") is None


def test_discovery_tells_what_is_served(cluster: HttpCluster) -> None:
    assert cluster.serves(MODELS)
    assert cluster.serves(HPA)
    assert cluster.serves(POD)
    for unknown in (
        Resource("sedna.io", "v1alpha1", "nothings", "Nothing"),
        Resource("sedna.io", "v9", "models", "Model"),
        Resource("nowhere.io", "v1", "nothings", "Nothing"),
        Resource("apps", "v1", "nothings", "Nothing"),
    ):
        assert not cluster.serves(unknown)
        for ask in (lambda: cluster.find(unknown, "x"), lambda: list(cluster.list(Selection(unknown)))):  # noqa: B023
            with pytest.raises(NotFound, match="does not serve"):
                ask()


def test_fields_of_other_managers_are_named_and_can_be_taken(cluster: HttpCluster) -> None:
    assert cluster.apply(MODELS, model()).created
    assert not cluster.apply(MODELS, model()).created
    place = f"/apis/sedna.io/v1alpha1/namespaces/{cluster.namespace}/models/m"
    for manager, field, value in (("alice", "url", "/alice"), ("bob", "format", "bob")):
        cluster.request(
            "PATCH",
            place,
            query={"fieldManager": manager},
            body={"spec": {field: value}},
            content_type="application/merge-patch+json",
        )
    with pytest.raises(Conflict) as caught:
        cluster.apply(MODELS, model())
    assert caught.value.message.startswith('2 fields of models.sedna.io "m"')
    assert sorted(caught.value.detail) == ['"alice": .spec.url', '"bob": .spec.format']
    tried = cluster.apply(MODELS, model(), force=True, dry_run=True)
    assert tried.object["spec"] == model()["spec"]
    assert cluster.get(MODELS, "m")["spec"] == {"url": "/alice", "format": "bob"}, "a dry run changes nothing"
    cluster.apply(MODELS, model(), force=True)
    assert cluster.get(MODELS, "m")["spec"] == model()["spec"]


def test_a_deletion_is_bound_to_the_uid(cluster: HttpCluster) -> None:
    old = cluster.create(MODELS, model()).object["metadata"]["uid"]
    cluster.delete(MODELS, "m")
    cluster.create(MODELS, model())
    with pytest.raises(Conflict, match="is another object than before"):
        cluster.delete(MODELS, "m", uid=old)
    assert cluster.find(MODELS, "m") is not None
    cluster.delete(MODELS, "m", dry_run=True)
    assert cluster.find(MODELS, "m") is not None
    cluster.delete(MODELS, "m")
    with pytest.raises(NotFound, match=r'models\.sedna\.io "m" not found in namespace'):
        cluster.delete(MODELS, "m", uid=old)


def test_what_the_schema_refuses_comes_with_each_cause(cluster: HttpCluster) -> None:
    with pytest.raises(Invalid) as caught:
        cluster.create(MODELS, {**model(), "spec": {"format": 3}})
    assert len(caught.value.detail) == 2
    assert any(line.startswith("spec.url: Required") for line in caught.value.detail)
    with pytest.raises(Invalid, match=r'unknown field "spec\.typo"'):
        cluster.create(MODELS, model(typo=1))
    with pytest.raises(Invalid) as caught:
        cluster.apply(MODELS, model(typo=1))
    assert caught.value.detail == (".spec.typo: field not declared in schema",)
    with pytest.raises(NotFound, match='namespace "no-such-namespace" does not exist'):
        cluster.create(MODELS, model(), namespace="no-such-namespace")


def test_warnings_of_the_server_are_handed_on(cluster: HttpCluster) -> None:
    container = {"name": "c", "image": "i", "env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}
    labels = {"app": "x"}
    manifest = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }
    stored = cluster.create(DEPLOYMENT, manifest, dry_run=True)
    assert any("env" in warning and "hides" in warning for warning in stored.warnings), stored.warnings


def test_pages_and_metadata_only(cluster: HttpCluster) -> None:
    expected = sorted(f"m{number}" for number in range(7))
    for name in expected:
        cluster.create(MODELS, model(name))
    here = Selection(MODELS, cluster.namespace)
    assert names_of(cluster.list(here, page_size=3)) == expected
    for metadata_only in (True, False):
        items = list(cluster.list(here, page_size=2, metadata_only=metadata_only))
        assert names_of(items) == expected
        assert {(item["apiVersion"], item["kind"]) for item in items} == {("sedna.io/v1alpha1", "Model")}
        assert all(("spec" in item) is not metadata_only for item in items)
    assert names_of(cluster.list(Selection(MODELS, cluster.namespace, fields="metadata.name=m3"))) == ["m3"]
    listing = cluster.snapshot(here)
    assert names_of(listing.items) == expected
    assert int(listing.resource_version) > 0


def test_answers_that_the_server_zips(cluster: HttpCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    unzipped = []
    real = sending._unzipped

    def counted(*given: Any) -> Any:
        unzipped.append(1)
        return real(*given)

    monkeypatch.setattr(sending, "_unzipped", counted)
    cluster.create(MODELS, model(url="/m" * 200_000))
    (found,) = cluster.list(Selection(MODELS, cluster.namespace))
    assert found["spec"]["url"] == "/m" * 200_000
    assert unzipped


def test_the_order_of_lists_is_that_of_their_keys(cluster: HttpCluster) -> None:
    """Taking up a list after an expired token rests on this order."""
    spaces = [f"{cluster.namespace}{end}" for end in ("", "-a", "0", "-0")]
    try:
        for space in spaces[1:]:
            with contextlib.suppress(AlreadyExists):
                cluster.create(
                    NAMESPACE, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}}
                )
        for space in spaces:
            for name in ("b", "a", "a-b", "a0", "a.c"):
                cluster.create(MODELS, model(name), namespace=space)
        keys = [
            f"{item['metadata']['namespace']}/{item['metadata']['name']}"
            for item in cluster.list(Selection(MODELS), page_size=3)
            if item["metadata"]["namespace"] in spaces
        ]
        assert keys == sorted(keys)
        assert len(keys) == len(spaces) * 5
    finally:
        for space in spaces[1:]:
            with contextlib.suppress(NotFound):
                cluster.delete(NAMESPACE, space)


def compact(plane: Plane) -> None:
    """Let etcd forget its history, as it does every few minutes."""
    if not plane.own:
        pytest.skip("the history of a running plane is not ours to compact")
    etcd = f"http://127.0.0.1:{plane._etcd}/v3/kv"  # type: ignore[attr-defined]

    def ask(path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(f"{etcd}/{path}", json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            content: dict[str, Any] = json.load(answer)
            return content

    revision = ask("range", {"key": "AA=="})["header"]["revision"]
    ask("compaction", {"revision": revision, "physical": True})


def test_a_list_goes_on_when_its_place_was_compacted_away(plane: Plane, cluster: HttpCluster) -> None:
    expected = sorted(f"m{number}" for number in range(9))
    for name in expected:
        cluster.create(MODELS, model(name))
    place = f"/apis/sedna.io/v1alpha1/namespaces/{cluster.namespace}/models"
    token = cluster.request("GET", place, query={"limit": "2"})["metadata"]["continue"]
    cluster.create(MODELS, model("z"))
    compact(plane)
    with pytest.raises(Expired):  # this server does forget
        cluster.request("GET", place, query={"limit": "2", "continue": token})
    seen = []
    for number, item in enumerate(cluster.list(Selection(MODELS, cluster.namespace), page_size=2)):
        seen.append(item["metadata"]["name"])
        if number in (1, 5):
            cluster.create(MODELS, model(f"n{number}"))  # moves the revision on
            compact(plane)
    assert len(seen) == len(set(seen))
    assert set(expected) <= set(seen)


def test_a_place_before_the_servers_memory_is_expired(cluster: HttpCluster) -> None:
    with pytest.raises(Expired):
        list(cluster.events(Selection(MODELS, cluster.namespace), "1", 5, 5))


# --- watches


class Follower:
    """A consumer of a watch on a thread, with the state that its changes lead to."""

    def __init__(self, changes: Iterator[Change]) -> None:
        self.told: list[Change] = []
        self.error: BaseException | None = None
        self._changes = changes
        self._more = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for change in self._changes:
                with self._more:
                    if self._stopping:
                        return
                    self.told.append(change)
                    self._more.notify_all()
        except BaseException as error:  # noqa: BLE001 - raised again by the test
            with self._more:
                self.error = error
                self._more.notify_all()
        finally:
            self._changes.close()  # type: ignore[attr-defined]

    def state(self) -> dict[str, str]:
        state: dict[str, str] = {}
        for change in self.told:
            if change.object is None:
                continue
            name, uid = change.object["metadata"]["name"], change.object["metadata"]["uid"]
            assert (uid in state) is (change.type != "added"), f"{change.type} {name}"
            if change.type == "deleted":
                del state[uid]
            else:
                state[uid] = f"{name} {change.object['metadata']['resourceVersion']}"
        return state

    def until(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        with self._more:
            self._more.wait_for(lambda: self.error is not None or condition(), seconds)
            if self.error is not None:
                raise self.error
            assert condition(), [
                (c.type, c.detail, c.object and c.object["metadata"]["name"]) for c in self.told
            ]

    def until_it_sees(self, cluster: HttpCluster, seconds: float = 60) -> None:
        listing = cluster.snapshot(Selection(MODELS, cluster.namespace))
        wanted = {
            item["metadata"]["uid"]: f"{item['metadata']['name']} {item['metadata']['resourceVersion']}"
            for item in listing.items
        }
        self.until(lambda: self.state() == wanted, seconds)

    def types(self, *wanted: str) -> list[str]:
        return [change.type for change in self.told if change.type in wanted]

    def stop(self) -> None:
        with self._more:
            self._stopping = True
        self._thread.join(10)
        assert not self._thread.is_alive()


@contextlib.contextmanager
def following(cluster: HttpCluster) -> Iterator[Follower]:
    follower = Follower(cluster.watch([Selection(MODELS, cluster.namespace)], idle=0.2))
    try:
        follower.until(lambda: follower.types("synced") == ["synced"])
        yield follower
    finally:
        follower.stop()


def test_changes_arrive_as_they_happen(cluster: HttpCluster) -> None:
    cluster.create(MODELS, model("before"))
    with following(cluster) as follower:
        cluster.create(MODELS, model("after"))
        cluster.patch(MODELS, "before", {"spec": {"format": "onnx"}})
        cluster.delete(MODELS, "before")
        follower.until_it_sees(cluster)
        steps = [
            (change.type, change.object["metadata"]["name"]) for change in follower.told if change.object
        ]
        assert steps == [
            ("added", "before"),
            ("added", "after"),
            ("modified", "before"),
            ("deleted", "before"),
        ]


def test_the_servers_own_time_out_is_not_noticed(
    cluster: HttpCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "WATCH_SECONDS", 1)
    with following(cluster) as follower:
        for number in range(12):
            cluster.create(MODELS, model(f"m{number}"))
            threading.Event().wait(0.25)
        follower.until_it_sees(cluster)
        assert follower.types("lost", "synced") == ["synced"]


def test_a_compaction_under_way_loses_nothing(
    plane: Plane, cluster: HttpCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "WATCH_SECONDS", 1)
    with following(cluster) as follower:
        for number in range(6):
            cluster.create(MODELS, model(f"m{number}"))
            compact(plane)
            threading.Event().wait(0.3)
        follower.until_it_sees(cluster)


def test_a_restart_of_the_api_server_loses_nothing(plane: Plane, cluster: HttpCluster) -> None:
    for name in ("same", "changed", "gone"):
        cluster.create(MODELS, model(name))
    with following(cluster) as follower:
        plane.restart_api_server()
        again = connect(plane.kubeconfig, cluster.namespace)
        again.patch(MODELS, "changed", {"spec": {"format": "onnx"}})
        again.delete(MODELS, "gone")
        again.create(MODELS, model("new"))
        follower.until_it_sees(again, 120)
        follower.until(lambda: follower.types("lost", "synced")[-1] == "synced", 120)
        assert "lost" in follower.types("lost")


def test_a_frozen_api_server_is_a_time_out_and_then_goes_on(plane: Plane, namespace: str) -> None:
    cluster = connect(plane.kubeconfig, namespace, request_timeout=1.5)
    cluster.create(MODELS, model("before"))
    with following(cluster) as follower:
        with plane.frozen(), pytest.raises(Unreachable, match="no answer in time"):
            cluster.get(MODELS, "before")
        patient = connect(plane.kubeconfig, namespace)
        patient.create(MODELS, model("after"))
        follower.until_it_sees(patient)


# --- who we are


def test_nobody_may_do_little(plane: Plane, namespace: str) -> None:
    nobody = connect(plane.kubeconfig_of("nobody"), namespace)
    assert nobody.request("GET", "/version")["major"] == "1"
    with pytest.raises(Forbidden, match="cannot list resource") as caught:
        nobody.snapshot(Selection(MODELS, namespace))
    assert (
        caught.value.hint and f"kubectl auth can-i list models.sedna.io -n {namespace}" in caught.value.hint
    )
    with pytest.raises(Forbidden):
        list(nobody.watch([Selection(MODELS, namespace)]))


def test_impersonation_reaches_the_server(plane: Plane, namespace: str) -> None:
    jane = connect(plane.kubeconfig, namespace, as_user="jane", as_groups=("edge", "cloud"))
    with pytest.raises(Forbidden, match='User "jane"'):
        jane.get(MODELS, "m")
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    master = connect(plane.kubeconfig, namespace, as_user="jane", as_groups=("system:masters",))
    told = master.request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", body=review)
    assert told["status"]["userInfo"]["username"] == "jane"


def test_service_account_tokens_sign_in_and_wrong_ones_do_not(
    plane: Plane, cluster: HttpCluster, tmp_path: Path
) -> None:
    place = f"/api/v1/namespaces/{cluster.namespace}/serviceaccounts/default/token"
    body = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": 600},
    }
    token = cluster.request("POST", place, body=body)["status"]["token"]
    config = {
        "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": cluster.server, "certificate-authority": "ca"}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": {"tokenFile": "token"}}],
    }
    authority = cluster._credentials.trust.authority
    assert authority is not None
    (tmp_path / "ca").write_bytes(authority)
    (tmp_path / "config").write_text(json.dumps(config))
    (tmp_path / "token").write_text(token)
    with pytest.raises(Forbidden, match=f"system:serviceaccount:{cluster.namespace}:default"):
        connect(tmp_path / "config", cluster.namespace).get(MODELS, "m")
    (tmp_path / "token").write_text(token[:-4] + "AAAA")
    with pytest.raises(Unauthorized) as caught:
        connect(tmp_path / "config", cluster.namespace).get(MODELS, "m")
    assert token[:20] not in caught.value.message
