"""Watching a real autoscaler controller scale both sides of a service: out, to its bound, and back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.command import BIN, clean_environment
from tests.live.conftest import Sednactl, SetLoad
from tests.live.plane.api import Json, eventually
from tests.live.plane.plane import Plane

_KINDS = "/apis/sedna.io/v1alpha1/namespaces/{}/{}"
_HPAS = "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers"


def hpa(top: int, target: int) -> Json:
    """Give an `hpa` block that scales down as soon as the load falls."""
    utilization = {"type": "Utilization", "averageUtilization": target}
    return {
        "minReplicas": 1,
        "maxReplicas": top,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": utilization}}],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 0}},
    }


def create(
    plane: Plane, namespace: str, *, cloud: Json | None, edge: Json | None, request: bool = True
) -> None:
    """Create service `helmet` and its models; each side asks for 100m unless `request` is false."""

    def worker(model: str, node: str, scaling: Json | None) -> Json:
        container: Json = {"name": model, "image": "example/worker:v1"}
        if request:
            container["resources"] = {"requests": {"cpu": "100m"}}
        made: Json = {
            "model": {"name": model},
            "template": {"spec": {"nodeName": node, "containers": [container]}},
        }
        return made if scaling is None else {**made, "hpa": scaling}

    for name in ("big", "little"):
        model = {
            "apiVersion": "sedna.io/v1alpha1",
            "kind": "Model",
            "metadata": {"name": name},
            "spec": {"url": "/models/m.pb", "format": "pb"},
        }
        plane.api.expect("POST", _KINDS.format(namespace, "models"), model)
    mining = {"name": "IBT", "parameters": [{"key": "threshold_img", "value": "0.9"}]}
    service = {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "JointInferenceService",
        "metadata": {"name": "helmet"},
        "spec": {
            "edgeWorker": {**worker("little", "edge-node", edge), "hardExampleMining": mining},
            "cloudWorker": worker("big", "cloud-node", cloud),
        },
    }
    plane.api.expect("POST", _KINDS.format(namespace, "jointinferenceservices"), service)


def status(sednactl: Sednactl, namespace: str) -> dict[str, Any]:
    done = sednactl("scale", "status", "helmet", "-n", namespace, "-o", "json")
    assert done.code == 0, done.err
    sides: dict[str, Any] = json.loads(done.out)["sides"]
    return sides


@pytest.fixture
def watching(plane: Plane, namespace: str, tmp_path: Path) -> Iterator[Path]:
    """Watch the namespace as lines and as JSON lines, each into a file, and record; gives the folder."""
    environment = clean_environment(tmp_path / "home", {"KUBECONFIG": str(plane.kubeconfig), "TZ": "UTC"})
    command = [str(BIN / "sednactl"), "scale", "watch", "-n", namespace]
    lines, json_lines = (tmp_path / "lines").open("w"), (tmp_path / "json").open("w")
    errors = (tmp_path / "errors").open("w")
    processes = [
        subprocess.Popen(
            [*command, "--record", str(tmp_path / "recording")], env=environment, stdout=lines, stderr=errors
        ),
        subprocess.Popen([*command, "-o", "jsonl"], env=environment, stdout=json_lines, stderr=errors),
    ]
    yield tmp_path
    for process in processes:
        process.terminate()
        process.wait(20)
    for file in (lines, json_lines, errors):
        file.close()


def test_the_shift_change(
    plane: Plane, namespace: str, sednactl: Sednactl, load: SetLoad, watching: Path
) -> None:
    """The article's picture: the edge hits its bound of 2, the cloud goes out, the load falls, all goes back."""
    create(plane, namespace, cloud=hpa(5, 20), edge=hpa(2, 50))

    def until(expression: str) -> None:
        done = sednactl(
            "scale", "watch", "helmet", "-n", namespace, "--until", expression, "--timeout", "60s", timeout=90
        )
        assert done.code == 0, done.err

    until("cloud.ready==1 and edge.ready==1 and cloud.hpa!=none and edge.hpa!=none")
    load(namespace, "helmet-deployment-edge", 700)
    load(namespace, "helmet-deployment-cloud", 76)
    until("edge.replicas==edge.max and edge.ready==2 and cloud.ready>=4 and cloud.utilization.cpu<=20")
    until("edge.utilization.cpu>300 and edge.utilization.cpu<400")  # 700 while one of two pods is measured
    sides = status(sednactl, namespace)
    assert (sides["edge"]["limited"], sides["edge"]["trouble"]) == ("at max", True)
    assert (sides["cloud"]["min"], sides["cloud"]["max"], sides["cloud"]["current"]) == (1, 5, 4)
    assert sides["cloud"]["limited"] is None

    def agrees() -> bool:
        # The two are read one after the other, and a reading may change in between.
        try:
            same_as_the_cluster(plane, namespace, status(sednactl, namespace))
        except AssertionError:
            return False
        return "cpu 350%/50%" in sednactl("scale", "status", "-n", namespace).out

    eventually(agrees, what="what the autoscalers themselves say")
    assert "at max, needs more" in sednactl("scale", "status", "-n", namespace).out

    load(namespace, "helmet-deployment-edge", 10)
    load(namespace, "helmet-deployment-cloud", 5)
    until("cloud.replicas==1 and edge.replicas==1 and cloud.ready==1 and edge.ready==1")

    plane.api.expect("DELETE", _KINDS.format(namespace, "jointinferenceservices") + "/helmet")
    eventually(
        lambda: "service deleted" in (watching / "lines").read_text(), what="the deletion in the lines"
    )
    told_everything(watching)


