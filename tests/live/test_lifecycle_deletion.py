"""Deleting, taken names, ghosts and livelocks on a real API server, with a Global Manager at work."""

from __future__ import annotations

import json

import pytest

from tests.live.conftest import Sednactl
from tests.live.plane.api import eventually
from tests.live.plane.plane import Plane
from tests.live.services import joint_inference, stream, with_models


def make(sednactl: Sednactl, namespace: str, **more: object) -> str:
    text = with_models(joint_inference("helmet", namespace, **more))  # type: ignore[arg-type]
    applied = sednactl("apply", "-f", "-", input=text)
    assert applied.code == 0, applied.err
    waited = sednactl("wait", "ji", "helmet", "-n", namespace, "--timeout", "60s")
    assert waited.code == 0, waited.err
    return text


def names(plane: Plane, namespace: str) -> set[str]:
    return set(plane.kubectl("get", "ji,deploy,rs,po,svc,hpa", "-n", namespace, "-o", "name").split())


def test_what_was_foretold_is_what_goes(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    make(sednactl, namespace, hpa=("cloud", "edge"))
    before = names(plane, namespace)
    dry = sednactl("delete", "ji", "helmet", "-n", namespace, "--dry-run=client", "-o", "json")
    assert names(plane, namespace) == before
    report = json.loads(dry.out)
    foretold = {one["name"] for one in report["foretold"]}
    assert {name.partition("/")[2] for name in before} <= foretold
    done = sednactl("delete", "ji", "helmet", "-n", namespace, "--yes", "-o", "json")
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert (report["apiVersion"], report["kind"]) == ("sednactl.io/v1", "DeletionReport")
    assert report["remaining"] == []
    assert names(plane, namespace) == set()


def test_deleted_and_made_again_at_once_many_times(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    text = make(sednactl, namespace, hpa=("cloud",))
    for _ in range(3):
        plane.kubectl("delete", "ji", "helmet", "-n", namespace, "--wait=false")
        applied = sednactl("apply", "-f", "-", input=text)
        assert applied.code == 0, applied.err
        assert "jointinferenceservice.sedna.io/helmet created" in applied.out
        waited = sednactl("wait", "ji", "helmet", "-n", namespace, "--timeout", "60s")
        assert waited.code == 0, waited.err


def test_without_a_terminal_nothing_is_deleted_unasked(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    make(sednactl, namespace)
    refused = sednactl("delete", "ji", "helmet", "-n", namespace)
    assert refused.code == 2 and "--yes" in refused.err
    assert "jointinferenceservice.sedna.io/helmet" in names(plane, namespace)


def test_a_foreign_service_is_refused_and_when_forced_wedges_as_foretold(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    foreign = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "helmet-cloud", "namespace": namespace},
        "spec": {"ports": [{"port": 80}], "selector": {"app": "mine"}},
    }
    sednactl("apply", "-f", "-", input=stream(foreign))
    text = with_models(joint_inference("helmet", namespace))
    refused = sednactl("apply", "-f", "-", input=text)
    assert refused.code == 7  # the models went, the service did not
    assert "Service helmet-cloud is somebody's own" in refused.err
    assert "--allow-taken-names" in refused.err
    assert sednactl("apply", "-f", "-", input=text).code == 7
    alone = stream(joint_inference("helmet", namespace))
    assert sednactl("apply", "-f", "-", input=alone).code == 4
    assert sednactl("apply", "-f", "-", "--dry-run=server", input=alone).code == 4
    assert "jointinferenceservice.sedna.io/helmet" not in names(plane, namespace)
    forced = sednactl("apply", "-f", "-", "--allow-taken-names", input=alone)
    assert forced.code == 0, forced.err
    waited = sednactl("wait", "ji", "helmet", "-n", namespace, "--timeout", "110s", timeout=120)
    assert waited.code == 6
    assert "will not run" in waited.err
    # The real Global Manager sometimes overwrites its own error with a meaningless one.
    assert "already exists" in waited.err or "gave up" in waited.err
    table = sednactl("get", "ji", "-n", namespace)
    assert "Broken" in table.out and "Failed (" in table.out
    tree = sednactl("tree", "ji", "helmet", "-n", namespace)
    assert "somebody else's" in tree.out
    gone = sednactl("delete", "ji", "helmet", "-n", namespace, "--yes")
    assert gone.code == 0, gone.err
    assert names(plane, namespace) == {"service/helmet-cloud"}


def test_orphans_are_left_refused_and_named(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    make(sednactl, namespace, hpa=("cloud",))
    plane.kubectl("delete", "ji", "helmet", "-n", namespace, "--cascade=orphan")
    refused = sednactl("apply", "-f", "-", input=stream(joint_inference("helmet", namespace)))
    assert refused.code == 4
    for name in ("Service helmet-cloud", "Deployment helmet-deployment-edge", "hpa-helmet-deployment-cloud"):
        assert name in refused.err
    assert "nobody owns it" in refused.err
    assert f"sednactl cleanup ghost-instances -n {namespace}" in refused.err


def test_a_child_that_lost_its_owner_stays_with_its_cause(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    make(sednactl, namespace)
    patch = json.dumps({"metadata": {"ownerReferences": None}})
    plane.kubectl("patch", "svc", "helmet-cloud", "-n", namespace, "--type=merge", "-p", patch)
    tree = sednactl("tree", "ji", "helmet", "-n", namespace)
    assert "broken link" in tree.out
    dry = sednactl("delete", "ji", "helmet", "-n", namespace, "--dry-run=client")
    assert "What is likely to stay:" in dry.out
    done = sednactl("delete", "ji", "helmet", "-n", namespace, "--yes", "-o", "json")
    assert done.code == 7
    (left,) = json.loads(done.out)["remaining"]
    assert (left["kind"], left["name"], left["cause"]) == ("Service", "helmet-cloud", "orphaned")


def test_a_finalizer_that_holds_a_child_is_named(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    make(sednactl, namespace)
    hold = json.dumps({"metadata": {"finalizers": ["example.org/hold"]}})
    free = json.dumps({"metadata": {"finalizers": None}})
    plane.kubectl("patch", "svc", "helmet-cloud", "-n", namespace, "--type=merge", "-p", hold)
    try:
        done = sednactl("delete", "ji", "helmet", "-n", namespace, "--yes", "--timeout", "5s")
        assert done.code == 7
        assert "finalizer example.org/hold" in done.err and "[held]" in done.err
        gone = sednactl("wait", "ji", "helmet", "-n", namespace, "--for=gone", "--timeout", "1s")
        assert gone.code == 6 and "helmet-cloud" in gone.err
    finally:
        plane.kubectl("patch", "svc", "helmet-cloud", "-n", namespace, "--type=merge", "-p", free)
    assert sednactl("wait", "ji", "helmet", "-n", namespace, "--for=gone", "--timeout", "30s").code == 0


def test_a_deletion_that_hangs_in_the_foreground_is_told_and_ended(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    make(sednactl, namespace)
    # A child that blocks its owner's deletion for as long as the test wants.
    hold = json.dumps({"metadata": {"finalizers": ["example.org/hold"]}})
    plane.kubectl("patch", "svc", "helmet-cloud", "-n", namespace, "--type=merge", "-p", hold)
    plane.kubectl("delete", "ji", "helmet", "-n", namespace, "--cascade=foreground", "--wait=false")
    described = sednactl("describe", "ji", "helmet", "-n", namespace)
    assert "Terminating" in described.out and "foreground" in described.out
    ended = sednactl("delete", "ji", "helmet", "-n", namespace, "--yes", "--wait=false")
    assert ended.code == 0 and "turns it into a deletion in the background" in ended.err
    eventually(
        lambda: "jointinferenceservice.sedna.io/helmet" not in names(plane, namespace),
        what="the service gone",
    )
    free = json.dumps({"metadata": {"finalizers": None}})
    plane.kubectl("patch", "svc", "helmet-cloud", "-n", namespace, "--type=merge", "-p", free)
    assert sednactl("wait", "ji", "helmet", "-n", namespace, "--for=gone", "--timeout", "60s").code == 0


def test_a_pod_of_an_offline_edge_node_is_left_and_is_no_ghost(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    if not plane.own:
        pytest.skip("cannot take a node of a running plane offline")
    make(sednactl, namespace)
    with plane.offline("edge-node"):
        eventually(
            lambda: "offline" in sednactl("describe", "ji", "helmet", "-n", namespace).out,
            what="the node seen offline",
        )
        dry = sednactl("delete", "ji", "helmet", "-n", namespace, "--dry-run=client")
        assert "it will wait for node edge-node" in dry.out
        done = sednactl("delete", "ji", "helmet", "-n", namespace, "--yes", "-o", "json")
        assert done.code == 7, done.err
        left = json.loads(done.out)["remaining"]
        assert {(one["kind"], one["cause"]) for one in left} == {("Pod", "edge-offline")}
    assert sednactl("wait", "ji", "helmet", "-n", namespace, "--for=gone", "--timeout", "60s").code == 0


def test_not_found(namespace: str, sednactl: Sednactl) -> None:
    missing = sednactl("delete", "ji", "nope", "-n", namespace, "--yes")
    assert missing.code == 4 and '"nope" not found' in missing.err
    ignored = sednactl("delete", "ji", "nope", "-n", namespace, "--yes", "--ignore-not-found")
    assert (ignored.code, ignored.out) == (0, "")
    by_label = sednactl("delete", "ji", "-l", "a=b", "-n", namespace, "--yes")
    assert (by_label.code, by_label.err) == (0, "No resources found\n")
