"""`crd` as a user types it, against a server without controllers: exit codes, formats, what is said."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from sednactl.cli.main import run
from sednactl.errors import Unreachable
from sednactl.manifests.reading import read_documents
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.requests import Request, answer_refusal
from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.releases import LATEST, RELEASES, SINCE, release_named
from sednactl.sedna.resources import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, CRD
from sednactl.surroundings import Surroundings
from sednactl.validation.crd import crd_of
from sednactl.validation.crd_state import definition_name
from tests.command import CompletedRun
from tests.crds.bare_cluster import BareCluster
from tests.crds.test_losses import reid
from tests.golden import check_golden

REID = "reidjobs.sedna.io"


def offline(*arguments: str) -> CompletedRun:
    out, err = io.StringIO(), io.StringIO()
    code = run(arguments, Surroundings(io.StringIO(), out, err, {}))
    return CompletedRun(code, out.getvalue(), err.getvalue())


# -- export


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_export_holds_every_kind_of_a_release(release: object) -> None:
    run = offline("crd", "export", "-o", "name", "--sedna-version", str(release))
    kinds = [kind for kind in BY_KIND if release >= SINCE.get(kind, RELEASES[0])]  # type: ignore[operator]
    prefix = "customresourcedefinition.apiextensions.k8s.io"
    assert run.out.splitlines() == [f"{prefix}/{definition_name(kind)}" for kind in kinds]


def test_what_is_exported_reads_back_as_it_was() -> None:
    texts = {"yaml": offline("crd", "export", "reid", "model").out}
    texts["json"] = offline("crd", "export", "reid,model", "-o", "json").out
    wanted = [crd_of(kind, LATEST, described=True) for kind in ("ReidJob", "Model")]
    assert [one.content for one in read_documents(texts["yaml"].encode(), "x")] == wanted
    assert json.loads(texts["json"])["items"] == wanted


def test_export_into_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "crds"
    run = offline("crd", "export", "model", "dataset", "--dir", str(folder))
    assert (run.code, run.out.splitlines()) == (
        0,
        [str(folder / f"sedna.io_{plural}.yaml") for plural in ("models", "datasets")],
    )
    again = offline("crd", "export", "model", "--dir", str(folder))
    assert (again.code, again.out) == (2, "")
    assert "--force overwrites" in again.err
    assert offline("crd", "export", "model", "--dir", str(folder), "--force").code == 0
    (folder / "file").write_text("")
    broken = offline("crd", "export", "model", "--dir", str(folder / "file" / "x"))
    assert (broken.code, "cannot be written" in broken.err) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "--sedna-version", "0.9"), "Sedna 0.9 is not known here"),
        (("export", "nothing"), "'nothing' is no kind of Sedna"),
        (("export", "reid", "--sedna-version", "0.4"), "Sedna 0.4.3 has no ReidJob"),
        (("export", "-o", "table"), "there is no output format 'table'"),
        (("export", "--dir", "x", "-o", "name"), "--dir writes files"),
        (("diff", "-o", "html"), "there is no output format 'html'"),
        (("install", "-o", "wide"), "there is no output format 'wide'"),
        (("install", "--dry-run", "yes"), "--dry-run takes none, client or server"),
        (("upgrade",), "there is no terminal to ask on"),
    ],
)
def test_what_makes_no_sense_is_usage(arguments: tuple[str, ...], said: str) -> None:
    run = offline("crd", *arguments)
    assert (run.code, run.out) == (2, "")
    assert said in run.err


# -- diff


def test_screens(bare: BareCluster) -> None:
    """Everything at once: missing, the same, older, newer, drifted, and a Global Manager of another release."""
    bare.install("0.7", "Model", "ReidJob", "FeatureExtractionService")
    bare.install("0.6", "JointInferenceService", "Dataset")
    bare.install("0.5", "LifelongLearningJob")
    bare.run_manager("v0.7.0")
    drifted = bare.cluster.get(CRD, definition_name("Model"))
    fields = drifted["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    fields["owner"] = {"type": "string"}
    patch = {"spec": {"versions": drifted["spec"]["versions"]}}
    bare.cluster.patch(CRD, definition_name("Model"), patch)
    run = bare("crd", "diff")
    assert run.code == 1
    told = run.err.replace(str(bare.kubeconfig), "KUBECONFIG")
    check_golden("crds/diff.txt", run.out + "--- stderr\n" + told)
    older = bare("crd", "diff", "ji", "reid", "model", "--sedna-version", "0.6")
    check_golden("crds/diff_older.txt", older.out)
    wide = bare("crd", "diff", "reid", "--sedna-version", "0.6", "-o", "wide")
    check_golden("crds/diff_wide.txt", wide.out)
    bare.create(BY_KIND["ReidJob"].resource, reid("new", hostUsers=True))
    preview = bare("crd", "upgrade", "ji", "model", "reid", "--sedna-version", "0.6", "--dry-run", "client")
    check_golden("crds/upgrade_preview.txt", preview.out)


def test_the_report_for_programs(bare: BareCluster) -> None:
    bare.install("0.6", "ReidJob")
    bare.run_manager("v0.7.0")
    run = bare("crd", "diff", "reid", "model", "-o", "json")
    report = json.loads(run.out)
    assert (run.code, report["kind"], report["differs"]) == (1, "CrdReport", True)
    assert report["manager"] == {"image": "gm:v0.7.0", "release": "0.7.0"}
    assert report["gap"].endswith("newer fields never reach it (Helm never upgrades a chart's CRDs)")
    states = {one["kind"]: (one["state"], one["asIn"]) for one in report["definitions"]}
    assert states == {"ReidJob": ("older", ["0.5", "0.6"]), "Model": ("missing", [])}
    changes = {one["path"]: one["change"] for one in report["definitions"][0]["changes"]}
    assert changes["spec.managedBy"] == "added"
    names = bare("crd", "diff", "reid", "-o", "name")
    assert (names.code, names.out) == (1, f"customresourcedefinition.apiextensions.k8s.io/{REID}\n")
    assert (
        read_documents(bare("crd", "diff", "reid", "-o", "yaml").out.encode(), "x")[0].content["release"]
        == "0.7.0"
    )


def test_a_global_manager_that_is_older_is_a_difference(bare: BareCluster) -> None:
    """Helm's chart of 0.7 has images of 0.6: the CRDs are right, and what only they know is ignored."""
    bare.install("0.7", "ReidJob")
    bare.run_manager("v0.6.0")
    run = bare("crd", "diff", "reid")
    assert run.code == 1
    assert "the Global Manager is of Sedna 0.6 (gm:v0.6.0), the CRDs of ReidJob are of 0.7" in run.err
    assert bare("crd", "diff", "reid", "--sedna-version", "0.6").code == 1
    assert bare("crd", "upgrade", "reid", "--sedna-version", "0.6", "--yes").code == 0
    assert bare("crd", "diff", "reid", "--sedna-version", "0.6").code == 0


