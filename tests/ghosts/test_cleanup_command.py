"""`cleanup` from the command line to the API server and back, on good days and bad ones."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import DEPLOYMENT, NAMESPACE, NODE, POD, SERVICE
from tests.cluster.stub import Answers, Request, Reset
from tests.ghosts.command import Park
from tests.ghosts.objects import DEAD, JI, LIVE, Json, ago, before_0_7, child, orphans, reference
from tests.golden import check_golden

LIVING = {"metadata": {"name": "gate", "namespace": "park", "uid": LIVE}}
TOPS = {
    "HorizontalPodAutoscaler/hpa-helmet-deployment-cloud",
    "HorizontalPodAutoscaler/hpa-helmet-deployment-edge",
    "Deployment/helmet-deployment-cloud",
    "Deployment/helmet-deployment-edge",
    "Service/helmet-cloud",
}


def healthy() -> list[Json]:
    owner = reference(JI, "gate", LIVE)
    made = orphans(LIVE, "gate")
    for one in made:
        if one["kind"] in ("Deployment", "Service", "HorizontalPodAutoscaler"):
            one["metadata"]["ownerReferences"] = [owner]
    return made


def deletions(park: Park) -> list[Request]:
    return [request for request in park.server.requests if request.method == "DELETE"]


def on_request(park: Park, monkeypatch: pytest.MonkeyPatch, deed: Callable[[Request], None]) -> None:
    """Do something to the cluster just before it looks at a request."""
    real = park.server._fault_for

    def before(request: Request, target: str) -> Any:
        deed(request)
        return real(request, target)

    monkeypatch.setattr(park.server, "_fault_for", before)


def test_without_yes_it_lists_and_changes_nothing(park: Park) -> None:
    park.fill(*orphans(), before_0_7("Pod", "old-edge-x", workload="old"))
    before = park.names()
    done = park.clean()
    assert done.code == 1
    assert park.names() == before
    assert {request.method for request in park.server.requests} == {"GET"}
    check_golden("ghosts/table.txt", done.out)
    check_golden("ghosts/table.err.txt", done.err)
    check_golden("ghosts/wide.txt", park.clean("-o", "wide").out)
    assert park.clean("-o", "name").out.splitlines()[:3] == [
        "horizontalpodautoscaler.autoscaling/hpa-helmet-deployment-cloud",
        "horizontalpodautoscaler.autoscaling/hpa-helmet-deployment-edge",
        "deployment.apps/helmet-deployment-cloud",
    ]


def test_the_report_has_the_shape_of_the_contract(park: Park) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    code, report = park.report()
    assert code == 1
    assert (report["apiVersion"], report["kind"]) == ("sednactl.io/v1", "GhostReport")
    assert report["scanned"]["Service"] == 1 and report["scanned"][JI] == 0
    (ghost,) = report["ghosts"]
    assert ghost.items() >= {
        "kind": "Service", "namespace": "park", "name": "helmet-cloud", "uid": "service-helmet-cloud",
        "age": 86400 * 3, "workload": {"kind": JI, "name": "helmet", "uid": DEAD},
        "cause": "owner-unresolvable", "action": "delete", "result": None,
    }.items()  # fmt: skip


def test_no_ghosts(park: Park) -> None:
    park.server.put(JOINT_INFERENCE.resource, LIVING)
    park.fill(*healthy())
    done = park.clean()
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("No ghost instances; 12 objects looked at in namespace park")
    assert park.clean("--yes").code == 0


def test_what_is_too_young_names_the_way_to_judge_it(park: Park) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    done = park.clean("--older-than", "10000d")
    assert done.code == 0
    assert "1 too young to be judged (--older-than 0s judges all)" in done.err
    assert park.clean("--older-than", "0s").code == 1


def test_a_file_that_is_no_bundle_is_called_that(park: Park, tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("cloud:\n  model: big\n")
    done = park("undo", str(values))
    assert done.code == 3
    assert "is no bundle of a clean-up" in done.err


def test_lists_are_metadata_only(park: Park) -> None:
    park.fill(*orphans())
    park.clean()
    children = [
        one for one in park.server.requests if one.path.endswith(("/pods", "/services", "/deployments"))
    ]
    assert children
    for request in children:
        assert "PartialObjectMetadataList" in request.headers["Accept"]


def test_with_yes_it_backs_up_whole_objects_and_deletes_in_the_safe_order(park: Park, tmp_path: Path) -> None:
    park.server.put(JOINT_INFERENCE.resource, LIVING)
    park.fill(*healthy(), *orphans())
    file = tmp_path / "b.jsonl"
    done = park.clean("--yes", "--backup", str(file))
    assert "5 deleted" in done.err and str(file) in done.err
    kinds = [request.path.split("/")[-2] for request in deletions(park)]
    assert kinds == ["horizontalpodautoscalers"] * 2 + ["deployments"] * 2 + ["services"]
    for request in deletions(park):
        assert request.body["propagationPolicy"] == "Background"
        assert set(request.body["preconditions"]) == {"uid", "resourceVersion"}
    assert not TOPS & park.names()
    assert all(
        name.split("/")[1].removeprefix("hpa-").startswith("gate")
        for name in park.names()
        if "helmet" not in name
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = park.lines(file)
    assert lines[0]["kind"] == "GhostBundle" and lines[0]["cluster"] == "cluster-1"
    assert lines[6] == {"type": "sealed", "objects": 5}
    backed_up = {
        f"{one['object']['kind']}/{one['object']['metadata']['name']}": one["object"] for one in lines[1:6]
    }
    assert set(backed_up) == TOPS
    assert backed_up["Service/helmet-cloud"]["spec"]["clusterIP"] == "10.96.1.2"
    steps: dict[str, list[str]] = {}
    for one in lines[7:]:
        steps.setdefault(one["uid"], []).append(one["step"])
    assert list(steps.values()) == [["deleting", "deleted"]] * 5


def test_the_screen_after_a_clean_up(park: Park, tmp_path: Path) -> None:
    park.fill(
        before_0_7("Service", "helmet-cloud"), before_0_7("Pod", "helmet-edge-x", deletionTimestamp=ago(30))
    )
    done = park.clean("--yes", "--backup", str(tmp_path / "b"))
    assert done.code == 0
    check_golden("ghosts/deleted.txt", done.out)


def test_the_bundle_is_complete_before_the_first_deletion(
    park: Park, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "b"
    seen: list[bool] = []

    def look(request: Request) -> None:
        if request.method == "DELETE":
            lines = park.lines(file)
            sealed = {"type": "sealed", "objects": 5} in lines
            uid = request.body["preconditions"]["uid"]
            steps = [one["step"] for one in lines if one.get("uid") == uid]
            seen.append(sealed and steps == ["deleting"])

    on_request(park, monkeypatch, look)
    park.fill(*orphans())
    park.clean("--yes", "--backup", str(file))
    assert seen == [True] * 5


def test_without_backup_the_bundle_goes_to_the_state_folder(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    assert park.clean("--yes").code == 0
    assert len(list((tmp_path / ".local/state/sednactl/bundles").glob("ghosts-*.jsonl"))) == 1


def test_a_bundle_that_cannot_be_written_stops_everything(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    there = tmp_path / "there"
    there.write_text("mine")
    done = park.clean("--yes", "--backup", str(there))
    assert done.code == 3 and "exists already" in done.err
    assert not deletions(park)


def test_more_than_max_touches_nothing(park: Park, tmp_path: Path) -> None:
    park.fill(*orphans())
    done = park.clean("--yes", "--max", "4", "--backup", str(tmp_path / "b"))
    assert done.code == 1
    assert "5 objects would be deleted, more than --max 4; nothing was deleted" in done.err
    assert not deletions(park) and not (tmp_path / "b").exists()
    assert park.clean("--yes", "--max", "5").code != 1


def test_selector_and_kind(park: Park) -> None:
    park.fill(*orphans(), before_0_7("Pod", "old-edge-x", workload="old"))
    _, report = park.report("--kind", "svc,hpa")
    assert {ghost["kind"] for ghost in report["ghosts"]} == {"Service", "HorizontalPodAutoscaler"}
    _, report = park.report("--kind", "fl")
    assert report["ghosts"] == []
    _, report = park.report("-l", "jointinference.sedna.io/name=old")
    assert [ghost["name"] for ghost in report["ghosts"]] == ["old-edge-x"]
    assert park.clean("--kind", "nonsense").code == 2
    assert park.clean("-l", "a in b").code == 2


def test_only_one_namespace_unless_all_are_asked_for(park: Park) -> None:
    park.fill(before_0_7("Pod", "one"), before_0_7("Pod", "two", namespace="yard"))
    assert [ghost["name"] for ghost in park.report()[1]["ghosts"]] == ["one"]
    done = park("ghost-instances", "-A", "-o", "json")
    assert [ghost["name"] for ghost in json.loads(done.out)["ghosts"]] == ["one", "two"]


def test_a_workload_created_between_the_lists_has_no_ghosts(
    park: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(request: Request) -> None:
        if request.path.endswith("/deployments"):
            park.server.put(JOINT_INFERENCE.resource, LIVING)
            park.fill(*healthy())

    on_request(park, monkeypatch, create)
    code, report = park.report("--older-than", "0s")
    assert (code, report["ghosts"]) == (0, [])


def test_what_changed_since_the_backup_is_kept_and_said(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    def adopt(request: Request) -> None:
        if request.method == "DELETE" and "hpa-helmet-deployment-edge" in request.path:
            (one,) = park.server.objects(SERVICE)
            one["spec"]["ports"] = [{"port": 6000}]
            one["metadata"]["managedFields"] = [{"manager": "somebody", "time": "2026-11-24T10:00:00Z"}]
            park.server.put(SERVICE, one)

    on_request(park, monkeypatch, adopt)
    park.fill(*orphans())
    code, report = park.report("--yes")
    assert code == 7
    (service,) = [ghost for ghost in report["ghosts"] if ghost["kind"] == "Service"]
    assert service["result"] == "kept"
    assert "changed since it was backed up (last by somebody)" in service["detail"]
    assert "Service/helmet-cloud" in park.names()


def test_status_and_replicas_may_change_meanwhile(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    def scale(request: Request) -> None:
        if request.method == "DELETE" and "horizontalpodautoscalers" in request.path:
            for one in park.server.objects(DEPLOYMENT):
                one["spec"]["replicas"] += 1
                one["status"]["replicas"] += 1
                park.server.put(DEPLOYMENT, one)

    on_request(park, monkeypatch, scale)
    park.fill(*orphans())
    _, report = park.report("--yes")
    assert {ghost["result"] for ghost in report["ghosts"]} == {"deleted"}


def test_a_workload_that_appears_during_the_clean_up_keeps_its_deployments(
    park: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(request: Request) -> None:
        if request.method == "DELETE":
            park.server.put(JOINT_INFERENCE.resource, {"metadata": {"name": "helmet", "namespace": "park"}})

    on_request(park, monkeypatch, create)
    park.fill(*orphans())
    code, report = park.report("--yes")
    results = {(ghost["kind"], ghost["result"]) for ghost in report["ghosts"]}
    assert code == 7
    assert results == {("HorizontalPodAutoscaler", "deleted"), ("Deployment", "kept"), ("Service", "kept")}


def test_another_object_under_the_same_name_is_kept(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    def replace(request: Request) -> None:
        if request.method == "DELETE" and "horizontalpodautoscalers" in request.path:
            park.server.remove(SERVICE, "helmet-cloud", "park")
            fresh = child("Service", "helmet-cloud")
            fresh["metadata"]["uid"] = "another"
            park.fill(fresh)

    on_request(park, monkeypatch, replace)
    park.fill(*orphans())
    _, report = park.report("--yes")
    (service,) = [ghost for ghost in report["ghosts"] if ghost["kind"] == "Service"]
    assert (service["result"], service["detail"]) == ("kept", "another object has taken its name")


def test_workloads_that_may_not_be_listed_leave_their_children_unjudged(park: Park) -> None:
    park.fill(*orphans(), child("Service", "fe-fe", workload="fe", prefix="featureextractionservice"))
    park.server.fail(
        Answers(403, forbidden("jointinferenceservices")), path="/jointinferenceservices", times=99
    )
    code, report = park.report("--yes")
    assert code == 7
    assert [ghost["name"] for ghost in report["ghosts"]] == ["fe-fe"]
    assert report["unknown"][0]["kind"] == JI
    assert report["unknown"][0]["objects"] == 11
    assert "Service/helmet-cloud" in park.names()
    done = park.clean()
    assert f"warning: 11 objects of {JI} not judged" in done.err


def test_a_kind_that_is_not_served_leaves_its_children_unjudged(park: Park) -> None:
    park.server.served = tuple(one for one in park.server.served if one != JOINT_INFERENCE.resource)
    park.fill(*orphans())
    code, report = park.report("--yes")
    assert code == 7 and report["ghosts"] == []
    assert "does not serve" in report["unknown"][0]["reason"]
    assert not deletions(park)


def test_children_that_may_not_be_listed_are_said(park: Park) -> None:
    park.fill(*orphans())
    park.server.fail(Answers(403, forbidden("services")), path="/services", times=99)
    done = park.clean()
    assert done.code == 7
    assert "warning: Services not looked at: " in done.err


def test_nothing_may_be_listed(park: Park) -> None:
    park.server.fail(Answers(403, forbidden("everything")), times=99)
    assert park.clean().code == 4


def test_deletions_that_are_refused(park: Park) -> None:
    park.fill(*orphans())
    park.server.fail(Answers(403, forbidden("services")), method="DELETE", path="/services/", times=9)
    code, report = park.report("--yes")
    assert code == 7
    (service,) = [ghost for ghost in report["ghosts"] if ghost["kind"] == "Service"]
    assert service["result"] == "failed" and "forbidden" in service["detail"].lower()
    park.server.fail(Answers(403, forbidden("services")), method="DELETE", times=9)
    assert park.clean("--yes", "--backup", str(park.folder / "c")).code == 4


def test_the_cluster_goes_in_the_middle_and_the_clean_up_is_taken_up_again(
    park: Park, tmp_path: Path
) -> None:
    park.fill(*orphans())
    file = tmp_path / "b"
    park.server.fail(Reset(), path="/deployments/helmet-deployment-edge", method="DELETE", times=99)
    done = park.clean("--yes", "--backup", str(file))
    assert done.code == 7
    assert "3 deleted, 2 not come to" in done.err
    assert f"--resume {file}" in done.err
    steps = {one["uid"]: one["step"] for one in park.lines(file) if one.get("type") == "step"}
    assert steps.pop("deployment-helmet-deployment-edge") == "deleting"
    assert list(steps.values()) == ["deleted"] * 3
    park.server.mend()
    again = park("ghost-instances", "--yes", "--resume", str(file))
    assert again.code in (0, 7)  # the stub collects no ReplicaSets and Pods
    assert "5 deleted" in again.err
    assert not TOPS & park.names()


def test_a_lost_answer_is_found_out_when_the_clean_up_is_taken_up_again(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    file = tmp_path / "b"
    park.server.fail(Reset(done=True), method="DELETE", times=1)
    park.server.fail(Reset(), method="DELETE", times=99)
    assert park.clean("--yes", "--backup", str(file)).code == 5
    assert park.names() == set()
    park.server.mend()
    assert park("ghost-instances", "--yes", "--resume", str(file)).code == 0
    assert park("undo", str(file)).code == 0
    assert park.names() == {"Service/helmet-cloud"}


def test_a_server_fault_that_hides_a_deletion_can_be_undone(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    file = tmp_path / "b"
    park.server.fail(Answers(504, done=True), method="DELETE", times=99)
    done = park.clean("--yes", "--backup", str(file))
    assert done.code == 4 and "may or may not be deleted" in " ".join(done.out.split())
    assert park.names() == set()
    assert park("undo", str(file)).err == "1 put back.\n"


def test_the_cluster_is_gone_before_it_begins(park: Park, tmp_path: Path) -> None:
    park.fill(*orphans())
    park.server.stop()
    done = park.clean("--yes", "--backup", str(tmp_path / "b"))
    assert done.code == 5
    assert not (tmp_path / "b").exists()


def test_resume_wants_yes_and_nothing_that_contradicts_the_bundle(park: Park) -> None:
    assert park.clean("--resume", "x").code == 2
    assert park.clean("--resume", "x", "--yes", "--kind", "ji").code == 2


def test_undo_puts_back_what_was_deleted_once(park: Park, tmp_path: Path) -> None:
    owner = reference("JointInference", "helmet", DEAD)
    park.fill(*orphans(), before_0_7("Pod", "old-x", workload="old"))
    file = tmp_path / "b"
    before = {one["metadata"]["name"]: one for one in park.server.objects(DEPLOYMENT)}
    park.clean("--yes", "--backup", str(file))
    dry = park("undo", str(file), "--dry-run")
    assert dry.code == 0 and dry.out.count("would restore") == 6
    done = park("undo", str(file))
    assert (done.code, done.err) == (0, "6 put back.\n")
    assert park.names() >= TOPS
    after = {one["metadata"]["name"]: one for one in park.server.objects(DEPLOYMENT)}
    for name, one in after.items():
        assert one["spec"] == before[name]["spec"]
        assert one["metadata"]["labels"] == before[name]["metadata"]["labels"]
        assert one["metadata"]["uid"] != before[name]["metadata"]["uid"]
        assert "status" not in one
    (pod,) = [one for one in park.server.objects(POD) if one["metadata"]["name"] == "old-x"]
    assert pod["spec"]["nodeName"] == "edge-node"
    assert pod["metadata"]["ownerReferences"] == [owner | {"name": "old"}]
    again = park("undo", str(file))
    assert (again.code, again.err) == (0, "6 already there.\n")
    check_golden("ghosts/undone.txt", again.out)


def test_undo_takes_a_namespace_that_agrees_with_the_bundle(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    file = tmp_path / "b"
    assert park.clean("--yes", "--backup", str(file)).code == 0
    other = park("undo", str(file), "-n", "elsewhere")
    assert other.code == 2 and "objects of namespace park, not only of elsewhere" in other.err
    assert park.names() == set()
    assert park("undo", str(file), "-n", "park").code == 0
    assert park.names() == {"Service/helmet-cloud"}


def test_undo_drops_owner_references_that_would_have_it_collected(park: Park, tmp_path: Path) -> None:
    dead = reference(JI, "helmet", DEAD)
    park.fill(child("Service", "helmet-cloud", owners=(dead,)))
    file = tmp_path / "b"
    assert park.clean("--yes", "--backup", str(file)).code == 0
    assert sum(park.slept) == 35  # patience with the garbage collector before, and a look after
    done = park("undo", str(file))
    assert "without its owner reference to JointInferenceService helmet, which is gone" in done.out
    (service,) = park.server.objects(SERVICE)
    assert "ownerReferences" not in service["metadata"]


def test_undo_gives_a_service_a_new_address_when_the_old_one_is_taken(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    file = tmp_path / "b"
    park.clean("--yes", "--backup", str(file))
    taken = {
        "kind": "Status",
        "reason": "Invalid",
        "code": 422,
        "message": "provided IP is already allocated",
    }
    park.server.fail(Answers(422, taken), method="POST")
    done = park("undo", str(file))
    assert done.code == 0 and "with a new address" in done.out
    assert "clusterIP" not in park.server.objects(SERVICE)[0]["spec"]


def test_undo_refuses_another_cluster(park: Park, tmp_path: Path) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"))
    file = tmp_path / "b"
    park.clean("--yes", "--backup", str(file))
    park.server.remove(NAMESPACE, "kube-system")
    park.server.put(NAMESPACE, {"metadata": {"name": "kube-system", "uid": "cluster-2"}})
    done = park("undo", str(file))
    assert done.code == 3 and "written for another cluster (" in done.err and " at http" in done.err
    assert park.names() == set()
    assert park("undo", str(file), "--force").code == 0
    assert park.names() == {"Service/helmet-cloud"}


def test_undo_of_a_bundle_cut_off_before_its_seal(park: Park, tmp_path: Path) -> None:
    park.fill(*orphans())
    file = tmp_path / "b"
    park.clean("--yes", "--backup", str(file))
    whole = file.read_bytes()
    file.write_bytes(whole[: whole.index(b'{"type":"sealed"') - 10])
    done = park("undo", str(file))
    assert done.code == 3
    assert "cut off before it was complete, so nothing was deleted" in done.err
    file.write_bytes(whole[:-10])
    done = park("undo", str(file))
    assert done.code == 0 and "warning: the last line" in done.err and "5 put back" in done.err


def test_undo_when_the_cluster_goes_in_the_middle(park: Park, tmp_path: Path) -> None:
    park.fill(*orphans())
    file = tmp_path / "b"
    park.clean("--yes", "--backup", str(file))
    park.server.fail(Reset(), method="POST", path="/horizontalpodautoscalers", times=99)
    done = park("undo", str(file))
    assert done.code == 7 and "3 put back, 2 not come to" in done.err
    park.server.mend()
    assert park("undo", str(file)).err == "2 put back, 3 already there.\n"


def test_what_comes_back_is_said_with_its_cause(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    def rebuild(seconds: float) -> None:
        park.slept.append(seconds)
        if not park.server.objects(DEPLOYMENT):
            again = child("Deployment", "helmet-deployment-cloud", age=0)
            again["metadata"]["uid"] = "rebuilt"
            park.fill(again)

    park.fill(child("Deployment", "helmet-deployment-cloud"))
    park.slept = _Listening(rebuild)
    done = park.clean("--yes")
    assert done.code == 7
    assert "came-back" in done.out and "the Global Manager puts it back" in " ".join(done.out.split())
    check_golden("ghosts/came_back.txt", done.out)


def test_what_does_not_go_is_waited_for_and_then_said(park: Park) -> None:
    park.fill(*orphans())  # the stub has no garbage collector, so what the Deployments carried stays
    done = park.clean("--yes", "--timeout", "20s")
    assert done.code == 7
    assert sum(park.slept) >= 20
    assert "still-there" in done.out and "6 still there or back" in done.err


def test_a_pod_on_an_offline_node(park: Park) -> None:
    park.server.put(
        NODE,
        {
            "metadata": {"name": "edge-node"},
            "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]},
        },
    )
    park.fill(
        child(
            "Pod",
            "helmet-deployment-edge-7dff-aa",
            owners=(reference("ReplicaSet", "r", "r", version="apps/v1"),),
            deletionTimestamp=ago(7200),
        )
    )
    done = park.clean()
    assert done.code == 0
    check_golden("ghosts/offline.txt", done.out)
    assert park.slept == []  # it would not be gone in five seconds either


def test_names_from_the_cluster_do_not_drive_the_terminal(park: Park) -> None:
    park.fill(before_0_7("Pod", "x", workload="evil\x1b[2J"))
    for output in ("table", "wide"):
        assert "\x1b" not in park.clean("-o", output).out


def test_secrets_in_environment_variables_are_never_printed(park: Park, tmp_path: Path) -> None:
    pod = before_0_7("Pod", "x")
    park.fill(pod)
    (stored,) = park.server.objects(POD)
    stored["spec"]["containers"][0]["env"] = [{"name": "SECRET_ACCESS_KEY", "value": "hush-hush"}]
    park.server.put(POD, stored)
    file = tmp_path / "b"
    runs = [
        park.clean(),
        park.clean("--yes", "--backup", str(file), "-o", "json"),
        park("undo", str(file), "-o", "json"),
    ]
    assert "hush-hush" in file.read_text()
    assert all("hush-hush" not in done.out + done.err for done in runs)


def forbidden(what: str) -> Json:
    return {
        "kind": "Status",
        "reason": "Forbidden",
        "code": 403,
        "message": f"{what} is forbidden: User cannot",
    }


class _Listening(list):  # type: ignore[type-arg]
    """A list of sleeps that lets something happen at each."""

    def __init__(self, deed: Callable[[float], None]) -> None:
        super().__init__()
        self._deed = deed
        self._busy = False

    def append(self, seconds: float) -> None:
        if self._busy:
            super().append(seconds)
            return
        self._busy = True
        self._deed(seconds)
        self._busy = False


def test_yaml_says_the_same_as_json(park: Park) -> None:
    import yaml

    park.fill(*orphans())
    assert yaml.safe_load(park.clean("-o", "yaml").out) == park.report()[1]


def test_the_screen_beside_a_living_namesake(park: Park) -> None:
    park.server.put(
        JOINT_INFERENCE.resource, {"metadata": {"name": "helmet", "namespace": "park", "uid": LIVE}}
    )
    young = child("Service", "old-cloud", workload="old", age=60)
    park.fill(*orphans(), young)
    check_golden("ghosts/namesake.txt", park.clean().out)


@pytest.mark.parametrize("path", [
    ("object",), ("ghost",), ("object", "metadata"), ("object", "kind"), ("object", "spec"), ("object", "metadata", "uid"),
    ("object", "metadata", "name"), ("ghost", "workload"), ("ghost", "kind"), ("ghost", "workload", "kind"), ("type",),
])  # fmt: skip
@pytest.mark.parametrize("value", [None, 7, "x", [], {}])
def test_a_bundle_that_somebody_edited_is_no_reason_for_a_traceback(
    park: Park, tmp_path: Path, path: tuple[str, ...], value: object
) -> None:
    park.fill(before_0_7("Service", "helmet-cloud"), before_0_7("Pod", "helmet-edge-x"))
    file = tmp_path / "b"
    park.clean("--yes", "--backup", str(file))
    lines = park.lines(file)
    at = lines[1]
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    del lines[-1]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    for arguments in (("undo", str(file)), ("ghost-instances", "--yes", "--resume", str(file))):
        done = park(*arguments)  # any error that is not ours would come out here
        assert done.code in (0, 3, 4, 7)


def test_several_of_a_kind_go_at_a_time_but_no_kind_before_its_turn_nor_faster_than_told(
    park: Park, tmp_path: Path
) -> None:
    park.fill(*(one for n in range(6) for one in orphans(f"dead-{n}", f"gone-{n}")))
    code = park.clean(
        "--yes", "--parallel", "4", "--rate", "10", "--backup", str(tmp_path / "b"), "--timeout", "1s"
    ).code
    assert code == 7  # the stub collects no ReplicaSets and Pods
    kinds = [request.path.split("/")[-2] for request in deletions(park)]
    assert kinds == ["horizontalpodautoscalers"] * 12 + ["deployments"] * 12 + ["services"] * 6
    assert sum(park.slept) >= 29 / 10


def test_a_load_that_is_none_is_a_usage_error(park: Park) -> None:
    assert park.clean("--yes", "--parallel", "0").code == 2
    assert park.clean("--yes", "--rate", "-1").code == 2
    assert park.server.requests == []
