"""`apply` and edits that Sedna ignores or answers with harm: questions, refusals, races, left-overs, kills."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sednactl.cli.main import run
from sednactl.lifecycle import replacement_record
from sednactl.sedna.kinds import DATASET, FEDERATED_LEARNING, REID, SednaKind
from sednactl.sedna.resources import NAMESPACE, POD
from sednactl.surroundings import Surroundings
from tests.cluster.stub import Answers, Fault, Request, Reset, StubServer
from tests.command import CompletedRun
from tests.lifecycle.conftest import collect_garbage, fill
from tests.lifecycle.objects import NOW, Json, pod, workload


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Shell:
    """`apply` in this process on virtual time, beside a cluster that collects garbage."""

    def __init__(self, stub: StubServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stub = stub
        self.folder = folder
        self.before_request: Callable[[Request], Any] = lambda _: None
        self.environ = {"HOME": str(folder), "KUBECONFIG": str(stub.kubeconfig(folder / "config"))}
        real = stub._fault_for

        def on_request(request: Request, target: str) -> Fault | None:
            self.before_request(request)
            return real(request, target)

        monkeypatch.setattr(stub, "_fault_for", on_request)
        stub.put(NAMESPACE, {"metadata": {"name": "kube-system", "uid": "cluster-1"}})

    def __call__(self, kind: SednaKind, spec: Json, *flags: str, answer: str | None = None) -> CompletedRun:
        manifest = {
            "apiVersion": "sedna.io/v1alpha1",
            "kind": kind.kind,
            "metadata": {"name": "helmet", "namespace": "park"},
            "spec": spec,
        }
        file = self.folder / "new.json"
        file.write_text(json.dumps(manifest))
        return self.run("apply", "-f", str(file), *flags, answer=answer)

    def run(self, *arguments: str, answer: str | None = None) -> CompletedRun:
        slept: list[float] = []
        out, err = io.StringIO(), io.StringIO() if answer is None else Terminal()
        stdin = io.StringIO() if answer is None else Terminal(f"{answer}\n")
        surroundings = Surroundings(
            stdin, out, err, self.environ, lambda: NOW, lambda: sum(slept), slept.append
        )
        code: Any = run(list(arguments), surroundings)
        return CompletedRun(int(code), out.getvalue(), err.getvalue())

    def live(self, kind: SednaKind = REID) -> Json | None:
        return next(iter(self.stub.objects(kind.resource)), None)

    def records(self) -> dict[str, Json]:
        """Give every record, by the word behind its folder's name: "" for one that is under way."""
        found = {}
        for file in (self.folder / ".local/state/sednactl/replacements").glob("*/record.json"):
            _, _, suffix = file.parent.name.partition(".")
            found[suffix.partition("-")[0]] = json.loads(file.read_text())
        return found


def template(version: int) -> Json:
    return {"template": {"spec": {"containers": [{"name": "w", "image": f"example.org/w:v{version}"}]}}}


def federated(version: int) -> Json:
    worker = template(version)
    return {
        "aggregationWorker": {"model": {"name": "m"}, **worker},
        "trainingWorkers": [{"dataset": {"name": "d"}, **worker}],
    }