def same_as_the_cluster(plane: Plane, namespace: str, sides: dict[str, Any]) -> None:
    """Hold the snapshot against what the autoscalers themselves say."""
    for item in plane.api.expect("GET", _HPAS.format(namespace))["items"]:
        side = sides[item["metadata"]["labels"]["jointinferenceservice.sedna.io/worker-type"]]
        assert side["hpa"] == item["metadata"]["name"]
        assert (side["min"], side["max"]) == (item["spec"]["minReplicas"], item["spec"]["maxReplicas"])
        assert side["desired"] == item["status"]["desiredReplicas"]
        reading = item["status"]["currentMetrics"][0]["resource"]["current"]
        assert side["metrics"][0]["current"] == reading["averageUtilization"]
        assert [part["type"] for part in side["conditions"]] == [
            part["type"] for part in item["status"]["conditions"]
        ]


def told_everything(folder: Path) -> None:
    """The streams saw every number of replicas on the way, and the recording all of it with raw state."""

    def ended(name: str) -> bool:
        # Each stream is a process of its own, and hears of the end in its own time.
        told = [json.loads(line) for line in (folder / name).read_text().splitlines()]
        return any(item["kind"] == "ScaleSnapshot" and item["deleted"] for item in told)

    for name in ("json", "recording"):
        eventually(partial(ended, name), what=f"the deletion in {name}")
    snapshots = [json.loads(line) for line in (folder / "json").read_text().splitlines()]
    cloud = [item["sides"]["cloud"]["current"] for item in snapshots if item["sides"]]
    assert {1, 4} <= set(cloud)
    assert [item["time"] for item in snapshots] == sorted(item["time"] for item in snapshots)
    assert snapshots[-1]["deleted"]
    limited = {item["sides"]["edge"]["limited"] for item in snapshots if item["sides"]}
    assert "at max" in limited
    recording = [json.loads(line) for line in (folder / "recording").read_text().splitlines()]
    assert recording[0]["kind"] == "ScaleRecording"
    kept = [item for item in recording if item["kind"] == "ScaleSnapshot"]
    # Two processes may put other changes together into one snapshot; both tell where it went and how it ended.
    assert {1, 4} <= {item["sides"]["cloud"]["current"] for item in kept if item["sides"]}
    assert kept[-1]["deleted"]
    hpas = [item["state"]["cloud"].get("hpa", {}) for item in kept if item["state"]]
    assert any(found.get("status", {}).get("lastScaleTime") for found in hpas)
    heads, *rows = (folder / "lines").read_text().splitlines()
    assert heads.split() == [
        "TIME", "NAME", "SIDE", "REPLICAS", "READY", "MIN", "MAX", "METRICS", "AGE", "WHY",
    ]  # fmt: skip
    assert any("cpu 350%/50%" in row and "at max, needs more" in row for row in rows)


@pytest.mark.parametrize("mode", ["both", "cloud", "edge", "none"])
def test_every_hpa_mode(plane: Plane, namespace: str, sednactl: Sednactl, mode: str) -> None:
    create(
        plane,
        namespace,
        cloud=hpa(5, 20) if mode in ("both", "cloud") else None,
        edge=hpa(2, 50) if mode in ("both", "edge") else None,
    )
    scaled = {side for side in ("cloud", "edge") if mode in ("both", side)}
    wanted = " and ".join(
        f"{side}.ready==1 and {side}.hpa{'!=' if side in scaled else '=='}none" for side in ("cloud", "edge")
    )
    done = sednactl("scale", "watch", "helmet", "-n", namespace, "--until", wanted, "--timeout", "60s")
    assert done.code == 0, done.err
    for name, side in status(sednactl, namespace).items():
        if name in scaled:
            assert side["hpa"] == f"hpa-helmet-deployment-{name}"
            assert (side["min"], side["max"]) == (1, 5 if name == "cloud" else 2)
            assert side["limited"] != "fixed"
        else:
            assert (side["hpa"], side["min"], side["max"], side["metrics"]) == (None, None, None, [])
            assert side["limited"] == "fixed"