def test_a_manager_of_no_known_release_tells_nothing(bare: BareCluster) -> None:
    bare.install("0.7", "ReidJob")
    bare.run_manager("mine")
    report = json.loads(bare("crd", "diff", "reid", "-o", "json").out)
    assert (report["gap"], report["manager"]) == (None, {"image": "gm:mine", "release": None})


# -- install, upgrade


def test_a_new_cluster_is_installed_and_a_second_run_has_nothing_to_do(bare: BareCluster) -> None:
    run = bare("crd", "install", "-o", "json", "--sedna-version", "0.4")
    report = json.loads(run.out)
    assert (run.code, report["kind"], report["release"], report["dryRun"]) == (0, "CrdChanges", "0.4.3", None)
    assert {one["action"] for one in report["definitions"]} == {"created"}
    assert len(report["definitions"]) == 8
    again = bare("crd", "install", "--sedna-version", "0.4")
    assert (again.code, again.out) == (0, "nothing to do: 8 CRDs are there\n")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("Yes\n", 0), ("\n", 1), ("no\n", 1), ("", 1)])
def test_it_asks_once_all_is_shown(bare: BareCluster, answer: str, code: int) -> None:
    bare.install("0.7", "ReidJob")
    bare.create(BY_KIND["ReidJob"].resource, reid("new", hostUsers=True))
    out, err = io.StringIO(), Terminal()
    surroundings = Surroundings(
        Terminal(answer), out, err, {"KUBECONFIG": str(bare.kubeconfig), "TERM": "dumb"}
    )
    assert run(("crd", "upgrade", "reid", "--sedna-version", "0.6"), surroundings) == code
    said = err.getvalue()
    assert said.index("loses spec.template.spec.hostUsers: default/new") < said.index(
        "Change these CRDs, though 1 object is harmed? [y/N]"
    )
    assert out.getvalue() == ("" if code else f"{REID} downgraded\n")
    assert ("Nothing was changed." in said) == bool(code)


