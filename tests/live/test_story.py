"""The announcement's service goes the whole way with one tool: from values to running replicas to an empty namespace.

Every step is the installed command against the real API server, garbage collector
and autoscaler (and the real Global Manager where it is at hand); kubectl and the
plane's own API are asked only whether what was said is true.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command import BIN, CompletedRun, clean_environment
from tests.live.conftest import Sednactl, SetLoad
from tests.live.plane.api import Json, eventually
from tests.live.plane.plane import Plane

SEED = "helmet-detection-inference-example"
FIXTURE = Path(__file__).parents[1] / "fixtures" / "seed-service.yaml"
MODES = {"both": {"cloud", "edge"}, "cloud": {"cloud"}, "edge": {"edge"}, "none": set[str]()}
_DEPLOYMENTS = "/apis/apps/v1/namespaces/{}/deployments"
_CHILDREN = (
    "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers",
    _DEPLOYMENTS,
    "/apis/apps/v1/namespaces/{}/replicasets",
    "/api/v1/namespaces/{}/services",
    "/api/v1/namespaces/{}/pods",
)


class Story:
    """One namespace, and what an operator does in it."""

    def __init__(self, plane: Plane, namespace: str, sednactl: Sednactl, folder: Path) -> None:
        self.plane = plane
        self.namespace = namespace
        self.folder = folder
        self._sednactl = sednactl

    def says(self, *arguments: str, code: int = 0, **more: Any) -> CompletedRun:
        """Run the command in the namespace; any other exit code than `code` fails."""
        done = self._sednactl(*arguments, "-n", self.namespace, timeout=150, **more)
        assert done.code == code, f"{arguments}: {done.code}\n{done.out}\n{done.err}"
        return done

    def until(self, service: str, expression: str) -> None:
        self.says("scale", "watch", service, "--until", expression, "--timeout", "120s")

    def sides(self, service: str) -> dict[str, Json]:
        sides: dict[str, Json] = json.loads(self.says("scale", "status", service, "-o", "json").out)["sides"]
        return sides

    def until_limited(self, service: str, side: str, word: str | None) -> None:
        """Wait for the autoscaler's word: it judges its limits one round after its replicas are ready."""
        eventually(lambda: self.sides(service)[side]["limited"] == word, what=f"{side} {word}")

    def children(self, service: str = "") -> dict[str, str]:
        """Give the UIDs of what Sedna and Kubernetes made for a service, by KIND/NAME."""
        found = {}
        for path in _CHILDREN:
            answer = self.plane.api.expect("GET", path.format(self.namespace))
            for item in answer["items"]:
                name = item["metadata"]["name"]
                if name.removeprefix("hpa-").startswith(service):
                    found[f"{answer['kind'].removesuffix('List')}/{name}"] = item["metadata"]["uid"]
        return found

    def lasting(self, service: str) -> dict[str, str]:
        """Give the children that no autoscaler makes and ends."""
        return {name: uid for name, uid in self.children(service).items() if not name.startswith("Pod/")}

    def ghosts(self, *arguments: str, code: int) -> dict[str, Json]:
        """Run the clean-up; gives what it says of each object, by KIND/NAME."""
        done = self.says(
            "cleanup", "ghost-instances", "--older-than", "0s", "-o", "json", *arguments, code=code
        )
        return {f"{one['kind']}/{one['name']}": one for one in json.loads(done.out)["ghosts"]}


@pytest.fixture
def story(plane: Plane, namespace: str, sednactl: Sednactl, tmp_path: Path) -> Story:
    return Story(plane, namespace, sednactl, tmp_path)


@pytest.fixture
def watching(story: Story, plane: Plane, tmp_path: Path) -> Iterator[Path]:
    """Watch the service from before it exists to after its end; gives the file of lines."""
    environment = clean_environment(tmp_path / "home", {"KUBECONFIG": str(plane.kubeconfig), "TZ": "UTC"})
    command = [str(BIN / "sednactl"), "scale", "watch", "-n", story.namespace, "-o", "jsonl"]
    file = tmp_path / "watched.jsonl"
    with file.open("w") as lines:
        process = subprocess.Popen(command, env=environment, stdout=lines, stderr=subprocess.DEVNULL)
        try:
            yield file
        finally:
            process.terminate()
            process.wait(20)