@pytest.fixture
def shell(stub: StubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    shell = Shell(stub, tmp_path, monkeypatch)
    shell.before_request = lambda _: collect_garbage(stub)
    job = {**workload(REID), "spec": template(1)}
    stub.put(REID.resource, job)
    fill(stub, {**pod("helmet-reid-1", "reid", owner=job, prefix="reidjob"), **template(1)["template"]})
    return shell


def test_a_terminal_is_asked_and_told_what_goes(shell: Shell) -> None:
    no = shell(REID, template(2), answer="n")
    assert (no.code, no.out) == (0, "reidjob.sedna.io/helmet configured\n")
    assert "Pod helmet-reid-1" in no.err and "Delete it and create it anew?" in no.err
    uid = (shell.live() or {})["metadata"]["uid"]
    yes = shell(REID, template(3), answer="y")
    assert (yes.code, yes.out) == (0, "reidjob.sedna.io/helmet replaced\n"), yes.err
    assert yes.err.count("Pod helmet-reid-1") == 1
    live = shell.live() or {}
    assert live["metadata"]["uid"] != uid and live["spec"] == template(3)
    assert shell.stub.objects(POD) == []
    (record,) = shell.records().items()
    assert (record[0], record[1]["phase"], record[1]["old"]["spec"]) == ("done", "done", template(2))


def test_without_a_terminal_an_ignored_edit_is_stored_and_the_way_is_named(shell: Shell) -> None:
    done = shell(REID, template(2))
    assert (done.code, done.out) == (0, "reidjob.sedna.io/helmet configured\n")
    assert "does not carry this change" in done.err and "--replace" in done.err
    assert len(shell.stub.objects(POD)) == 1
    again = shell(REID, template(2))
    assert again.out == "reidjob.sedna.io/helmet unchanged\n"
    assert "w:v1, and example.org/w:v2 is asked for" in again.err and "--replace brings it about" in again.err
    late = shell(REID, template(2), "--replace")
    assert (late.code, late.out) == (0, "reidjob.sedna.io/helmet replaced\n"), late.err
    assert shell.stub.objects(POD) == []
    settled = shell(REID, template(2), "--replace")
    assert (settled.out, settled.err) == ("reidjob.sedna.io/helmet unchanged\n", "")


def test_a_terminal_is_asked_about_what_an_earlier_apply_stored(shell: Shell) -> None:
    shell(REID, template(2))
    no = shell(REID, template(2), answer="n")
    assert no.out == "reidjob.sedna.io/helmet unchanged\n" and "Without that all stays as it is" in no.err
    yes = shell(REID, template(2), answer="y")
    assert yes.out == "reidjob.sedna.io/helmet replaced\n"


def test_replace_says_where_it_cannot_see_what_came_of_an_edit(shell: Shell) -> None:
    """A job whose pods are gone, and one of a kind whose edits only the node knows of."""
    shell(REID, template(2))
    for item in shell.stub.objects(POD):
        shell.stub.remove(POD, item["metadata"]["name"], "park")
    quiet = shell(REID, template(2))
    assert (quiet.out, quiet.err) == ("reidjob.sedna.io/helmet unchanged\n", "")
    said = shell(REID, template(2), "--replace")
    assert said.out == "reidjob.sedna.io/helmet unchanged\n"
    assert "to be sure, delete it and apply it again" in said.err


def test_what_a_finished_replacement_keeps_has_an_end(shell: Shell) -> None:
    root = shell.folder / ".local/state/sednactl/replacements"
    names = {
        "x-1.done-20260601T000000.000000Z": False,
        "x-1.done-20261101T000000.000000Z": True,
        "x-1.overtaken-20260601T000000.000000Z": True,
        "x-1": True,
        "x-1.done-someday": True,
    }
    for name in (*names, "x-2.done-20260601T000000.000000Z"):
        (root / name).mkdir(parents=True)
        for file in ("old.json", "record.json"):
            (root / name / file).write_text("{}")
    (root / "x-2.done-20260601T000000.000000Z" / "mine.txt").write_text("a note of somebody's own")
    assert shell(REID, template(2), "--replace").code == 0
    left = {one.name for one in root.iterdir()}
    assert {name: name in left for name in names} == names
    assert (root / "x-2.done-20260601T000000.000000Z" / "mine.txt").exists()


def test_a_harmful_edit_is_refused_in_every_way_but_two(shell: Shell) -> None:
    shell.stub.put(
        FEDERATED_LEARNING.resource, {**workload(FEDERATED_LEARNING, uid="fl-1"), "spec": federated(1)}
    )
    for flags, answer in ((("--dry-run=server",), None), ((), None), ((), "n")):
        refused = shell(FEDERATED_LEARNING, federated(2), *flags, answer=answer)
        assert refused.code == 4
        assert "was not changed: the edit would do harm" in refused.err
    assert (shell.live(FEDERATED_LEARNING) or {})["spec"] == federated(1)
    forced = shell(FEDERATED_LEARNING, federated(2), "--allow-harmful-edits")
    assert (forced.code, forced.out) == (0, "federatedlearningjob.sedna.io/helmet configured\n")
    lacking = shell(FEDERATED_LEARNING, federated(3), "--replace")
    assert lacking.code == 4 and "Model m is not in namespace park" in lacking.err
    for kind, name in (("Model", "m"), ("Dataset", "d")):
        fill(shell.stub, {"kind": kind, "metadata": {"name": name, "namespace": "park", "uid": name}})
    replaced = shell(FEDERATED_LEARNING, federated(3), "--replace")
    assert replaced.code == 0, replaced.err
    assert (shell.live(FEDERATED_LEARNING) or {})["metadata"]["uid"] != "fl-1"


def test_a_workload_that_somebody_else_replaced_is_left_alone(shell: Shell) -> None:
    def replace(request: Request) -> None:
        if request.method == "DELETE":
            shell.stub.remove(REID.resource, "helmet", "park")
            shell.stub.put(REID.resource, {**workload(REID, uid="theirs"), "spec": template(7)})

    shell.before_request = replace
    done = shell(REID, template(2), "--replace")
    assert done.code == 4, done.err
    assert "somebody else replaced it in the meantime" in done.err
    assert (shell.live() or {})["metadata"]["uid"] == "theirs"
    assert list(shell.records()) == ["overtaken"]


def test_a_workload_that_somebody_else_created_first_is_left_alone(shell: Shell) -> None:
    def create(request: Request) -> None:
        collect_garbage(shell.stub)
        if request.method == "PATCH" and "dryRun" not in request.query:
            shell.stub.put(REID.resource, {**workload(REID, uid="theirs"), "spec": template(7)})

    shell.before_request = create
    done = shell(REID, template(2), "--replace")
    assert done.code == 7, done.err
    assert "theirs was left alone" in done.err
    assert (shell.live() or {})["metadata"]["uid"] == "theirs"
    record = shell.records()["overtaken"]
    assert record["new"]["spec"] == template(2) and record["old"]["spec"] == template(1)


def test_nothing_is_created_while_a_child_is_left_and_the_next_run_goes_on(shell: Shell) -> None:
    shell.before_request = lambda _: collect_garbage(shell.stub, but=("helmet-reid-1",))
    stays = shell(REID, template(2), "--replace", "--timeout", "30s")
    assert stays.code == 7, stays.err
    assert "the new one was not created" in stays.err and "Pod helmet-reid-1" in stays.err
    assert shell.live() is None
    assert shell.records()[""]["phase"] == "deleting"
    shell.before_request = lambda _: collect_garbage(shell.stub)
    # Whatever the manifest says by now counts, and --replace need not be said again.
    done = shell(REID, template(3))
    assert (done.code, done.out) == (0, "reidjob.sedna.io/helmet replaced\n"), done.err
    assert "going on with a replacement that was cut off" in done.err
    assert (shell.live() or {})["spec"] == template(3)
    assert list(shell.records()) == ["done"]


def test_a_new_one_that_is_refused_leaves_the_way_back(shell: Shell) -> None:
    def refuse(request: Request) -> None:
        collect_garbage(shell.stub)
        if request.method == "DELETE":
            shell.stub.fail(Answers(422), method="PATCH", times=2)

    shell.before_request = refuse
    done = shell(REID, template(2), "--replace")
    assert done.code == 7, done.err
    assert shell.live() is None
    way_back = next(line for line in done.err.splitlines() if "to go back: sednactl apply -f " in line)
    file = way_back.rpartition("apply -f ")[2]
    shell.before_request = lambda _: None
    shell.stub.mend()
    back = shell.run("apply", "-f", file)
    assert back.code == 0, back.err
    assert (shell.live() or {})["spec"] == template(1)


def test_a_record_of_a_run_that_deleted_nothing_is_set_aside(shell: Shell) -> None:
    shell.before_request = lambda request: (
        shell.stub.fail(Answers(403), method="DELETE") if request.method == "DELETE" else None
    )
    refused = shell(REID, template(2), "--replace")
    assert refused.code == 4, refused.err
    assert list(shell.records()) == ["refused"]
    assert (shell.live() or {})["spec"] == template(1)


@pytest.mark.parametrize("lost", [Reset(done=True), Answers(500, done=True)])
def test_a_deletion_whose_answer_was_lost_is_gone_on_from_though_a_second_try_was_refused(
    shell: Shell, lost: Fault
) -> None:
    """And nobody could look whether it was carried out."""

    def refuse(request: Request) -> None:
        collect_garbage(shell.stub)
        if request.method == "DELETE" and shell.live() is not None:
            shell.stub.fail(lost, method="DELETE")
            shell.stub.fail(Answers(403), method="DELETE", times=9)
            shell.stub.fail(Answers(403), method="GET", times=9)

    shell.before_request = refuse
    done = shell(REID, template(2), "--replace")
    assert done.code == 7 and "whether it was deleted is not known" in " ".join(done.err.split()), done.err
    assert shell.live() is None
    assert shell.records()[""]["phase"] == "deleting"
    shell.stub.mend()
    shell.before_request = lambda _: collect_garbage(shell.stub)
    again = shell(REID, template(2))
    assert (again.code, again.out) == (0, "reidjob.sedna.io/helmet replaced\n"), again.err
    assert list(shell.records()) == ["done"]


def test_a_deletion_whose_answer_was_lost_and_that_shows_is_not_taken_for_refused(shell: Shell) -> None:
    shell.stub.fail(Reset(done=True), method="DELETE")
    shell.stub.fail(Answers(403), method="DELETE", times=9)
    done = shell(REID, template(2), "--replace")
    assert (done.code, done.out) == (0, "reidjob.sedna.io/helmet replaced\n"), done.err
    assert list(shell.records()) == ["done"]


def test_a_conflict_that_nobody_caused_by_replacing_it_is_not_laid_on_them(shell: Shell) -> None:
    shell.stub.fail(Answers(409), method="DELETE")
    done = shell(REID, template(2), "--replace")
    assert done.code == 4 and "somebody else" not in done.err.replace("changed by somebody else", ""), (
        done.err
    )
    assert list(shell.records()) == ["refused"]


def test_a_creation_whose_answer_was_lost_is_not_laid_on_somebody_else(shell: Shell) -> None:
    """What came of it can't be told from another's: the API server took fields of the new one away."""

    def lose(request: Request) -> None:
        collect_garbage(shell.stub)
        if request.method == "PATCH" and "dryRun" not in request.query and shell.live() is None:
            shell.stub.put(
                REID.resource,
                {
                    **workload(REID, uid="ours"),
                    "spec": {},
                    "metadata": {
                        "name": "helmet",
                        "namespace": "park",
                        "uid": "ours",
                        "managedFields": [{"manager": "sednactl", "operation": "Apply"}],
                    },
                },
            )
            shell.stub.fail(Reset(), method="PATCH")

    shell.before_request = lose
    done = shell(REID, template(2), "--replace")
    assert done.code == 7 and "somebody else" not in done.err, done.err
    assert "whether that is the new one is not known" in " ".join(done.err.split())
    assert shell.records()[""]["phase"] == "creating"
    shell.before_request = lambda _: collect_garbage(shell.stub)
    assert shell(REID, template(2)).code == 0
    assert list(shell.records()) == ["done"]


def test_a_creation_whose_answer_was_lost_is_not_said_to_have_failed(shell: Shell) -> None:
    def lose(request: Request) -> None:
        collect_garbage(shell.stub)
        if request.method == "PATCH" and "dryRun" not in request.query and shell.live() is None:
            shell.stub.fail(Reset(done=True), method="PATCH")
            shell.stub.fail(Answers(422), method="PATCH")

    shell.before_request = lose
    done = shell(REID, template(2), "--replace")
    assert done.code == 7 and "whether the new one was created is not known" in " ".join(done.err.split())
    assert (shell.live() or {})["spec"] == template(2)


def test_a_conflict_with_nothing_is_not_laid_on_somebody_else(shell: Shell) -> None:
    def refuse(request: Request) -> None:
        collect_garbage(shell.stub)
        if request.method == "PATCH" and "dryRun" not in request.query:
            shell.stub.fail(Answers(409), method="PATCH")

    shell.before_request = refuse
    done = shell(REID, template(2), "--replace")
    assert done.code == 7 and "the new one could not be created" in " ".join(done.err.split()), done.err
    assert shell.records()[""]["phase"] == "creating"
    shell.before_request = lambda _: collect_garbage(shell.stub)
    assert shell(REID, template(2)).code == 0
    assert list(shell.records()) == ["done"]


@pytest.mark.parametrize(
    "refusal", [Answers(403), Answers(404, "no such path"), Answers(429)], ids=["403", "404", "429"]
)
def test_a_refusal_on_going_on_is_no_reason_to_forget_what_was_deleted(shell: Shell, refusal: Fault) -> None:
    shell.before_request = lambda _: collect_garbage(shell.stub, but=("helmet-reid-1",))
    assert shell(REID, template(2), "--replace", "--timeout", "30s").code == 7
    assert shell.live() is None
    shell.before_request = lambda _: collect_garbage(shell.stub)
    shell.stub.fail(refusal, method="DELETE")
    refused = shell(REID, template(2))
    assert refused.code == 7 and "whether it was deleted is not known" in refused.err, refused.err
    assert shell.records()[""]["phase"] == "deleting"
    assert shell(REID, template(2)).code == 0
    assert list(shell.records()) == ["done"]


@pytest.mark.parametrize("unread", ["at first", "later"])
def test_a_cluster_that_does_not_always_say_which_it_is_keeps_its_records(shell: Shell, unread: str) -> None:
    """The UID of kube-system, by which a record is found, may be there to read for one run and not for the next."""
    hidden = Answers(403), "/api/v1/namespaces/kube-system"

    def run(*flags: str, hides: bool) -> CompletedRun:
        if hides:
            shell.stub.fail(hidden[0], path=hidden[1], times=99)
        done = shell(REID, template(2), *flags)
        shell.stub.mend()
        return done

    shell.before_request = lambda _: collect_garbage(shell.stub, but=("helmet-reid-1",))
    assert run("--replace", "--timeout", "30s", hides=unread == "at first").code == 7
    assert shell.live() is None
    shell.before_request = lambda _: collect_garbage(shell.stub)
    done = run(hides=unread == "later")
    assert (done.code, done.out) == (0, "reidjob.sedna.io/helmet replaced\n"), done.err
    assert list(shell.records()) == ["done"]


def test_a_server_in_trouble_is_no_cluster_of_another_name(shell: Shell) -> None:
    shell.stub.fail(Answers(500), path="/api/v1/namespaces/kube-system", times=99)
    done = shell(REID, template(2), "--replace")
    assert done.code == 4 and shell.records() == {}, done.err
    assert (shell.live() or {})["spec"] == template(1)


@pytest.mark.parametrize(
    ("phase", "said"), [("gone", "was deleted, and the new one was not created"), ("done", "was replaced")]
)
def test_a_record_that_cannot_be_written_is_no_reason_to_say_that_nothing_was_done(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, phase: str, said: str
) -> None:
    real = replacement_record._put

    def full(file: Path, content: Json) -> None:
        if content.get("phase") == phase:
            raise replacement_record._unwritable(file, OSError(28, "No space left on device"))
        real(file, content)

    monkeypatch.setattr(replacement_record, "_put", full)
    done = shell(REID, template(2), "--replace")
    assert done.code == 7 and f"ReidJob helmet {said}" in " ".join(done.err.split()), done.err
    assert "nothing is replaced" not in done.err and "No space left on device" in done.err
    monkeypatch.setattr(replacement_record, "_put", real)
    again = shell(REID, template(2))
    assert again.code == 0, again.err
    assert (shell.live() or {})["spec"] == template(2)


def test_a_dry_run_writes_nothing_anywhere(shell: Shell) -> None:
    done = shell(REID, template(2), "--replace", "--dry-run=server", "-o", "json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["spec"] == template(2)
    assert "Pod helmet-reid-1" in done.err
    assert (shell.live() or {})["spec"] == template(1)
    assert shell.records() == {}


def test_a_changed_dataset_names_its_users(shell: Shell) -> None:
    shell.stub.put(
        FEDERATED_LEARNING.resource, {**workload(FEDERATED_LEARNING, uid="fl-1"), "spec": federated(1)}
    )
    data = {"url": "/data/a.txt", "format": "txt", "nodeName": "edge-node"}
    fill(shell.stub, {**workload(DATASET, "d", uid="d"), "spec": data})
    manifest = {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "Dataset",
        "metadata": {"name": "d", "namespace": "park"},
        "spec": {**data, "url": "/data/b.txt"},
    }
    file = shell.folder / "d.json"
    file.write_text(json.dumps(manifest))
    done = shell.run("apply", "-f", str(file))
    assert done.code == 0, done.err
    assert "is used by fl/helmet" in done.err