def test_what_others_own_is_said_with_what_taking_it_means(bare: BareCluster) -> None:
    bare.install("0.6", "ReidJob", manager="argocd-controller")
    run = bare("crd", "upgrade", "--yes")
    assert (run.code, run.out) == (4, "")
    assert 'ReidJob: "argocd-controller": .spec.versions' in run.err
    assert "argocd-controller applies its own copy again and again" in run.err
    tried = bare("crd", "upgrade", "--dry-run", "server")
    assert tried.code == 4
    told = bare("crd", "upgrade", "--dry-run", "client")
    assert told.code == 0
    assert f"{REID} upgraded (client dry run)" in told.out
    assert bare("crd", "upgrade", "--yes", "--force-conflicts").out == f"{REID} upgraded\n"


def test_objects_that_may_not_be_read_are_no_objects_without_losses(bare: BareCluster) -> None:
    who = "definer"
    rule = {"apiGroups": ["apiextensions.k8s.io"], "resources": ["customresourcedefinitions"], "verbs": ["*"]}
    bare.create(CLUSTER_ROLE, {"metadata": {"name": who}, "rules": [rule]})
    role = {"apiGroup": CLUSTER_ROLE.group, "kind": "ClusterRole", "name": who}
    subject = {"kind": "User", "apiGroup": CLUSTER_ROLE.group, "name": who}
    bare.create(CLUSTER_ROLE_BINDING, {"metadata": {"name": who}, "roleRef": role, "subjects": [subject]})
    bare.install("0.7", "ReidJob")
    arguments = ("crd", "upgrade", "reid", "--sedna-version", "0.6", "--yes", "--as", who)
    run = bare(*arguments)
    assert run.code == 1
    assert "What ReidJobs would lose is not known" in run.err
    assert "Nothing was changed: what ReidJobs would lose is not known." in run.err
    assert bare(*arguments, "--allow-losses").code == 0


def test_a_definition_that_changed_meanwhile_is_not_written_over(bare: BareCluster) -> None:
    """Between the preview and the change somebody edits the definition: what was shown is no longer true."""
    bare.install("0.6", "ReidJob", "VideoAnalyticsJob")
    patches = 0

    def meddle(request: object) -> None:
        nonlocal patches
        if getattr(request, "method", "") == "PATCH" and "dryRun" not in str(getattr(request, "query", "")):
            patches += 1
            if patches == 1:
                bare.on_request = lambda _: None
                bare.cluster.patch(CRD, REID, {"spec": {"names": {"categories": ["touched"]}}})

    bare.on_request = meddle
    run = bare("crd", "upgrade", "reid", "va", "--yes")
    assert run.code == 7
    assert run.out == "videoanalyticsjobs.sedna.io upgraded\n"
    assert "was changed by somebody else meanwhile" in run.err
    assert bare("crd", "upgrade", "--yes").out == f"{REID} upgraded\n"


def test_what_the_api_server_itself_writes_meanwhile_is_no_change(bare: BareCluster) -> None:
    bare.install("0.6", "ReidJob")
    left = 3

    def meddle(request: object) -> None:
        nonlocal left
        if getattr(request, "method", "") == "PATCH" and left:
            left -= 1
            meddling, bare.on_request = bare.on_request, lambda _: None
            bare.cluster.patch(CRD, REID, {"metadata": {"labels": {"turn": str(left)}}})
            bare.on_request = meddling

    bare.on_request = meddle
    run = bare("crd", "upgrade", "reid", "--yes")
    assert (run.code, run.out, left) == (0, f"{REID} upgraded\n", 0)


class InTrouble:
    """Lets a server do what it is asked, or not, and answer every write of a definition with an internal error."""

    def __init__(self, bare: BareCluster, *, does: bool, blind: bool = False) -> None:
        self.writes = 0
        answer = bare.server.handle

        def handle(request: Request) -> Any:
            writing = request.method == "PATCH" and REID in request.path and "dryRun" not in request.query
            looking = blind and self.writes and request.method == "GET" and REID in request.path
            self.writes += writing
            if writing and does:
                answer(request)
            if writing or looking:
                return answer_refusal(Refusal("InternalError", "etcdserver: leader changed"))
            return answer(request)

        bare.server.handle = handle  # type: ignore[method-assign]