def test_from_values_to_running_replicas_and_back_to_an_empty_namespace(
    story: Story, plane: Plane, load: SetLoad, watching: Path
) -> None:
    services = author_and_check(story)
    for name in services:
        for side in ("cloud", "edge"):
            load(story.namespace, f"{name}-deployment-{side}", 1)
    send_and_wait(story, services)
    everyone_is_shown(story, services)
    watch_it_scale_under_load(story, load)
    change_it_under_load(story, load)
    calm_down(story, load)
    delete_the_others(story, [name for name in services if name != SEED])
    left = leave_ghosts_on_purpose(story)
    clean_up_and_undo(story, left)
    begin_anew_and_end(story)
    the_watch_saw_it_all(watching)


def author_and_check(story: Story) -> dict[str, str]:
    """From the announced values in all four modes: valid, and no trace of `hpa` where none was asked."""
    values = story.folder / "values.yaml"
    values.write_text(FIXTURE.with_name("seed-values.yaml").read_text())
    services = {}
    for mode, scaled in MODES.items():
        name = SEED if mode == "both" else f"mode-{mode}"
        done = story.says(
            "create", "ji", name, "-f", str(values), "--hpa", mode, "--dry-run=client", "-o", "yaml"
        )
        spec = yaml.safe_load(done.out)["spec"]
        assert {side for side in ("cloud", "edge") if "hpa" in spec[f"{side}Worker"]} == scaled
        assert ("hpa" in done.out) == bool(scaled)
        if mode == "both":
            assert spec == yaml.safe_load(FIXTURE.read_text())["spec"]
        services[name] = mode
        (story.folder / f"{name}.yaml").write_text(done.out)
    checked = story._sednactl("validate", *(str(story.folder / f"{name}.yaml") for name in services))
    assert checked.code == 0, checked.out
    assert story.children() == {}  # nothing has touched the cluster yet
    return services


def send_and_wait(story: Story, services: dict[str, str]) -> None:
    """One is applied, the others are created; each is waited for until its children really run."""
    for size in ("little", "big"):
        model = f"helmet-detection-inference-{size}-model"
        story.says("create", "model", model, "--url", f"/models/{size}.pb", "--format", "pb")
    applied = story.says("apply", "-f", str(story.folder / f"{SEED}.yaml"))
    assert applied.out == f"jointinferenceservice.sedna.io/{SEED} created\n"
    for name, mode in services.items():
        if name != SEED:
            values = str(story.folder / "values.yaml")
            story.says("create", "ji", name, "-f", values, "--hpa", mode, "--wait", "--timeout", "60s")
    story.says("wait", "ji", SEED, "--for=running", "--timeout", "60s")
    for name, mode in services.items():
        wanted = " and ".join(
            f"{side}.hpa{'!=' if side in MODES[mode] else '=='}none and {side}.ready>=1"
            for side in ("cloud", "edge")
        )
        story.until(name, wanted)


def everyone_is_shown(story: Story, services: dict[str, str]) -> None:
    rows = {line.split()[0]: line for line in story.says("get", "ji").out.splitlines()[1:]}
    assert rows.keys() == services.keys()
    assert all(line.split()[1] == "Running" for line in rows.values()), rows
    for name, mode in services.items():
        for side, shown in story.sides(name).items():
            if side in MODES[mode]:
                assert shown["hpa"] == f"hpa-{name}-deployment-{side}"
                assert (shown["min"], shown["max"]) == (1, {"cloud": 5, "edge": 2}[side])
            else:
                assert (shown["hpa"], shown["limited"]) == (None, "fixed")
    tree = story.says("tree", "ji", SEED).out
    for child in (f"{SEED}-deployment-cloud", f"{SEED}-deployment-edge", f"{SEED}-cloud"):
        assert child in tree
    assert "Running" in story.says("describe", "ji", SEED).out


