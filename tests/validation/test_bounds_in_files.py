"""LimitRanges and ResourceQuotas among the files: pods that they refuse, and objects that they let in too few of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sednactl.manifests.document import document_of
from sednactl.manifests.reading import read_documents
from sednactl.sedna.releases import LATEST, release_named
from sednactl.validation.check import Checker, check_documents
from sednactl.validation.finding import Finding, spell_path
from sednactl.validation.limit_ranges import stored
from sednactl.validation.rules.object_counts import objects_of
from tests.conftest import RunSednactl
from tests.validation.learning import INCREMENTAL, REID, SEARCH, TRACKING, manifest
from tests.validation.test_rules import (
    CLOUD,
    DATASET,
    EDGE,
    EXTRACTION,
    FEDERATED,
    MODEL,
    POD,
    REMOVED,
    SERVICE,
    VIDEO,
    changed,
)

RULES = ("SDN129", "SDN130", "SDN152", "SDN207", "SDN225", "SDN226")
WORKER = f"{CLOUD}.{POD}.containers.0.resources"


def bound(kind: str, spec: dict[str, Any], namespace: str = "park", name: str = "team") -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def limits(namespace: str = "park", of: str = "Container", **bounds: Any) -> dict[str, Any]:
    return bound("LimitRange", {"limits": [{"type": of, **bounds}]}, namespace, "caps")


def quota(hard: dict[str, str], namespace: str = "park", **more: Any) -> dict[str, Any]:
    return bound("ResourceQuota", {"hard": hard, **more}, namespace)


def findings(*documents: dict[str, Any]) -> list[Finding]:
    """Judge documents as they are read from a stream, which is read again, and as values, which cannot be."""
    text = "---\n".join(yaml.safe_dump(json.loads(json.dumps(one)), sort_keys=False) for one in documents)
    read = check_documents(read_documents(text.encode(), "f"))
    made = check_documents(document_of(one, "f", index) for index, one in enumerate(documents))
    as_json = json.dumps({"apiVersion": "v1", "kind": "List", "items": documents})
    listed = check_documents(read_documents(as_json.encode(), "f"))
    said = [
        sorted((one.rule, one.level, one.message, one.path) for one in each) for each in (read, made, listed)
    ]
    assert said[0] == said[1] == said[2]
    return [one for one in read if one.rule in RULES]


def found(*documents: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one.rule, one.level, spell_path(one.path)) for one in findings(*documents)]


SMALL = changed(
    SERVICE,
    {
        f"{side}.{POD}.containers.0.resources": {"requests": {"cpu": "100m"}, "limits": {"cpu": "200m"}}
        for side in (EDGE, CLOUD)
    },
)


@pytest.mark.parametrize("first", [True, False])
def test_a_pod_that_a_limit_range_refuses(first: bool) -> None:
    big = changed(SMALL, {WORKER: {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}})
    caps = limits(max={"cpu": "1"})
    place = f"{CLOUD}.{POD}.containers[0].resources.limits.cpu"
    assert found(*((caps, big) if first else (big, caps))) == [("SDN129", "error", place)]
    assert found(caps, SMALL) == []
    assert found(limits("elsewhere", max={"cpu": "1"}), big) == []
    assert found(limits(""), big) == []


def test_requests_that_a_limit_range_gives() -> None:
    silent = changed(SMALL, {WORKER: REMOVED})
    missing = ("SDN207", "error", f"{CLOUD}.{POD}.containers[0]")
    assert found(silent) == [missing]
    assert found(silent, limits(defaultRequest={"cpu": "250m"})) == []
    assert found(limits(max={"cpu": "1"}), silent) == []  # a largest limit is a limit, and so a request
    assert found(silent, limits(defaultRequest={"memory": "64Mi"})) == [missing]
    assert found(silent, limits("elsewhere", defaultRequest={"cpu": "250m"})) == [missing]


def test_what_waits_for_limit_ranges_is_counted_once() -> None:
    checker = Checker()
    early = checker.check(document_of(changed(SMALL, {WORKER: REMOVED})))
    late = checker.finish()
    assert [one.rule for one in (*early, *late) if one.rule == "SDN207"] == ["SDN207"]
    assert checker.counts["error"] == len([one for one in (*early, *late) if one.level == "error"])


def test_a_limit_range_as_the_server_keeps_it() -> None:
    kept = stored(
        limits(max={"cpu": "2", "memory": "1Gi"}, min={"cpu": "100m", "gpu": "1"}, default={"cpu": "1"})
    )
    (item,) = kept["spec"]["limits"]
    assert item["default"] == {"cpu": "1", "memory": "1Gi"}
    assert item["defaultRequest"] == {"cpu": "1", "memory": "1Gi", "gpu": "1"}
    whole = limits(of="Pod", max={"cpu": "2"})
    assert stored(whole) == whole


def test_what_a_quota_demands_and_lets_in() -> None:
    silent = changed(SMALL, {WORKER: REMOVED, f"{CLOUD}.hpa": REMOVED})
    assert [one[:2] for one in found(silent, quota({"requests.cpu": "9"}))] == [("SDN130", "error")]
    assert found(silent, quota({"requests.cpu": "9"}), limits(defaultRequest={"cpu": "1"})) == []
    assert [one[:2] for one in found(SMALL, quota({"pods": "3"}))] == [("SDN226", "warning")]
    assert found(SMALL, quota({"pods": "30"})) == found(SMALL, quota({"pods": "3"}, "elsewhere")) == []


REMOTE = [
    changed(MODEL, {"metadata": {"name": name, "namespace": "park"}, "spec.url": "https://m.example/m.pb"})
    for name in ("little", "big")
]


def named(workload: dict[str, Any]) -> dict[str, Any]:
    return changed(workload, {f"{EDGE}.model.name": "little", f"{CLOUD}.model.name": "big"})


def test_the_init_container_that_downloads_counts() -> None:
    service, caps = named(SMALL), limits(max={"cpu": "500m"})
    told = [one for one in findings(service, caps, *REMOTE) if one.rule == "SDN129"]
    assert [spell_path(one.path) for one in told] == [f"{EDGE}.{POD}", f"{CLOUD}.{POD}"]
    assert 'the container "storage-initializer" has a limit of 1' in told[0].message
    assert told[0].hint.startswith("Sedna adds it")
    local = [changed(one, {"spec.url": "/models/m.pb"}) for one in REMOTE]
    assert found(service, caps, *local) == found(service, caps) == []
    room = quota({"requests.cpu": "1500m", "limits.memory": "64Gi"})
    assert "SDN226" not in {
        rule for rule, *_ in found(changed(service, {f"{CLOUD}.hpa": REMOVED, f"{EDGE}.hpa": REMOVED}), room)
    }
    alone = changed(service, {f"{CLOUD}.hpa": REMOVED, f"{EDGE}.hpa": REMOVED})
    assert "SDN226" in {rule for rule, *_ in found(alone, room, *REMOTE)}  # two that fetch take two cores
    assert not [one for one in findings(alone, room, *REMOTE) if "storage-initializer" in one.message]


@pytest.mark.parametrize(
    ("workload", "objects"),
    [
        (SERVICE, {"jointinferenceservices.sedna.io": 1, "deployments.apps": 2, "replicasets.apps": 2, "services": 1, "horizontalpodautoscalers.autoscaling": 2}),
        (FEDERATED, {"federatedlearningjobs.sedna.io": 1, "services": 1}),
        (INCREMENTAL, {"incrementallearningjobs.sedna.io": 1}),
        (EXTRACTION, {"featureextractionservices.sedna.io": 1, "deployments.apps": 1, "replicasets.apps": 1, "services": 1}),
        (SEARCH, {"objectsearchservices.sedna.io": 1, "deployments.apps": 2, "replicasets.apps": 2, "services": 2}),
        (TRACKING, {"objecttrackingservices.sedna.io": 1}),
        (REID, {"reidjobs.sedna.io": 1}),
        (VIDEO, {"videoanalyticsjobs.sedna.io": 1, "services": 1}),
        (MODEL, {"models.sedna.io": 1}),
        (DATASET, {"datasets.sedna.io": 1}),
    ],
)  # fmt: skip
def test_objects_of_each_kind(workload: dict[str, Any], objects: dict[str, int]) -> None:
    counted = {f"count/{name}": number for name, number in objects.items()}
    if "services" in objects:
        counted["services"] = objects["services"]
    assert objects_of(workload["kind"], ("edge", "cloud"), LATEST) == counted
    namespace = {"metadata.namespace": "park"}
    for name, number in counted.items():
        here = changed(workload, namespace)
        assert [one for one in found(here, quota({name: str(number)})) if one[0] == "SDN152"] == []
        scaled = name.startswith("count/horizontal") and workload is not SERVICE
        assert [one for one in found(here, quota({name: str(number - 1)})) if one[0] == "SDN152"] == (
            [] if scaled else [("SDN152", "error", "metadata.name")]
        )


def test_objects_before_deployments_and_without_an_hpa() -> None:
    old = objects_of("JointInferenceService", ("cloud",), release_named("0.6"))
    assert old == {"count/jointinferenceservices.sedna.io": 1, "count/services": 1, "services": 1}
    one_side = objects_of("JointInferenceService", ("cloud",), LATEST)
    assert one_side["count/horizontalpodautoscalers.autoscaling"] == 1


def test_workloads_share_what_a_quota_lets_in() -> None:
    other = changed(SMALL, {"metadata.name": "other"})
    assert found(SMALL, other, quota({"services": "1"})) == [("SDN152", "warning", "metadata.name")]
    (told,) = findings(SMALL, other, quota({"count/deployments.apps": "3"}))
    assert told.message == ('it makes 2 of count/deployments.apps, but the quota "team" has 1 of 3 left')
    assert found(SMALL, other, quota({"services": "2"})) == []
    assert found(SMALL, other, quota({"services": "1"}, scopes=["NotTerminating"])) == []


def test_a_folder_is_judged_whatever_the_order_and_the_processes(
    run_sednactl: RunSednactl, tmp_path: Path
) -> None:
    for number in range(3):
        one = changed(SMALL, {"metadata.name": f"gate-{number}"})
        (tmp_path / f"gate-{number}.yaml").write_text(yaml.safe_dump(json.loads(json.dumps(one))))
    (tmp_path / "zones.yaml").write_text(
        yaml.safe_dump_all([limits(max={"cpu": "150m"}), quota({"services": "2"})])
    )
    run = run_sednactl("validate", str(tmp_path), "-j", "2", "-o", "json")
    told = [one["rule"] for one in json.loads(run.out)["findings"] if one["rule"] in RULES]
    assert run.code == 1
    assert sorted(told) == ["SDN129"] * 6 + ["SDN152"]


def test_bounds_alone_say_nothing() -> None:
    assert found(limits(max={"cpu": "1"}), quota({"pods": "0"})) == []
    assert found(manifest("Model", "m", {"url": "/m/m.pb", "format": "pb"}), quota({"pods": "0"}, "")) == []
