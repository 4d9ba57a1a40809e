"""Whatever goes wrong while a workload is repaired: an orderly end, nothing lost, and a later repair finishes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sednactl.sedna.belonging import owner_uids
from sednactl.sedna.kinds import FEATURE_EXTRACTION, INCREMENTAL_LEARNING, JOINT_INFERENCE, SednaKind
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, SERVICE
from tests.cluster.stub import StubServer
from tests.cluster.weather import Weather
from tests.command import CompletedRun
from tests.lifecycle.conftest import collect_garbage, fill
from tests.lifecycle.objects import (
    FALSE_ALARM,
    UID,
    Json,
    ago,
    below,
    deployment,
    ji_spec,
    pod,
    service,
    whole_service,
    workload,
)
from tests.lifecycle.test_replacement import Shell, template

ALLOWED = {0, 1, 4, 5, 6, 7}
SPECS: dict[SednaKind, Json] = {
    JOINT_INFERENCE: ji_spec(hpa=("cloud", "edge")),
    FEATURE_EXTRACTION: template(1),
    INCREMENTAL_LEARNING: {"deploySpec": template(1)},
}
STARTED = {"startTime": ago(3600)}


class Broken:
    """A stub cluster with one workload that Sedna does not mend, and what Sedna does when it is mended."""

    def __init__(self, stub: StubServer, shell: Shell, kind: SednaKind) -> None:
        self.stub = stub
        self.shell = shell
        self.kind = kind
        shell.before_request = lambda _: self._sedna()
        for side in ("cloud", "edge"):
            model = {"name": SPECS[JOINT_INFERENCE][f"{side}Worker"]["model"]["name"], "namespace": "park"}
            fill(stub, {"kind": "Model", "metadata": model})
        fill(stub, workload(kind, spec=SPECS[kind], status={**STARTED, **FALSE_ALARM}))

    def repair(self, *flags: str) -> CompletedRun:
        return self.shell.run("repair", self.kind.word, "helmet", "-n", "park", "--timeout", "20s", *flags)

    def live(self) -> Json | None:
        return self.shell.live(self.kind)

    def named(self) -> set[str]:
        """Name what belongs to the living workload, by its owner reference."""
        uid = (self.live() or {"metadata": {"uid": ""}})["metadata"]["uid"]
        return {
            f"{resource.kind}/{one['metadata']['name']}"
            for resource in (DEPLOYMENT, HPA, POD, SERVICE)
            for one in self.stub.objects(resource)
            if uid in owner_uids(one)
        }

    def without_autoscaler_service_and_owner(self) -> None:
        """Two children are gone, and two have lost their owner; nothing of it stops a pod."""
        for one in whole_service():
            if one["metadata"]["name"] in ("hpa-helmet-deployment-edge", "helmet-cloud"):
                continue
            if one["metadata"]["name"] in ("hpa-helmet-deployment-cloud", "helmet-deployment-edge"):
                del one["metadata"]["ownerReferences"]
            fill(self.stub, one)

    def forever_deleted(self) -> None:
        """It is deleted in the foreground, and the Global Manager makes its children anew."""
        fill(self.stub, *whole_service())
        live = self.live()
        assert live is not None
        live["metadata"] |= {"deletionTimestamp": ago(900), "finalizers": ["foregroundDeletion"]}
        fill(self.stub, live)

    def without_its_deployment(self) -> None:
        """Only a new workload gets a Deployment again."""
        fill(self.stub, service("fe", prefix="featureextractionservice", owner=self.live()))

    def without_its_inference_pod(self) -> None:
        """The Global Manager makes that only at the beginning."""

    def _sedna(self) -> None:
        live = self.live()
        if live is None or live["metadata"].get("deletionTimestamp"):
            collect_garbage(self.stub)
        elif self.kind is FEATURE_EXTRACTION and live["metadata"]["uid"] != UID and "status" not in live:
            made = {"prefix": "featureextractionservice", "owner": live, "uid": live["metadata"]["uid"]}
            top = deployment("fe", **made)
            between = below(top, "ReplicaSet", "7dff", prefix=made["prefix"])
            fill(
                self.stub, top, between, below(between, "Pod", "p", node="cloud-node", prefix=made["prefix"])
            )
            fill(self.stub, service("fe", selects=made["uid"], **made), {**live, "status": STARTED})
        elif self.kind is INCREMENTAL_LEARNING and "startTime" not in (live.get("status") or {}):
            prefix = "incrementallearningjob"
            fill(self.stub, pod("helmet-inference-1", "inference", owner=live, prefix=prefix, node="edge"))
            fill(self.stub, {**live, "status": STARTED})


BREAKS: dict[str, tuple[SednaKind, Callable[[Broken], None]]] = {
    "beside": (JOINT_INFERENCE, Broken.without_autoscaler_service_and_owner),
    "release": (JOINT_INFERENCE, Broken.forever_deleted),
    "recreate": (FEATURE_EXTRACTION, Broken.without_its_deployment),
    "restart": (INCREMENTAL_LEARNING, Broken.without_its_inference_pod),
}
WHOLE = {
    "beside": {
        *(f"Deployment/helmet-deployment-{side}" for side in ("cloud", "edge")),
        *(f"HorizontalPodAutoscaler/hpa-helmet-deployment-{side}" for side in ("cloud", "edge")),
        "Service/helmet-cloud",
    },
    "release": set(),
    "recreate": {"Deployment/helmet-deployment-fe", "Service/helmet-fe"},
    "restart": {"Pod/helmet-inference-1"},
}


@pytest.mark.parametrize("how", BREAKS)
@pytest.mark.parametrize("seed", range(4, 8))  # 6 and 7 cut a replacement off with nothing in the cluster
def test_any_faults(
    stub: StubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, seed: int
) -> None:
    kind, broken = BREAKS[how]
    park = Broken(stub, Shell(stub, tmp_path, monkeypatch), kind)
    broken(park)
    weather = Weather(stub, seed, writes=0.5)
    for _ in range(3):
        with weather.bad():
            done = park.repair("--yes")
        assert done.code in ALLOWED, done.err
        _nothing_is_lost(park, how)
        if done.code == 0:
            assert park.named() == WHOLE[how]
    gone_before = park.live() is None and not park.shell.records()
    done = park.repair("--yes")
    assert done.code == (4 if gone_before else 0), done.err
    assert park.named() == WHOLE[how]
    assert (
        ("not found" in park.repair().err) if how == "release" else ("nothing to repair" in park.repair().out)
    )


def _nothing_is_lost(park: Broken, how: str) -> None:
    live, under_way = park.live(), park.shell.records().get("")
    if live is not None:
        assert live["spec"] == SPECS[park.kind]
    if how == "recreate":
        assert live is not None or (under_way is not None and under_way["old"]["spec"] == SPECS[park.kind])
    elif how != "release":
        assert live is not None and live["metadata"]["uid"] == UID