def test_a_write_whose_answer_tells_nothing_is_looked_after(bare: BareCluster) -> None:
    bare.install("0.6", "ReidJob")
    InTrouble(bare, does=True)
    run = bare.at_once("crd", "upgrade", "reid", "--yes")
    assert (run.code, run.out) == (0, f"{REID} upgraded\n"), run.err


@pytest.mark.parametrize("does", [True, False])
def test_a_write_of_which_nothing_is_known_is_in_doubt(bare: BareCluster, does: bool) -> None:
    bare.install("0.6", "ReidJob", "VideoAnalyticsJob")
    usual = bare.server.handle
    InTrouble(bare, does=does, blind=does)
    run = bare.at_once("crd", "upgrade", "reid", "va", "--yes")
    assert run.code == 7
    assert run.out.splitlines() == [
        f"{REID} in doubt: it may or may not be changed",
        "videoanalyticsjobs.sedna.io upgraded",
    ]
    assert "it may have been done all the same: look before doing it again" in run.err
    bare.server.handle = usual  # type: ignore[method-assign]
    assert bare("crd", "upgrade", "reid", "--yes").code == 0
    InTrouble(bare, does=False)
    again = bare.at_once("crd", "upgrade", "reid", "--sedna-version", "0.6", "--yes", "-o", "json")
    actions = {one["kind"]: one["action"] for one in json.loads(again.out)["definitions"]}
    assert (again.code, actions) == (7, {"ReidJob": "in doubt"})
    names = bare.at_once("crd", "upgrade", "reid", "--sedna-version", "0.6", "--yes", "-o", "name")
    assert (names.code, names.out) == (7, "")


def test_what_came_after_a_lost_connection_is_said_not_to_be_tried(
    bare: BareCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare.install("0.6", "ReidJob", "VideoAnalyticsJob")

    def lost(*_: Any, dry_run: bool, **__: Any) -> None:
        error = Unreachable("the connection was closed")
        error.put_in_doubt()
        raise error

    monkeypatch.setattr("sednactl.lifecycle.crd_changing.send_definition", lost)
    run = bare("crd", "upgrade", "reid", "va", "--yes", "--force-conflicts", "-o", "json")
    actions = {one["kind"]: one["action"] for one in json.loads(run.out)["definitions"]}
    assert (run.code, actions) == (5, {"ReidJob": "in doubt", "VideoAnalyticsJob": "not tried"})
    assert "look before doing it again" in run.err


def test_what_is_being_deleted_is_left_alone(bare: BareCluster) -> None:
    bare.install("0.6", "ReidJob")
    bare.cluster.patch(CRD, REID, {"metadata": {"finalizers": ["example.org/slow"]}})
    bare.cluster.delete(CRD, REID)
    for command in (("upgrade", "--yes"), ("install",)):
        run = bare("crd", *command)
        assert (run.code, run.out) == (4, "")
        assert f"{REID} is being deleted" in run.err
    assert bare("crd", "diff", "reid", "--sedna-version", "0.6").code == 1


def test_a_wait_that_runs_out_says_what_is_missing(bare: BareCluster) -> None:
    """Two kinds that want the same name: the second is never served."""
    taken = crd_of("ReidJob")
    taken["metadata"]["name"] = "others.sedna.io"
    taken["spec"]["names"] |= {"plural": "others", "singular": "other"}
    del taken["spec"]["names"]["shortNames"]
    bare.create(CRD, taken)
    run = bare("crd", "install", "reid")
    assert (run.code, run.out) == (6, f"{REID} created\n")
    assert f"{REID} is not served: its names were not accepted" in run.err


def test_kinds_that_an_older_release_lacks_stay(bare: BareCluster) -> None:
    bare.install("0.7", "ReidJob", "Model")
    run = bare("crd", "diff", "--sedna-version", "0.4", "-o", "json")
    states = {one["kind"]: one["state"] for one in json.loads(run.out)["definitions"]}
    assert (states["ReidJob"], states["Model"]) == ("unknown kind", "newer")
    assert bare("crd", "upgrade", "--sedna-version", "0.4", "--yes").out == "models.sedna.io downgraded\n"
    assert bare.definition("ReidJob") is not None
    assert release_named("0.4") < SINCE["ReidJob"]