def watch_it_scale_under_load(story: Story, load: SetLoad) -> None:
    """The announcement's picture: the edge far over its target at its bound, the cloud out to four and calm."""
    load(story.namespace, f"{SEED}-deployment-edge", 700)
    load(story.namespace, f"{SEED}-deployment-cloud", 737)
    # Until both pods of the edge share the load: the autoscaler's first reading is of one pod that bears it all.
    story.until(
        SEED,
        "edge.ready==edge.max and edge.utilization.cpu==700 and cloud.ready==4 and cloud.utilization.cpu<20",
    )
    story.until_limited(SEED, "edge", "at max")
    story.until_limited(SEED, "cloud", None)
    # What `kubectl get hpa` tells, our table tells too, with the same numbers.
    for side in ("cloud", "edge"):
        eventually(partial(tells_what_kubectl_tells, story, side), what=f"kubectl's numbers of {side}")


def tells_what_kubectl_tells(story: Story, side: str) -> bool:
    """Compare one row with the autoscaler read right before and after; a reading that moved in between says nothing."""

    def autoscaler() -> Json:
        name = f"hpa-{SEED}-deployment-{side}"
        found: Json = json.loads(story.plane.kubectl("get", "hpa", name, "-n", story.namespace, "-o", "json"))
        return found

    hpa = autoscaler()
    table = story.says("scale", "status", SEED).out
    if autoscaler()["status"] != hpa["status"]:
        return False
    reading = hpa["status"]["currentMetrics"][0]["resource"]["current"]["averageUtilization"]
    target = hpa["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"]
    (row,) = [line for line in table.splitlines() if f" {side} " in line]
    assert f"cpu {reading}%/{target}%" in row
    numbers = [hpa["status"]["currentReplicas"], hpa["spec"]["minReplicas"], hpa["spec"]["maxReplicas"]]
    words = row.split()
    assert [int(words[at]) for at in (2, 4, 5)] == numbers, row
    return True


def change_it_under_load(story: Story, load: SetLoad) -> None:
    """A higher bound and a quick way back: foretold by diff, applied, and the autoscaler follows."""
    changed = story.folder / "changed.yaml"
    done = story.says(
        "create", "ji", SEED, "-f", str(story.folder / "values.yaml"), "--dry-run=client", "-o", "yaml",
        "--cloud-hpa", "min=1,max=7,cpu=20%,down-window=0", "--edge-hpa", "min=1,max=2,cpu=50%,down-window=0",
    )  # fmt: skip
    changed.write_text(done.out)
    foretold = story.says("diff", "-f", str(changed), code=1)
    assert {"-maxReplicas:5", "+maxReplicas:7"} <= {
        "".join(line.split(" ")) for line in foretold.out.splitlines()
    }
    assert story.says("apply", "-f", str(changed)).out.endswith(f"{SEED} configured\n")
    assert story.says("apply", "-f", str(changed)).out.endswith(f"{SEED} unchanged\n")
    story.says("diff", "-f", str(changed), code=0)
    # Sedna replaces the pods one by one at an edit, a fifth beside the four; growth is to begin from calm.
    for side in ("cloud", "edge"):
        rollout = ("rollout", "status", f"deployment/{SEED}-deployment-{side}", "--timeout=60s")
        story.plane.kubectl(*rollout, "-n", story.namespace)
    load(story.namespace, f"{SEED}-deployment-cloud", 4000)
    story.until(SEED, "cloud.max==7 and cloud.replicas==7 and cloud.ready==7")
    story.until_limited(SEED, "cloud", "at max")


def calm_down(story: Story, load: SetLoad) -> None:
    load(story.namespace, f"{SEED}-deployment-edge", 5)
    load(story.namespace, f"{SEED}-deployment-cloud", 20)
    story.until(SEED, "cloud.replicas==1 and cloud.ready==1 and edge.replicas==1 and edge.ready==1")
    story.says("wait", "ji", SEED, "--for=running", "--timeout", "60s")


def delete_the_others(story: Story, others: list[str]) -> None:
    kept = story.lasting(SEED)
    report = json.loads(story.says("delete", "ji", *others, "--yes", "-o", "json").out)
    assert report["remaining"] == []
    assert {one["name"] for one in report["foretold"]} >= set(others)
    assert story.children("mode-") == {}
    assert story.lasting(SEED) == kept


