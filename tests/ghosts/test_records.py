"""What a bundle and a report claim holds: lost answers, full disks, names taken by others, runs beside runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sednactl.lifecycle import bundle as record
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import HPA, POD, SERVICE
from tests.cluster.stub import Answers, Closes, Fault, Request, Reset
from tests.command import BIN, clean_environment
from tests.ghosts.command import Park
from tests.ghosts.objects import DEAD, JI, LIVE, before_0_7, child, orphans, reference


def steps(park: Park, file: Path) -> list[str]:
    return [line["step"] for line in park.lines(file) if line.get("type") == "step"]


def test_a_pod_that_stops_slowly_and_whose_answer_is_lost_counts_as_deleted(
    park: Park, tmp_path: Path
) -> None:
    park.server.graceful = (POD,)
    park.fill(before_0_7("Pod", "helmet-edge-x"))
    park.server.fail(Reset(done=True), method="DELETE")
    file = tmp_path / "b"
    _, report = park.report("--yes", "--backup", str(file), "--timeout", "1s")
    assert [ghost["result"] for ghost in report["ghosts"]] == ["deleted"]
    assert steps(park, file) == ["deleting", "deleted"]
    park.server._objects[POD].clear()
    assert park("undo", str(file)).err == "1 put back.\n"


@pytest.mark.parametrize("lost", [Reset(done=True), Closes(done=True), Answers(500, done=True)])
@pytest.mark.parametrize("then", [400, 401, 403, 410, 422, 429])
def test_a_deletion_whose_answer_was_lost_can_be_undone_though_a_second_try_was_refused(
    park: Park, tmp_path: Path, lost: Fault, then: int
) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    park.server.fail(lost, method="DELETE")
    park.server.fail(Answers(then), method="DELETE", times=9)
    file = tmp_path / "b"
    done = park.clean("--yes", "--backup", str(file))
    assert done.code == 4 and "may or may not be deleted" in " ".join(done.out.split())
    assert steps(park, file)[-1] == "deleting"
    assert park.names() == set()
    # Going on may be refused too: that makes the lost deletion no less possible.
    park.server.mend()
    park.server.fail(Answers(403), method="GET", path="/services/helmet-cloud")
    assert park("ghost-instances", "--yes", "--resume", str(file)).code == 4
    assert steps(park, file)[-1] == "deleting"
    assert park("undo", str(file)).err == "1 put back.\n"
    assert park.names() == {"Service/helmet-cloud"}


@pytest.mark.parametrize("look", [Answers(403), Answers(404, "no such path")])
def test_a_deletion_whose_answer_was_lost_can_be_undone_though_nobody_could_look_at_it(
    park: Park, tmp_path: Path, look: Fault
) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    park.server.fail(Reset(done=True), method="DELETE")
    park.server.fail(Answers(409), method="DELETE")
    real = park.server._fault_for

    def unseen(request: Request, target: str) -> Fault | None:
        deleted = any(one.method == "DELETE" for one in park.server.requests)
        return look if deleted and request.method == "GET" else real(request, target)

    file = tmp_path / "b"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(park.server, "_fault_for", unseen)
        done = park.clean("--yes", "--backup", str(file))
    assert done.code == 4 and "may or may not be deleted" in " ".join(done.out.split())
    assert steps(park, file)[-1] == "deleting"
    assert park.names() == set()
    assert park("undo", str(file)).err == "1 put back.\n"
    assert park.names() == {"Service/helmet-cloud"}


def test_a_path_that_is_not_served_for_a_moment_is_no_proof_that_a_ghost_is_gone(
    park: Park, tmp_path: Path
) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    park.server.fail(Answers(404, "404 page not found", content_type="text/plain"), method="DELETE")
    file = tmp_path / "b"
    done = park.clean("--yes", "--backup", str(file))
    assert done.code == 4
    assert steps(park, file)[-1] == "failed"
    assert park("ghost-instances", "--yes", "--resume", str(file)).code == 0
    assert park.names() == set()


@pytest.mark.parametrize("room", [300, 2000, 3800, 3900, 4000, 4100])
def test_a_full_disk(park: Park, tmp_path: Path, room: int) -> None:
    park.fill(*(before_0_7("Pod", f"helmet-edge-{n}") for n in range(3)))
    there = park.names()
    file = tmp_path / "b"
    limit = "import resource,sys,os; resource.setrlimit(resource.RLIMIT_FSIZE,({0},{0})); os.execv(sys.argv[1],sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", limit.format(room), str(BIN / "sednactl"), "cleanup", "ghost-instances", "-n", "park", "--yes", "--backup", str(file)],
        # Python itself must write nothing under this limit: half a .pyc would stay for everybody.
        env=clean_environment(tmp_path / "home", {"KUBECONFIG": str(park.kubeconfig), "PYTHONDONTWRITEBYTECODE": "1"}),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert f"cannot write bundle {file}" in done.stderr
    if not file.exists():
        assert (done.returncode, park.names()) == (3, there)
        return
    bundle = record.read_bundle(file)
    assert bundle.sealed and not bundle.torn
    gone = there - park.names()
    saved = {f"Pod/{bundle.objects[uid]['metadata']['name']}" for uid in bundle.may_be_deleted()}
    assert gone <= saved
    assert done.returncode == (7 if gone else 3)
    assert f"{len(gone)} deleted" in done.stderr
    assert park("undo", str(file)).code == 0
    assert park.names() == there


def test_disk_room_chosen_above_covers_before_and_after_the_seal(park: Park, tmp_path: Path) -> None:
    park.fill(*(before_0_7("Pod", f"helmet-edge-{n}") for n in range(3)))
    file = tmp_path / "b"
    park.clean("--yes", "--backup", str(file))
    sealed = file.read_bytes().index(b'"sealed"')
    assert 2000 < sealed < 3800 < 4100 < len(file.read_bytes()), sealed


def test_undo_says_so_when_another_object_has_the_name(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"), before_0_7("Pod", "helmet-edge-x"))
    file = tmp_path / "b"
    park.clean("--yes", "--backup", str(file))
    park.server.put(
        JOINT_INFERENCE.resource, {"metadata": {"name": "helmet", "namespace": "park", "uid": LIVE}}
    )
    new = child("Service", "helmet-cloud", LIVE, owners=(reference(JI, "helmet", LIVE),))
    new["metadata"]["uid"] = "new"
    park.fill(new)
    done = park("undo", str(file))
    assert done.code == 7
    assert "another object has its name" in done.out
    assert [one["metadata"]["uid"] for one in park.server.objects(SERVICE)] == ["new"]


def test_a_resume_after_an_undo_does_not_call_deleted_what_is_there(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    file = tmp_path / "b"
    park.clean("--yes", "--backup", str(file))
    park("undo", str(file))
    done = park("ghost-instances", "--yes", "--resume", str(file), "-o", "json")
    (ghost,) = json.loads(done.out)["ghosts"]
    assert (ghost["result"], ghost["detail"]) == ("kept", "it was put back by an undo")
    assert done.code == 7
    assert park.names() == {"Service/helmet-cloud"}


@pytest.mark.parametrize("lost", [Reset(done=True), Answers(504, done=True)])
def test_what_an_undo_put_back_though_its_answer_was_lost_is_known_to_be_there(
    park: Park, tmp_path: Path, lost: Fault
) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    file = tmp_path / "b"
    park.clean("--yes", "--backup", str(file))
    park.server.fail(lost, method="POST")
    done = park("undo", str(file))
    words = " ".join((done.out + done.err).split())
    assert done.code in (4, 5)
    assert "may have been put back all the same" in words or "is not known" in words
    again = park("undo", str(file))
    assert again.code == 0 and steps(park, file)[-1] == "restored"
    count = len(steps(park, file))
    assert park("undo", str(file)).code == 0
    assert len(steps(park, file)) == count
    resumed = park("ghost-instances", "--yes", "--resume", str(file), "-o", "json")
    (ghost,) = json.loads(resumed.out)["ghosts"]
    assert (ghost["result"], ghost["detail"]) == ("kept", "it was put back by an undo")


def test_a_resume_looks_only_where_its_objects_were(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"), before_0_7("Pod", "helmet-edge-x"))
    file = tmp_path / "b"
    park.server.fail(Reset(), method="DELETE", times=99)
    park.clean("--yes", "--backup", str(file))
    park.server.mend()
    no = {"kind": "Status", "reason": "Forbidden", "code": 403, "message": "cannot list at the cluster scope"}
    park.server.fail(Answers(403, no), path=r"v[12]/(services|pods|deployments|replicasets|hori)", times=99)
    assert park("ghost-instances", "--yes", "--resume", str(file)).code == 0


def test_two_runs_on_one_bundle(park: Park, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    park.fill(*orphans())
    file = tmp_path / "b"
    park.server.fail(Reset(), method="DELETE", times=99)
    park.clean("--yes", "--backup", str(file))
    park.server.mend()
    real = park.server._fault_for
    seen: list[tuple[int, str]] = []

    def another(request: Request, target: str) -> object:
        if request.method == "DELETE" and not seen:
            seen.append((0, ""))
            second = park("ghost-instances", "--yes", "--resume", str(file))
            undo = park("undo", str(file))
            seen[:] = [(second.code, second.err), (undo.code, undo.err)]
        return real(request, target)

    monkeypatch.setattr(park.server, "_fault_for", another)
    park("ghost-instances", "--yes", "--resume", str(file))
    assert [code for code, _ in seen] == [3, 3]
    assert all("is in use by another run" in err for _, err in seen)


@pytest.mark.parametrize("kind", ["dangling symlink", "file as folder", "folder"])
def test_paths_that_cannot_be_a_bundle(park: Park, tmp_path: Path, kind: str) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    path = tmp_path / "b"
    if kind == "dangling symlink":
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_text("")
        path = path / "b"
    done = park.clean("--yes", "--backup", str(path))
    assert done.code == 3
    assert park.names() == {"Service/helmet-cloud"}
    assert not (tmp_path / "elsewhere").exists()


def test_a_missing_folder_is_made_for_its_owner_alone(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    file = tmp_path / "new" / "deep" / "b"
    assert park.clean("--yes", "--backup", str(file)).code == 0
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_copy_of_a_living_workloads_object_in_another_namespace_is_spared(park: Park) -> None:
    park.server.put(
        JOINT_INFERENCE.resource, {"metadata": {"name": "gate", "namespace": "yard", "uid": LIVE}}
    )
    park.fill(child("Service", "gate-cloud", LIVE, workload="gate"))
    assert park.report()[1]["ghosts"] == []
    # Whether it lives elsewhere is not guessed when there was no answer.
    for status, found in ((500, 0), (429, 0)):
        park.server.fail(Answers(status), path=r"v1alpha1/jointinferenceservices\?", times=99)
        code, report = park.report("--yes")
        park.server.mend()
        assert (len(report["ghosts"]), code) == (found, 7)
    assert park.names() == {"Service/gate-cloud"}


def test_undo_into_a_namespace_that_is_going(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud", DEAD))
    file = tmp_path / "b"
    park.clean("--yes", "--backup", str(file))
    no = {"kind": "Status", "reason": "Forbidden", "code": 403,
          "message": 'unable to create new content in namespace park because it is being terminated'}  # fmt: skip
    park.server.fail(Answers(403, no), method="POST")
    done = park("undo", str(file))
    assert done.code == 4 and "being terminated" in done.out
    assert park("undo", str(file)).code == 0


def test_undo_says_when_an_autoscaler_comes_back_to_a_living_deployment(park: Park, tmp_path: Path) -> None:
    hpa = child("HorizontalPodAutoscaler", "hpa-helmet-deployment-cloud")
    park.fill(hpa)
    (stored,) = park.server.objects(HPA)
    stored["spec"]["scaleTargetRef"] = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": "helmet-deployment-cloud",
    }
    park.server.put(HPA, stored)
    file = tmp_path / "b"
    park.clean("--yes", "--backup", str(file))
    park.server.put(
        JOINT_INFERENCE.resource, {"metadata": {"name": "helmet", "namespace": "park", "uid": LIVE}}
    )
    park.fill(child("Deployment", "helmet-deployment-cloud", LIVE, owners=(reference(JI, "helmet", LIVE),)))
    done = park("undo", str(file))
    assert done.code == 0
    assert "it scales Deployment helmet-deployment-cloud, which is not of the same workload" in " ".join(
        done.out.split()
    )


def test_a_resume_judges_anew_what_hangs_on_a_ghost(park: Park, tmp_path: Path) -> None:
    park.fill(*orphans())
    file = tmp_path / "b"
    park.server.fail(Reset(), method="DELETE", times=99)
    park.clean("--yes", "--backup", str(file))
    park.server.mend()
    pod = next(one for one in park.server.objects(POD) if "edge" in one["metadata"]["name"])
    pod["metadata"]["annotations"] = {"sednactl.io/keep": "true"}
    park.server.put(POD, pod)
    done = park("ghost-instances", "--yes", "--resume", str(file), "-o", "json", "--timeout", "1s")
    results = {one["name"]: one["result"] for one in json.loads(done.out)["ghosts"]}
    assert results["helmet-deployment-edge"] == "kept"
    assert results["helmet-deployment-cloud"] == "deleted"
    assert "Deployment/helmet-deployment-edge" in park.names()


def test_what_is_said_to_be_typed_can_be_typed(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    file = tmp_path / "my bundle"
    said = park.clean("--yes", "--backup", str(file)).err
    assert f"To undo: sednactl cleanup undo '{file}'" in said


def test_what_is_said_to_be_typed_is_for_the_same_cluster(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    file = tmp_path / "b"
    said = park.clean("--yes", "--backup", str(file), "--kubeconfig", str(park.kubeconfig)).err
    assert f"To undo: sednactl cleanup undo {file} --kubeconfig {park.kubeconfig}\n" in said


def test_a_bundle_without_the_name_of_its_cluster(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    file = tmp_path / "b"
    park.clean("--yes", "--backup", str(file))
    header, _, rest = file.read_text().partition("\n")
    nameless = {key: value for key, value in json.loads(header).items() if key not in ("context", "server")}
    file.write_text(json.dumps(nameless | {"cluster": "another"}) + "\n" + rest)
    done = park("undo", str(file))
    assert f"error: {file} was written for another cluster\n" in done.err
