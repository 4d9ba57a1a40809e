"""Our verdict on LimitRanges and ResourceQuotas beside that of a real API server, pod by pod, and Sedna's way there."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

from sednactl.manifests.writing import to_yaml
from sednactl.validation.limit_ranges import defaulted, refusals
from sednactl.validation.quotas import counts, lacking, limits_of, taken_by, used_of
from tests.live.conftest import Sednactl
from tests.live.plane.api import Json, eventually
from tests.live.plane.plane import Plane
from tests.live.services import joint_inference, model

PODS = 25
"""Random pods in each namespace."""
BOUNDS: dict[str, tuple[list[Json], Json]] = {
    "defaults": ([{"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"memory": "64Mi"}}], {}),
    "bounds": (
        [{"type": "Container", "min": {"cpu": "100m"}, "max": {"cpu": "2", "memory": "1Gi"}}],
        {},
    ),
    "ratio": ([{"type": "Container", "maxLimitRequestRatio": {"cpu": "2", "memory": "1500m"}}], {}),
    "pods": ([{"type": "Pod", "min": {"memory": "64Mi"}, "max": {"cpu": "3"}}], {}),
    "demands": ([], {"hard": {"requests.cpu": "2500m", "limits.memory": "2Gi", "pods": "5"}}),
    "given": (
        [{"type": "Container", "defaultRequest": {"cpu": "1"}, "default": {"memory": "1Gi"}}],
        {"hard": {"cpu": "3", "limits.memory": "2Gi", "requests.ephemeral-storage": "1Gi"}},
    ),
    "best-effort": ([], {"hard": {"pods": "0"}, "scopes": ["BestEffort"]}),
    "ending": ([], {"hard": {"requests.memory": "1Gi"}, "scopes": ["Terminating"]}),
}


def _amounts(chance: random.Random) -> Json:
    sizes = {"cpu": ("50m", "100m", "500m", "1", "2", "3"), "memory": ("32Mi", "64Mi", "512Mi", "1Gi", "2Gi")}
    return {name: chance.choice(of) for name, of in sizes.items() if chance.random() < 0.6}


def _pod(chance: random.Random) -> Json:
    def box(name: str, sidecar: bool | None = None) -> Json:
        made: Json = {"name": name, "image": "example.org/x"}
        kinds = {of: _amounts(chance) for of in ("requests", "limits") if chance.random() < 0.7}
        if any(kinds.values()):
            made["resources"] = {of: amounts for of, amounts in kinds.items() if amounts}
        return made | ({"restartPolicy": "Always"} if sidecar else {})

    pod: Json = {"containers": [box(f"c{index}") for index in range(chance.choice((1, 1, 2)))]}
    if chance.random() < 0.4:
        pod["initContainers"] = [
            box(f"i{index}", chance.random() < 0.4) for index in range(chance.choice((1, 2)))
        ]
    if chance.random() < 0.3:
        pod["activeDeadlineSeconds"] = 60
    return pod  # fmt: skip


def _ours(pod: Json, ranges: list[Json], quotas: list[Json]) -> str:
    """Give what refuses a pod: "range" (or the limits it gives), "quota" or nothing."""
    if list(refusals(pod, ranges)):
        return "range"
    made = defaulted(pod, ranges)
    for quota in quotas:
        if not counts(quota, made):
            continue
        used, taken = used_of(quota), taken_by(made)
        if list(lacking(made, quota)) or any(
            taken.get(name, 0) and used.get(name, 0) + taken[name] > hard
            for name, hard in limits_of(quota).items()
        ):
            return "quota"
    return ""  # fmt: skip


def _theirs(status: int, answer: Json) -> str:
    if status < 300:
        return ""
    message = answer["message"]
    if "quota" in message:
        return "quota"
    assert "usage per" in message or "ratio per" in message or "must be less than or equal to" in message, (
        message
    )
    return "range"  # fmt: skip


def test_random_pods_meet_the_same_verdict(plane: Plane, namespace: str) -> None:
    names = {bounds: f"{namespace}-{bounds}" for bounds in BOUNDS}
    for bounds, (limits, quota) in BOUNDS.items():
        place = names[bounds]
        plane.api.expect("POST", "/api/v1/namespaces", {"metadata": {"name": place}})
        if limits:
            body: Json = {"metadata": {"name": "caps"}, "spec": {"limits": limits}}
            plane.api.expect("POST", f"/api/v1/namespaces/{place}/limitranges", body)
        if quota:
            body = {"metadata": {"name": "team"}, "spec": quota}
            plane.api.expect("POST", f"/api/v1/namespaces/{place}/resourcequotas", body)
    chance, met = random.Random(20261128), Counter[tuple[str, str]]()
    for bounds, place in names.items():
        path = f"/api/v1/namespaces/{place}"
        eventually(lambda place=place: plane.takes_pods(place), what="default service account")  # type: ignore[misc]
        ranges = plane.api.expect("GET", f"{path}/limitranges")["items"]
        wanted = bool(BOUNDS[bounds][1])
        eventually(lambda path=path, wanted=wanted: _counted(plane, path, wanted), what="the quota counted")  # type: ignore[misc]
        quotas = plane.api.expect("GET", f"{path}/resourcequotas")["items"]
        for _ in range(PODS):
            pod = _pod(chance)
            valid = all(
                _is_ordered(one) for group in ("containers", "initContainers") for one in pod.get(group, ())
            )
            if not valid:
                continue
            status, answer = plane.api(
                "POST", f"{path}/pods?dryRun=All", {"metadata": {"generateName": "p-"}, "spec": pod}
            )
            assert _ours(pod, ranges, quotas) == _theirs(status, answer), (bounds, pod, answer)
            met[bounds, _theirs(status, answer)] += 1
            if status < 300:
                made = defaulted(pod, ranges)
                for group in ("containers", "initContainers"):
                    for ours, theirs in zip(made.get(group, ()), answer["spec"].get(group, ()), strict=True):
                        assert _plain(ours) == _plain(theirs), (bounds, pod)
        plane.api("DELETE", path)
    assert {found for _, found in met} == {"", "range", "quota"}
    assert sum(met.values()) > len(BOUNDS) * PODS / 3


def _counted(plane: Plane, path: str, wanted: bool) -> bool:
    items = plane.api.expect("GET", f"{path}/resourcequotas")["items"]
    return not wanted or bool(
        items and items[0].get("status", {}).get("hard") and "used" in items[0]["status"]
    )


def _is_ordered(container: Json) -> bool:
    return not list(refusals({"containers": [container]}, [])) and _sorted(container)


def _sorted(container: Json) -> bool:
    from sednactl.validation.pod_amounts import amounts_of

    asked, most = amounts_of(container, "requests"), amounts_of(container, "limits")
    return all(asked[name] <= limit for name, limit in most.items() if name in asked)


def _plain(container: Json) -> tuple[Any, Any]:
    from sednactl.validation.pod_amounts import amounts_of

    return amounts_of(container, "requests"), amounts_of(container, "limits")


def _told(sednactl: Sednactl, file: Path, namespace: str) -> dict[str, str]:
    run = sednactl("validate", str(file), "--cluster", "-n", namespace, "-o", "json")
    return {one["rule"]: one["level"] for one in json.loads(run.out)["findings"]}


def test_a_service_whose_pods_are_refused_shows_it_nowhere_but_in_an_event(
    plane: Plane, namespace: str, sednactl: Sednactl, tmp_path: Path
) -> None:
    """What the rules foretell comes true: Sedna makes the Deployments, and no pod of them is ever made."""
    service = joint_inference("helmet", namespace, hpa=("cloud",))
    file = tmp_path / "service.yaml"
    file.write_text(to_yaml([model("big-model", namespace), model("little-model", namespace), service]))
    rules = {"SDN129", "SDN130", "SDN226"}
    assert set(_told(sednactl, file, namespace)) & rules == set()
    limits = [{"type": "Container", "max": {"cpu": "50m"}}]
    body: Json = {"metadata": {"name": "caps"}, "spec": {"limits": limits}}
    plane.api.expect("POST", f"/api/v1/namespaces/{namespace}/limitranges", body)
    assert {rule: level for rule, level in _told(sednactl, file, namespace).items() if rule in rules} == {
        "SDN129": "error"
    }
    assert sednactl("apply", "-f", str(file)).code == 0
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/helmet-deployment-cloud"

    def refused() -> str:
        code, deployment = plane.api("GET", path)
        conditions = deployment.get("status", {}).get("conditions", ()) if code == 200 else ()
        return next((one["message"] for one in conditions if one["type"] == "ReplicaFailure"), "")

    # The limit that it gives is below the request that stands there.
    assert "less than or equal to cpu limit of 50m" in eventually(refused, what="the refusal of pods")
    plane.api("DELETE", f"/api/v1/namespaces/{namespace}/limitranges/caps")


def test_a_default_request_makes_the_autoscaler_work_and_a_quota_holds_it_back(
    plane: Plane, namespace: str, sednactl: Sednactl, tmp_path: Path
) -> None:
    service = joint_inference("helmet", namespace, hpa=("cloud",), maximum=5)
    del service["spec"]["cloudWorker"]["template"]["spec"]["containers"][0]["resources"]
    file = tmp_path / "service.yaml"
    file.write_text(to_yaml([model("big-model", namespace), model("little-model", namespace), service]))
    assert _told(sednactl, file, namespace)["SDN207"] == "error"
    limits = [{"type": "Container", "defaultRequest": {"cpu": "100m", "memory": "64Mi"}}]
    body: Json = {"metadata": {"name": "caps"}, "spec": {"limits": limits}}
    plane.api.expect("POST", f"/api/v1/namespaces/{namespace}/limitranges", body)
    assert "SDN207" not in _told(sednactl, file, namespace)
    quota: Json = {"metadata": {"name": "team"}, "spec": {"hard": {"requests.cpu": "300m"}}}
    plane.api.expect("POST", f"/api/v1/namespaces/{namespace}/resourcequotas", quota)
    eventually(lambda: _counted(plane, f"/api/v1/namespaces/{namespace}", True), what="the quota counted")
    assert _told(sednactl, file, namespace)["SDN226"] == "warning"  # one edge pod, five cloud pods of 100m
    plane.kubectl("create", "-f", str(file), "-n", namespace)
    pods = f"/api/v1/namespaces/{namespace}/pods"

    def requests() -> list[Json]:
        items = plane.api("GET", pods)[1].get("items", ())
        return [
            one["spec"]["containers"][0]["resources"]["requests"]
            for one in items
            if "-cloud-" in one["metadata"]["name"]
        ]

    first = eventually(requests, what="a cloud pod")[0]
    assert first == {"cpu": "100m", "memory": "64Mi"}  # the autoscaler has its request, from the LimitRange
    plane.kubectl("scale", "deploy", "helmet-deployment-cloud", "-n", namespace, "--replicas=5")
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/helmet-deployment-cloud"

    def refused() -> str:
        code, deployment = plane.api("GET", path)
        conditions = deployment.get("status", {}).get("conditions", ()) if code == 200 else ()
        return next((one["message"] for one in conditions if one["type"] == "ReplicaFailure"), "")

    assert "exceeded quota: team" in eventually(refused, what="the quota's refusal")
    assert len(requests()) < 5
