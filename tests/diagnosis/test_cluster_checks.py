"""Checks of the cluster itself and of Sedna's installation: each fault is told, each blind spot is unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sednactl.diagnosis.book import all_checks, diagnose
from sednactl.diagnosis.observed import GhostCount, Observed, Scope
from sednactl.errors import Forbidden, NotFound, Unreachable
from sednactl.sedna.kinds import BY_KIND, SEDNA_KINDS
from sednactl.sedna.releases import RELEASES, SINCE
from sednactl.validation.crd import crd_of
from sednactl.validation.crd_state import likeness_of, served_schemas
from sednactl.validation.rbac import Right
from tests.diagnosis.healthy import check, crd, installed, node, parts, seen, told
from tests.lifecycle.objects import NOW, Json
from tests.upstream import upstream_crd

NO = Forbidden("forbidden: you may not look")


def test_a_healthy_cluster_is_in_order() -> None:
    results = diagnose(list(all_checks().values()), seen(), NOW)
    assert {result.status for result in results} == {"ok"}, [one for one in results if one.status != "ok"]
    looked_at = {result.id for result in results}
    assert {identifier for identifier in all_checks() if identifier < "DOC7"} <= looked_at


@pytest.mark.parametrize("identifier", sorted(all_checks()))
@pytest.mark.parametrize("error", [NO, NotFound("no such API"), Unreachable("timed out")])
def test_what_could_not_be_looked_at_is_unknown(identifier: str, error: Exception) -> None:
    """Whatever a check reads, alone or together: where that is not there, it never says ok."""
    everything: dict[str, Any] = dict.fromkeys(parts(), error)
    observed = seen(**everything)
    for kind in SEDNA_KINDS:
        observed.looks[f"families/{kind.kind}"] = observed.looks["version"]  # type: ignore[index]
    results = check(identifier, observed)
    assert {result.status for result in results} == {"unknown"}
    assert str(error) in results[0].message


@pytest.mark.parametrize("blind", sorted(parts()))
def test_one_blind_spot_hides_nothing_else(blind: str) -> None:
    unseen: dict[str, Any] = {blind: NO}
    observed = seen(**unseen)
    for one in all_checks().values():
        statuses = {result.status for result in check(one.id, observed)}
        depends = blind in one.reads
        assert statuses <= ({"unknown", "ok"} if depends else {"ok"}), (one.id, statuses)


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ({"major": "1", "minor": "32", "gitVersion": "v1.32.1"}, "ok"),
        ({"major": "1", "minor": "27+", "gitVersion": "v1.27.3-eks"}, "ok"),
        ({"major": "1", "minor": "22", "gitVersion": "v1.22.17"}, "failed"),
        ({"major": None, "minor": None}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_versions_of_kubernetes(version: Json, status: str) -> None:
    assert told("DOC101", seen(version=version))[0] == status


def _nodes(*nodes: Json) -> dict[str, Any]:
    return {"nodes": list(nodes)}


EDGE, CLOUD = node("edge-node", "edge"), node("cloud-node", "control-plane")
UNAVAILABLE = {
    "status": {"conditions": [{"type": "Available", "status": "False", "message": "no endpoints"}]}
}


@pytest.mark.parametrize(
    ("identifier", "changed", "status", "words"),
    [
        ("DOC102", {"groups": frozenset({"autoscaling/v1"})}, "failed", "autoscaling/v2"),
        ("DOC103", _nodes(CLOUD, node("edge-node", "agent", ready=False)), "warning", "not Ready: edge-node"),
        ("DOC103", _nodes(node("cloud-node", ready=False), EDGE), "failed", "0 of 1 cloud nodes"),
        ("DOC103", _nodes(CLOUD), "warning", "node-role.kubernetes.io/edge"),
        ("DOC103", _nodes(), "failed", "0 of 0"),
        ("DOC201", {"groups": frozenset({"autoscaling/v2"})}, "failed", "nobody serves metrics.k8s.io"),
        ("DOC201", {"metrics_service": UNAVAILABLE}, "failed", "no endpoints"),
        ("DOC202", {"node_metrics": []}, "failed", "cloud-node"),
        ("DOC203", {"node_metrics": [{"metadata": {"name": "cloud-node"}, "usage": {"cpu": "1"}}]}, "failed", "edge-node"),
        ("DOC203", {"node_metrics": [{"metadata": {"name": "edge-node"}, "usage": None}]}, "failed", "edge-node"),
        ("DOC203", _nodes(CLOUD), "unknown", "no Ready edge node"),
        ("DOC301", {"definitions": {}}, "failed", "11 of 11 kinds are not installed"),
        ("DOC302", {"definitions": {}}, "unknown", "no CRD"),
        ("DOC401", {"deployments": []}, "failed", "no Deployment gm in namespace sedna"),
        ("DOC402", {"deployments": []}, "unknown", "no Global Manager"),
        ("DOC403", {"sedna_daemon_sets": []}, "failed", "no DaemonSet lc"),
        ("DOC404", {"sedna_daemon_sets": []}, "unknown", "no release"),
        ("DOC405", {"daemon_sets": []}, "warning", "no EdgeMesh"),
        ("DOC405", {"daemon_sets": [], **_nodes(CLOUD)}, "ok", "no edge nodes"),
        ("DOC804", {"ghosts": GhostCount(2, ("Service park/a-cloud",))}, "warning", "2 ghost instances"),
    ],
)  # fmt: skip
def test_each_fault_is_told(identifier: str, changed: dict[str, Any], status: str, words: str) -> None:
    (result,) = check(identifier, seen(**changed))
    assert (result.status, words in result.message) == (status, True), result
    assert result.mend or status in ("unknown", "ok")


def _edited(kind: str, change: Callable[[Json], object]) -> Observed:
    definition = crd(kind)
    change(definition)
    return seen(definitions={**parts()["definitions"], kind: definition})


def _schema(definition: Json) -> Json:
    found: Json = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    return found


def _second_version(definition: Json) -> None:
    first = definition["spec"]["versions"][0]
    second = {**first, "name": "v1beta1", "storage": False, "schema": {"openAPIV3Schema": {"type": "object"}}}
    definition["spec"]["versions"].append(second)


@pytest.mark.parametrize(
    ("identifier", "change", "status", "words"),
    [
        ("DOC303", lambda one: _schema(one)["properties"].pop("url"), "warning", "spec.url is missing"),
        ("DOC303", lambda one: _schema(one)["properties"].update(mine={"type": "string"}), "warning", "spec.mine is not Sedna's"),
        ("DOC303", lambda one: _schema(one).update(required=["url"]), "warning", "spec is otherwise in Sedna's (format is required)"),
        ("DOC303", lambda one: _schema(one)["properties"]["url"].update(pattern="^s3:"), "warning", "spec.url is otherwise in Sedna's (pattern: \"^s3:\" → none)"),
        ("DOC303", lambda one: one["spec"].update(scope="Cluster"), "warning", "scope is otherwise in Sedna's (Cluster → Namespaced)"),
        ("DOC303", lambda one: one["spec"]["versions"][0].pop("subresources"), "warning", "subresource status is missing"),
        ("DOC304", lambda one: one["status"].update(conditions=None), "failed", "not Established"),
        ("DOC304", lambda one: one["status"].update(storedVersions=["v1alpha1", "v1"]), "failed", "stored as v1"),
        ("DOC304", lambda one: one["metadata"].update(deletionTimestamp="2026-01-01T00:00:00Z"), "failed", "being deleted"),
        ("DOC304", lambda one: one["spec"]["versions"][0].update(served=False), "failed", "does not serve v1alpha1"),
        ("DOC304", _second_version, "failed", "v1beta1 has another schema"),
    ],
)  # fmt: skip
def test_faults_of_a_crd(identifier: str, change: Callable[[Json], object], status: str, words: str) -> None:
    results = [one for one in check(identifier, _edited("Model", change)) if one.status != "ok"]
    assert results and all(one.status == status for one in results)
    assert any(words in one.message for one in results), results
    assert str(results[0].subject) == "CustomResourceDefinition models.sedna.io"


def test_descriptions_and_how_lists_merge_are_no_drift() -> None:
    def reword(definition: Json) -> None:
        _schema(definition)["description"] = "another"
        _schema(definition)["properties"]["device_soc_versions"]["x-kubernetes-list-type"] = "atomic"

    assert told("DOC303", _edited("Model", reword))[0] == "ok"


TELLING = ("JointInferenceService", "LifelongLearningJob", "FederatedLearningJob", "Model")
"""The kinds whose CRDs changed in different releases; the others add only time."""


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_the_release_of_crds_is_told(release: Any) -> None:
    kinds = [kind for kind in TELLING if release >= SINCE.get(kind, release)]
    definitions = {kind: crd_of(kind, release) for kind in kinds}
    for kind, definition in definitions.items():
        near = likeness_of(kind, definition)
        assert near is not None and not near.changes, (kind, near)
        assert release in near.releases
    (result,) = check("DOC302", seen(definitions=definitions))
    assert f"Sedna {release}" in result.message
    assert result.status == ("ok" if release == RELEASES[-1] else "warning")


@pytest.mark.parametrize("release", [RELEASES[3], RELEASES[4]], ids=str)
def test_upstreams_own_crds_are_known(release: Any) -> None:
    definition = upstream_crd("JointInferenceService", release)
    if definition is None:
        pytest.skip("upstream's CRDs are not at hand")
    near = likeness_of("JointInferenceService", definition)
    assert near is not None and (near.release, near.changes) == (release, ())


def test_crds_of_several_releases() -> None:
    old = crd_of("JointInferenceService", RELEASES[3])
    (result,) = check("DOC302", seen(definitions={**parts()["definitions"], "JointInferenceService": old}))
    assert result.status == "warning" and "several releases" in result.message
    assert "0.5.1 to 0.6.0 (JointInferenceService)" in result.message


def test_a_crd_without_the_version_has_no_release() -> None:
    definition = crd("Model")
    definition["spec"]["versions"][0]["name"] = "v1"
    assert likeness_of("Model", definition) is None and "v1" in served_schemas(definition)


def _with_image(part: str, image: str | None) -> dict[str, Any]:
    sedna = installed()
    kind, name = ("Deployment", "deployments") if part == "gm" else ("DaemonSet", "sedna_daemon_sets")
    (found,) = [one for one in sedna[kind] if one["metadata"]["name"] == part]
    found["spec"]["template"]["spec"]["containers"] = [{"name": part, "image": image}]
    return {name: sedna[kind]}


@pytest.mark.parametrize(
    ("identifier", "changed", "status", "words"),
    [
        ("DOC402", _with_image("gm", "kubeedge/sedna-gm:v0.6.0"), "failed", "of 0.6.0, the CRDs are of 0.7.0: hpa is taken and ignored"),
        ("DOC402", _with_image("gm", "registry:5000/sedna-gm@sha256:abc"), "unknown", "does not tell a release"),
        ("DOC402", _with_image("gm", "registry:5000/sedna-gm:prod"), "unknown", "does not tell a release"),
        ("DOC402", _with_image("gm", None), "unknown", "no image"),
        ("DOC404", _with_image("lc", "kubeedge/sedna-lc:v0.6.0"), "warning", "the local controllers are of 0.6.0"),
        (
            "DOC402",
            {"definitions": {kind: crd_of(kind, RELEASES[3]) for kind in BY_KIND}},
            "failed",
            "hpa is dropped without a word",
        ),
    ],
)  # fmt: skip
def test_which_image_against_which_crd(
    identifier: str, changed: dict[str, Any], status: str, words: str
) -> None:
    found, message = told(identifier, seen(**changed))
    assert (found, words in message) == (status, True), message


def _manager(**changed: Any) -> dict[str, Any]:
    sedna = installed()
    (found,) = [one for one in sedna["Deployment"] if one["metadata"]["name"] == "gm"]
    found["status"] = changed.get("status", found["status"])
    found["spec"]["replicas"] = changed.get("replicas", 1)
    return {"deployments": sedna["Deployment"]}


def _pod_of_manager(status: Json) -> list[Json]:
    return [{"metadata": {"name": "gm-1", "namespace": "sedna", "labels": {"sedna": "gm"}}, "status": status}]


CRASHING = {"state": {"waiting": {"reason": "CrashLoopBackOff"}}, "name": "gm", "restartCount": 7}


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        (_manager(replicas=0), "failed", "scaled to 0"),
        (_manager(replicas=2, status={"replicas": 2, "readyReplicas": 2}), "failed", "2 Global Managers"),
        (
            {**_manager(status=None), "manager_pods": _pod_of_manager({"containerStatuses": [CRASHING]})},
            "failed",
            "starts and dies again and again",
        ),
        ({"manager_pods": _pod_of_manager({"containerStatuses": [{"restartCount": 7}]})}, "warning", "7 restarts"),
    ],
)  # fmt: skip
def test_a_global_manager_that_does_not_do_well(changed: dict[str, Any], status: str, words: str) -> None:
    found, message = told("DOC401", seen(**changed))
    assert (found, words in message) == (status, True), message


@pytest.mark.parametrize(
    ("wanted", "ready", "status"), [(1, 1, "ok"), (0, 0, "failed"), (2, 1, "warning"), (2, 0, "failed")]
)
def test_local_controllers(wanted: int, ready: int, status: str) -> None:
    sets = installed()["DaemonSet"]
    sets[0]["status"] = {"desiredNumberScheduled": wanted, "numberReady": ready}
    assert told("DOC403", seen(sedna_daemon_sets=sets))[0] == status


def test_rights_of_ones_own() -> None:
    refused = frozenset(
        {Right("delete", "", "pods"), Right("delete", "sedna.io", "models"), Right("get", "", "pods/log")}
    )
    results = check("DOC601", seen(rights=refused))
    said = {result.message.partition(":")[0]: result.message for result in results}
    assert said.keys() == {"logs", "delete", "cleanup"}
    assert "you may not get pods/log in namespace park" in said["logs"]
    assert "delete models.sedna.io" in said["delete"] and "pods" not in said["delete"]
    assert all("kubectl create clusterrole" in result.mend for result in results)


def test_every_check_has_a_page_a_title_and_an_area() -> None:
    for identifier, one in all_checks().items():
        assert one.id == identifier and identifier.startswith("DOC") and identifier[3:].isdigit()
        title, _, page = one.page.strip().partition("\n")
        assert 5 < len(title) < 60 and len(page.strip()) > 60 and one.area, identifier
        assert one.reads and Scope("park").place