def test_a_container_without_request_leaves_the_metric_unknown_and_says_why(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    create(plane, namespace, cloud=hpa(5, 20), edge=None, request=False)
    done = sednactl(
        "scale",
        "watch",
        "helmet",
        "-n",
        namespace,
        "--until",
        "cloud.utilization.cpu<1000",
        "--timeout",
        "8s",
    )
    assert done.code == 6
    assert "left side unknown, so it does not hold" in done.err
    side = eventually(lambda: _unknown(status(sednactl, namespace)["cloud"]), what="the reason")
    assert side is not None and side["limited"] == "metrics unknown"
    table = sednactl("scale", "status", "-n", namespace)
    assert table.code == 0
    assert "metrics unknown: no request set" in table.out
    assert "missing request for cpu in container big" in table.err


def _unknown(side: dict[str, Any]) -> dict[str, Any] | None:
    return side if "missing request" in (side["why"] or "") else None


def test_foreign_and_ghost_autoscalers_are_told_apart(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    create(plane, namespace, cloud=None, edge=None)
    made = "cloud.ready==1 and edge.ready==1"
    assert (
        sednactl("scale", "watch", "helmet", "-n", namespace, "--until", made, "--timeout", "60s").code == 0
    )
    prefix = "jointinferenceservice.sedna.io"
    ghost = {f"{prefix}/name": "helmet", f"{prefix}/uid": "gone", f"{prefix}/worker-type": "edge"}
    for side, name, labels in (
        ("cloud", "my-own", {}),
        ("edge", "hpa-helmet-deployment-edge", ghost),
    ):
        reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"helmet-deployment-{side}"}
        spec = {"scaleTargetRef": reference, "minReplicas": 1, "maxReplicas": 3}
        plane.api.expect(
            "POST",
            _HPAS.format(namespace),
            {
                "apiVersion": "autoscaling/v2",
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": name, "labels": labels},
                "spec": spec,
            },
        )
    sides = status(sednactl, namespace)
    assert (sides["cloud"]["hpa"], sides["cloud"]["origin"]) == ("my-own", "foreign")
    assert (sides["edge"]["origin"], sides["edge"]["limited"]) == ("ghost", "ghost autoscaler")


def test_a_restarted_api_server_is_survived(
    plane: Plane, namespace: str, sednactl: Sednactl, watching: Path
) -> None:
    """The watch says that the connection is lost and regained, and misses nothing that happened since."""
    create(plane, namespace, cloud=None, edge=None)
    made = "cloud.ready==1 and edge.ready==1"
    assert (
        sednactl("scale", "watch", "helmet", "-n", namespace, "--until", made, "--timeout", "60s").code == 0
    )
    # A watch that has seen nothing yet ends where the cluster is away: both must be at work before that.
    for file in ("json", "recording"):
        written = watching / file
        eventually(partial(_text, written), what=f"the watch that writes {file}")
    plane.restart_api_server()
    deployment = f"/apis/apps/v1/namespaces/{namespace}/deployments/helmet-deployment-cloud"
    plane.api.expect("PATCH", deployment, {"spec": {"replicas": 3}}, "application/merge-patch+json")

    def seen() -> bool:
        told = (watching / "json").read_text().splitlines()
        assert told, (watching / "errors").read_text()
        assert json.loads(told[-1])["sides"]["cloud"]["ready"] == 3, told[-1]
        return True

    # Every program of the cluster comes back in its own time, up to half a minute each.
    eventually(seen, timeout=180, what="three ready replicas in the JSON lines")

    def events() -> list[str]:
        recording = [json.loads(line) for line in (watching / "recording").read_text().splitlines()]
        return [item["event"] for item in recording if item["kind"] == "ScaleEvent"]

    # Each kind of object is followed over a connection of its own; it is regained with the last of them.
    eventually(
        lambda: events()[:3] == ["synced", "lost", "regained"], what="lost and regained in the recording"
    )
    assert "connection lost, trying again" in (watching / "errors").read_text()
    assert "connected again" in (watching / "errors").read_text()


def _text(file: Path) -> str:
    return file.read_text() if file.exists() else ""
