"""The installed commands against a stub: errors by cause and nothing changed, a cluster that goes away, Ctrl-C."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest
import yaml

from sednactl.sedna.kinds import DATASET, JOINT_INFERENCE, MODEL
from sednactl.sedna.resources import DEPLOYMENT, SERVICE
from tests.cluster.stub import Answers, Reset, StubServer
from tests.command import BIN, CompletedRun, clean_environment
from tests.conftest import RunSednactl
from tests.lifecycle.conftest import fill
from tests.lifecycle.objects import FALSE_ALARM, Json, deployment, pod, service, whole_service, workload

JI = JOINT_INFERENCE.resource
Run = Callable[..., CompletedRun]


@pytest.fixture
def run(stub: StubServer, run_sednactl: RunSednactl, tmp_path: Path) -> Run:
    """Run a command against the stub."""
    config = stub.kubeconfig(tmp_path / "config")

    def command(*arguments: str, **more: Any) -> CompletedRun:
        return run_sednactl(*arguments, environ={"KUBECONFIG": str(config)}, **more)

    return command


def a_model(name: str = "big") -> Json:
    return {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "Model",
        "metadata": {"name": name, "namespace": "park"},
        "spec": {"url": "/models/big.pb", "format": "pb"},
    }


def written(*manifests: Json) -> str:
    return yaml.safe_dump_all(manifests)


def changes(stub: StubServer) -> list[str]:
    return [request.method for request in stub.requests if request.method != "GET"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["get", "nothing"], 2, "no kind of Sedna"),
        (["get", "ji", "-o", "xml"], 2, "no output format"),
        (["get", "ji", "a", "-l", "x=y"], 2, "do not go together"),
        (["get", "ji", "a", "-A"], 2, "across all namespaces"),
        (["get", "ji/a", "b"], 2, "KIND/NAME"),
        (["describe", "ji"], 2, "one kind and one name"),
        (["tree", "ji", "a", "b"], 2, "one kind and one name"),
        (["wait", "ji", "a", "--for=ready"], 2, "running, succeeded, gone"),
        (["wait", "model", "a"], 2, "never runs"),
        (["delete", "ji"], 2, "which JointInferenceService?"),
        (["delete", "ji", "a", "--wait=maybe", "--yes"], 2, "true or false"),
        (["delete", "ji", "a"], 2, "--yes"),
        (["delete", "ji", "a", "-f", "x", "--yes"], 2, "not both"),
        (["apply", "-f", "nowhere.yaml"], 3, "no such file"),
        (["apply", "-f", "x", "--dry-run=perhaps"], 2, "none, client or server"),
        (["diff", "-f", "nowhere.yaml"], 3, "no such file"),
    ],
)
def test_usage_is_judged_before_any_request(
    stub: StubServer, run: Run, arguments: list[str], code: int, words: str
) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (code, "")
    assert words in done.err and "Traceback" not in done.err
    assert stub.requests == []


def test_bad_manifests_are_refused_before_anything_is_sent(stub: StubServer, run: Run) -> None:
    bad = a_model("Not_A_Name")
    done = run("apply", "-f", "-", input=written(a_model(), bad))
    assert done.code == 3 and "Not_A_Name" in done.err
    done = run("apply", "-f", "-", "-n", "mall", input=written(a_model()))
    assert done.code == 3 and "names namespace park, not mall" in done.err
    assert run("apply", "-f", "-", input="").code == 3
    assert stub.requests == []


def test_a_client_dry_run_needs_no_cluster(stub: StubServer, run: Run) -> None:
    stub.stop()
    done = run("apply", "-f", "-", "--dry-run=client", input=written(a_model()))
    assert (done.code, done.out) == (0, "model.sedna.io/big valid (dry run)\n")


def test_results_in_machine_formats(stub: StubServer, run: Run) -> None:
    both = written(a_model("a"), a_model("b"))
    assert run("apply", "-f", "-", "-o", "name", input=both).out == "model.sedna.io/a\nmodel.sedna.io/b\n"
    stored = json.loads(run("apply", "-f", "-", "-o", "json", input=both).out)
    assert [one["metadata"]["name"] for one in stored["items"]] == ["a", "b"]
    single = yaml.safe_load(run("apply", "-f", "-", "-o", "yaml", input=written(a_model("a"))).out)
    assert single["kind"] == "Model" and "managedFields" not in single["metadata"]


def test_the_cluster_goes_away_in_the_middle_of_an_apply(stub: StubServer, run: Run) -> None:
    stub.fail(Reset(), times=50, path="/models/b", method="PATCH")
    done = run("apply", "-f", "-", input=written(a_model("a"), a_model("b"), a_model("c")))
    assert done.code == 5
    assert done.out == "model.sedna.io/a created\n"
    assert "Traceback" not in done.err and "cannot reach the cluster" in done.err
    assert [item["metadata"]["name"] for item in stub.objects(MODEL.resource)] == ["a"]


def test_an_apply_that_nobody_reads_goes_on_to_the_end(stub: StubServer, tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text(written(*(a_model(f"m{number}") for number in range(20))))
    process = subprocess.Popen(
        [str(BIN / "sednactl"), "apply", "-f", str(tmp_path / "many.yaml")],
        env=clean_environment(tmp_path, {"KUBECONFIG": str(stub.kubeconfig(tmp_path / "config"))}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(60) == 0
    assert len(stub.objects(MODEL.resource)) == 20


def test_one_refusal_does_not_keep_the_others(stub: StubServer, run: Run) -> None:
    stub.fail(Answers(403), path="/models/a", method="PATCH")
    done = run("apply", "-f", "-", input=written(a_model("a"), a_model("b")))
    assert done.code == 7
    assert done.out == "model.sedna.io/b created\n"
    alone = run("apply", "-f", "-", input=written(a_model("b")))
    assert alone.code == 0
    stub.fail(Answers(403), path="/models/a", method="PATCH")
    assert run("apply", "-f", "-", input=written(a_model("a"))).code == 4


def test_a_taken_name_is_refused_and_nothing_is_sent(stub: StubServer, run: Run) -> None:
    foreign = service(labels=False, owned=False)
    stub.put(SERVICE, foreign)
    manifest = workload()
    manifest["metadata"] = {"name": "helmet", "namespace": "park"}
    manifest["spec"]["edgeWorker"]["hardExampleMining"]["parameters"] = []
    done = run("apply", "-f", "-", input=written(manifest))
    assert done.code == 4, done.err
    assert "somebody's own" in done.err
    assert changes(stub) == []
    assert run("apply", "-f", "-", "--allow-taken-names", input=written(manifest)).code == 0


def test_get_says_what_it_could_not_read(stub: StubServer, run: Run) -> None:
    fill(stub, workload(status=FALSE_ALARM), *whole_service(hpa=()))
    stub.fail(Answers(403), path="horizontalpodautoscalers", method="GET")
    done = run("get", "ji", "-n", "park")
    assert done.code == 0
    assert "?" in done.out.splitlines()[1]
    assert "may not be listed here" in done.err


def test_a_list_costs_the_same_for_many_as_for_one(stub: StubServer, run: Run) -> None:
    for number in range(20):
        fill(stub, workload(name=f"ji-{number}", uid=f"uid-{number}"))
    bare = [
        pod(
            f"ji-7-{side}-x",
            side,
            uid="uid-7",
            of="ji-7",
            prefix="jointinference",
            owner_kind="JointInference",
        )
        for side in ("cloud", "edge")
    ]
    fill(stub, *bare)
    done = run("get", "ji", "-n", "park", "-o", "wide")
    assert done.code == 0
    (line,) = [line for line in done.out.splitlines() if line.startswith("ji-7 ")]
    assert "1/1" in line and "before 0.7" in line
    assert done.out.count("Broken") == 19
    assert len(stub.requests) <= 6


def test_kinds_joined_by_commas_as_kubectl_takes_them(stub: StubServer, run: Run) -> None:
    fill(stub, workload(), *whole_service())
    stub.put(MODEL.resource, {**a_model("helmet"), "metadata": {"name": "helmet", "namespace": "park"}})
    done = run("get", "ji,model", "-n", "park")
    assert done.code == 0, done.err
    assert [line.split()[:2] for line in done.out.splitlines()] == [
        ["KIND", "NAME"], ["jointinference", "helmet"], ["model", "helmet"]
    ]  # fmt: skip
    assert len(json.loads(run("get", "ji,model,ji", "-n", "park", "-o", "json").out)["items"]) == 2
    named = run("get", "ji,model,dataset", "helmet", "-n", "park", "-o", "name")
    assert named.code == 4
    assert [line.partition(".")[0] for line in named.out.splitlines()] == ["jointinferenceservice", "model"]
    assert "helmet" in named.err
    nothing = run("get", "fl,dataset", "-n", "park")
    assert nothing.err == "No FederatedLearningJobs or Datasets found in namespace park.\n"
    assert run("get", "ji,nope", "-n", "park").code == 2
    assert run("get", "ji,", "-n", "park").code == 2


def test_of_several_kinds_one_that_may_not_be_read_does_not_hide_the_others(
    stub: StubServer, run: Run
) -> None:
    stub.put(MODEL.resource, {**a_model("helmet"), "metadata": {"name": "helmet", "namespace": "park"}})
    stub.fail(Answers(403), path="jointinferenceservices", method="GET", times=9)
    done = run("get", "ji,model", "-n", "park")
    assert done.code == 4
    assert "helmet" in done.out
    assert "error: " in done.err


def test_delete_by_label_of_several_kinds(stub: StubServer, run: Run) -> None:
    meta = {"name": "helmet", "namespace": "park", "labels": {"team": "vision"}}
    stub.put(MODEL.resource, {**a_model("helmet"), "metadata": meta})
    stub.put(DATASET.resource, {**a_model("helmet"), "kind": "Dataset", "metadata": meta})
    assert run("delete", "model,dataset", "-n", "park", "-l", "team=vision", "--yes").code == 0
    assert not stub.objects(MODEL.resource) and not stub.objects(DATASET.resource)


def test_get_with_nothing_there(run: Run) -> None:
    done = run("get", "ji", "-n", "park")
    assert (done.code, done.out, done.err) == (0, "", "No JointInferenceServices found in namespace park.\n")
    everywhere = run("get", "-A")
    assert (everywhere.code, everywhere.err) == (0, "No Sedna workloads found.\n")
    assert json.loads(run("get", "ji", "-n", "park", "-o", "json").out)["items"] == []


def test_get_of_one_costs_a_handful_of_requests(stub: StubServer, run: Run) -> None:
    fill(stub, workload(), *whole_service())
    assert run("get", "ji", "helmet", "-n", "park").code == 0
    assert len(stub.requests) <= 5


def test_a_cluster_that_is_gone(stub: StubServer, run: Run) -> None:
    stub.stop()
    for arguments in (
        ["get", "ji"],
        ["describe", "ji", "a"],
        ["tree", "ji", "a"],
        ["delete", "ji", "a", "--yes"],
    ):
        done = run(*arguments)
        assert done.code == 5, (arguments, done)
        assert "cannot reach the cluster" in done.err and "Traceback" not in done.err


def test_delete_in_machine_form(stub: StubServer, run: Run) -> None:
    fill(stub, workload(), deployment("cloud", owned=False))
    done = run("delete", "ji", "helmet", "-n", "park", "--yes", "-o", "json", "--timeout", "1s")
    assert done.code == 7
    report = json.loads(done.out)
    assert [one["cause"] for one in report["remaining"]] == ["orphaned"]
    assert stub.objects(JI) == [] and len(stub.objects(DEPLOYMENT)) == 1


@pytest.mark.parametrize(
    ("arguments", "waits"),
    [
        (["wait", "ji", "helmet", "--for=running"], "JointInferenceService helmet is"),
        (["wait", "ji", "helmet", "--for=gone"], "JointInferenceService helmet is still there"),
        (["delete", "ji", "helmet", "--yes"], "1 Deployment"),
    ],
)
def test_ctrl_c_leaves_at_once(stub: StubServer, tmp_path: Path, arguments: list[str], waits: str) -> None:
    held = deployment(
        "cloud", ready=0, age=5, meta={"deletionTimestamp": "2026-11-24T09:00:00Z", "finalizers": ["a/b"]}
    )
    fill(stub, workload(age=0), held)
    said = tmp_path / "said"
    with said.open("wb") as stderr:
        process = subprocess.Popen(
            [str(BIN / "sednactl"), *arguments, "-n", "park"],
            env=clean_environment(tmp_path, {"KUBECONFIG": str(stub.kubeconfig(tmp_path / "config"))}),
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
    # What it waits for is said when it has looked once and waits for the next look.
    until = time.monotonic() + 60
    while waits not in said.read_text():
        assert process.poll() is None and time.monotonic() < until, said.read_text()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130, said.read_text()
    assert "Traceback" not in said.read_text()


@pytest.mark.parametrize(("answer", "left"), [("n", 1), ("", 1), ("y", 0), ("yes", 0)])
def test_on_a_terminal_it_asks(stub: StubServer, tmp_path: Path, answer: str, left: int) -> None:
    fill(stub, workload())
    terminal = pexpect.spawn(
        str(BIN / "sednactl"),
        ["delete", "ji", "helmet", "-n", "park"],
        env=clean_environment(
            tmp_path, {"KUBECONFIG": str(stub.kubeconfig(tmp_path / "config")), "TERM": "xterm"}
        ),
        encoding="utf-8",
        timeout=60,
    )
    terminal.expect("JointInferenceService helmet in namespace park goes")
    terminal.expect(r"Delete\? \[y/N\] ")
    assert len(stub.objects(JI)) == 1
    terminal.sendline(answer)
    terminal.expect("Nothing was deleted" if left else '"helmet" deleted')
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == left  # a script can tell that nothing was done
    assert len(stub.objects(JI)) == left