def leave_ghosts_on_purpose(story: Story) -> set[str]:
    """Delete the service as tools do that orphan its children; the next service of that name is refused."""
    story.plane.kubectl("delete", "ji", SEED, "-n", story.namespace, "--cascade=orphan")
    left = {child for child in story.children(SEED) if child.split("/")[0] not in ("ReplicaSet", "Pod")}
    assert left == {
        f"Deployment/{SEED}-deployment-cloud", f"Deployment/{SEED}-deployment-edge", f"Service/{SEED}-cloud",
        f"HorizontalPodAutoscaler/hpa-{SEED}-deployment-cloud", f"HorizontalPodAutoscaler/hpa-{SEED}-deployment-edge",
    }  # fmt: skip
    refused = story.says("apply", "-f", str(story.folder / "changed.yaml"), code=4)
    assert f"{SEED}-deployment-cloud" in refused.err
    assert "cleanup ghost-instances" in refused.err
    assert story.plane.kubectl("get", "ji", "-n", story.namespace, "-o", "name") == ""
    return left


def clean_up_and_undo(story: Story, left: set[str]) -> None:
    before = story.children(SEED)
    found = story.ghosts(code=1)
    assert {name for name, one in found.items() if one["action"] == "delete"} == left
    assert all(one["evidence"] and one["workload"]["name"] == SEED for one in found.values())
    assert story.children(SEED) == before  # listing changes nothing

    bundle = story.folder / "bundle.jsonl"
    cleaned = story.ghosts("--yes", "--backup", str(bundle), code=0)
    assert {name for name, one in cleaned.items() if one["result"] == "deleted"} == left
    assert bundle.stat().st_mode & 0o777 == 0o600
    assert story.children(SEED) == {}
    assert story.ghosts(code=0) == {}

    undone = json.loads(story.says("cleanup", "undo", str(bundle), "-o", "json").out)
    assert {one["result"] for one in undone["objects"]} == {"restored"}
    ready: Callable[[], bool] = lambda: all(  # noqa: E731
        item["status"].get("readyReplicas") == 1
        for item in story.plane.api.expect("GET", _DEPLOYMENTS.format(story.namespace))["items"]
    )
    eventually(ready, what="the pods of what was put back")
    assert left <= story.children(SEED).keys()
    assert story.ghosts("--yes", "--backup", str(story.folder / "again.jsonl"), code=0).keys() == left
    assert story.children(SEED) == {}


def begin_anew_and_end(story: Story) -> None:
    """Nothing is in the way of a new service any more, and nothing is left after it."""
    story.says("apply", "-f", str(story.folder / "changed.yaml"))
    story.says("wait", "ji", SEED, "--for=running", "--timeout", "60s")
    assert story.ghosts(code=0) == {}
    story.says("delete", "-f", str(story.folder / "changed.yaml"), "--yes")
    assert story.children() == {}
    for size in ("little", "big"):
        story.says("delete", "model", f"helmet-detection-inference-{size}-model", "--yes")
    empty = story.says("get")
    assert (empty.out, empty.err) == ("", f"No Sedna workloads found in namespace {story.namespace}.\n")


def the_watch_saw_it_all(watched: Path) -> None:
    """Every stage passed before one watch that began before there was anything, once deleted and made anew."""

    def stages() -> list[Json]:
        lines = [json.loads(line) for line in watched.read_text().splitlines()]
        return [line for line in lines if line["service"].endswith(f"/{SEED}")]

    eventually(lambda: stages()[-1]["deleted"], what="the end in the watch")
    told = stages()
    cloud = [line["sides"]["cloud"]["current"] for line in told if line["sides"]]
    assert {1, 4, 7} <= set(cloud)
    assert cloud[-1] in (0, 1, None)  # its Deployment may go before the watch hears that the service went
    assert sum(bool(line["deleted"]) for line in told) == 2
    assert [line["time"] for line in told] == sorted(line["time"] for line in told)
