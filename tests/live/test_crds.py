"""`crd diff`, `install` and `upgrade`, with the definition of a kind that no controller works on."""

from __future__ import annotations

import copy
import io
import json
import random
from collections.abc import Callable, Iterator, Mapping

import pytest

from sednactl.cli.main import run as run_command_line
from sednactl.manifests.document import document_of
from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.releases import RELEASES, SINCE, Release, release_named
from sednactl.surroundings import Surroundings
from sednactl.validation.check import check_documents
from sednactl.validation.crd import crd_of
from sednactl.validation.looking import STRUCTURAL_RULES
from tests.command import CompletedRun
from tests.live.conftest import Sednactl
from tests.live.plane.api import Json, eventually
from tests.live.plane.plane import ForeignPlane, Plane
from tests.upstream import upstream_crd
from tests.validation.mutants import mutate, sample

KIND = "ObjectTrackingService"
NAME = "objecttrackingservices.sedna.io"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
CRD = f"{CRDS}/{NAME}"
OLD, NEW = release_named("0.6"), release_named("0.7")


def definition(version: str) -> Json:
    release = release_named(version)
    return upstream_crd(KIND, release) or crd_of(KIND, release)


def remove(plane: Plane) -> None:
    plane.api("DELETE", CRD)
    eventually(lambda: plane.api("GET", CRD)[0] == 404, what="the definition gone")


def put_in(plane: Plane, version: str, manager: str) -> None:
    remove(plane)
    plane.api.expect("POST", f"{CRDS}?fieldManager={manager}", definition(version))
    eventually(lambda: plane.api("GET", objects("default"))[0] == 200, what="the kind served")


def edit(plane: Plane, change: Callable[[Json], None]) -> None:
    """Change the definition; the API server, which sets its conditions, may get in between."""

    def done() -> bool:
        live = plane.api.expect("GET", CRD)
        change(live["spec"])
        return plane.api("PUT", CRD, live)[0] == 200

    eventually(done, what="the definition edited")


def objects(namespace: str) -> str:
    return f"/apis/sedna.io/v1alpha1/namespaces/{namespace}/objecttrackingservices"


def service(name: str, namespace: str, pod: Json) -> Json:
    containers = [{"name": "worker", "image": "worker:1"}]
    worker = {"template": {"spec": {"containers": containers, **pod}}}
    return {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": KIND,
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "trackingWorkers": [worker],
            "reidWorkers": {"selector": {}, "template": {"spec": {"containers": containers}}},
        },
    }


@pytest.fixture
def sednactl(plane: Plane) -> Sednactl:
    """Run the command in this process: what is looked at here is the cluster, and a process takes its second."""

    def run(
        *arguments: str,
        input: str | bytes | None = None,
        timeout: float = 60,
        environ: Mapping[str, str | None] | None = None,
    ) -> CompletedRun:
        out, err = io.StringIO(), io.StringIO()
        environment = {"KUBECONFIG": str(plane.kubeconfig)}
        code = run_command_line(arguments, Surroundings(io.StringIO(), out, err, environment))
        return CompletedRun(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="module")
def definitions(plane: Plane) -> Iterator[None]:
    """Let tests change the definition of object tracking services; after the last it is 0.7's again.

    Each of them begins by removing what is there: an API server takes seconds to judge a definition.
    """
    if isinstance(plane, ForeignPlane):
        pytest.skip("the CRDs of a running plane are not ours to change")
    try:
        yield
    finally:
        put_in(plane, "0.7", "tests")


def test_a_whole_cluster_differs_in_nothing(plane: Plane, sednactl: Sednactl) -> None:
    run = sednactl("crd", "diff")
    assert (run.code, run.err) == (0, "")
    assert {line.split()[1] for line in run.out.splitlines()[1:]} == {"same"}
    done = sednactl("crd", "upgrade", "--yes")
    assert (done.code, done.out) == (0, "nothing to do: 11 CRDs are there\n")


def test_install_creates_what_is_missing_and_waits_until_it_is_served(
    definitions: None, plane: Plane, sednactl: Sednactl
) -> None:
    remove(plane)
    differs = sednactl("crd", "diff", "-o", "json")
    assert differs.code == 1
    states = {one["name"]: one["state"] for one in json.loads(differs.out)["definitions"]}
    assert {name for name, state in states.items() if state == "missing"} == {NAME}
    tried = sednactl("crd", "install", "objecttracking", "--dry-run=server")
    assert (tried.code, tried.out) == (0, f"{NAME} created (server dry run)\n")
    assert plane.api("GET", CRD)[0] == 404
    run = sednactl("crd", "install")
    assert (run.code, run.out) == (0, f"{NAME} created\n")
    # Whoever asks at that very moment may still be told to try again; sednactl does.
    eventually(lambda: plane.api("GET", objects("default"))[0] == 200, what="a list of what is served now")
    assert sednactl("crd", "install", "objecttracking").out == "nothing to do: 1 CRDs are there\n"
    stored = plane.api.expect("GET", CRD)
    ours = crd_of(KIND, described=True)
    assert stored["spec"]["versions"][0]["schema"] == ours["spec"]["versions"][0]["schema"]
    assert {entry["manager"] for entry in stored["metadata"]["managedFields"]} >= {"sednactl"}


def test_what_helm_left_behind_is_found_and_closed(
    definitions: None, plane: Plane, sednactl: Sednactl
) -> None:
    put_in(plane, "0.6", "helm")
    found = sednactl("crd", "diff", "objecttracking")
    assert found.code == 1
    assert found.out.splitlines()[1].split(maxsplit=2) == [NAME, "older", "0.5, 0.6"]
    assert sednactl("crd", "install", "objecttracking").code == 0  # it is there, so it stays
    refused = sednactl("crd", "upgrade", "objecttracking", "--yes")
    assert refused.code == 4
    assert f'{KIND}: "helm": .spec.versions' in refused.err
    assert "Helm puts a chart's CRDs in once and never changes them" in refused.err
    assert sednactl("crd", "diff", "objecttracking").code == 1
    done = sednactl("crd", "upgrade", "objecttracking", "--yes", "--force-conflicts")
    assert (done.code, done.out) == (0, f"{NAME} upgraded\n")
    assert sednactl("crd", "diff", "objecttracking").code == 0
    # What was taken over once is ours: the way back needs no force, but is called what it is.
    back = sednactl("crd", "upgrade", "objecttracking", "--sedna-version=0.6", "--yes")
    assert (back.code, back.out) == (0, f"{NAME} downgraded\n")
    assert "DOWNGRADE 0.7 → 0.6.0" in back.err


def test_a_downgrade_shows_what_objects_would_lose(
    definitions: None, plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    put_in(plane, "0.7", "kubectl-create")
    plane.api.expect("POST", objects(namespace), service("plain", namespace, {}))
    plane.api.expect("POST", objects(namespace), service("new", namespace, {"hostUsers": True}))
    seen = sednactl(
        "crd", "upgrade", "objecttracking", "--sedna-version=0.6", "--dry-run=server", "--force-conflicts"
    )
    assert seen.code == 0
    assert f"{KIND}: 1 of 2 would be harmed" in seen.out
    assert f"loses spec.trackingWorkers[].template.spec.hostUsers: {namespace}/new\n" in seen.out
    arguments = ("crd", "upgrade", "objecttracking", "--sedna-version=0.6", "--yes", "--force-conflicts")
    refused = sednactl(*arguments)
    assert (refused.code, refused.out) == (1, "")
    assert "Nothing was changed: 1 object would be harmed." in refused.err
    done = sednactl(*arguments, "--allow-losses", "-o", "json")
    assert done.code == 0
    (change,) = json.loads(done.out)["definitions"]
    assert (change["action"], change["objects"]["harmed"]) == ("downgraded", 1)
    assert change["objects"]["named"][0]["lost"] == ["spec.trackingWorkers[0].template.spec.hostUsers"]
    # In force when the command ends: the field is dropped from what is written.
    later = service("later", namespace, {"hostUsers": True})
    stored = plane.api.expect("POST", objects(namespace), later)
    assert "hostUsers" not in stored["spec"]["trackingWorkers"][0]["template"]["spec"]


def test_objects_that_would_be_invalid_are_named(
    definitions: None, plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    put_in(plane, "0.6", "kubectl-create")
    odd = service("odd", namespace, {"hostAliases": [{"hostnames": ["camera"]}]})
    plane.api.expect("POST", objects(namespace), odd)
    seen = sednactl("crd", "upgrade", "objecttracking", "--dry-run=client")
    assert seen.code == 0
    assert f"is invalid in spec.trackingWorkers[].template.spec.hostAliases[]: {namespace}/odd\n" in seen.out


def test_a_version_in_which_objects_are_stored_never_goes(
    definitions: None, plane: Plane, sednactl: Sednactl
) -> None:
    put_in(plane, "0.6", "kubectl-create")

    def store_as_v1(spec: Json) -> None:
        (first,) = spec["versions"]
        spec["versions"] = [first | {"storage": False}, copy.deepcopy(first) | {"name": "v1"}]

    edit(plane, store_as_v1)
    eventually(
        lambda: plane.api.expect("GET", CRD)["status"]["storedVersions"] == ["v1alpha1", "v1"],
        what="both stored",
    )
    run = sednactl("crd", "upgrade", "objecttracking", "--yes", "--force-conflicts", "--allow-losses")
    assert (run.code, run.out) == (4, "")
    assert f"{NAME} has objects stored as v1" in run.err
    shown = sednactl("crd", "diff", "objecttracking")
    assert shown.code == 1
    assert "- (version v1)" in shown.out
    assert "it has versions that no release of Sedna has: v1" in shown.err


def test_drift_is_shown_by_field_and_mended(definitions: None, plane: Plane, sednactl: Sednactl) -> None:
    put_in(plane, "0.7", "kubectl-create")

    def drift(spec: Json) -> None:
        fields = spec["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
        fields["ours"] = {"type": "string"}
        del fields["reidWorkers"]["properties"]["replicas"]
        fields["trackingWorkers"]["minItems"] = 1

    edit(plane, drift)
    shown = sednactl("crd", "diff", "objecttracking")
    assert shown.code == 1
    assert (
        shown.out.splitlines()[3] == f"{NAME} is as in no release; 0.7.0 adds 1 field, removes 1, changes 1:"
    )
    assert sorted(shown.out.splitlines()[4:]) == [
        "  + spec.reidWorkers.replicas",
        "  - spec.ours",
        "  ~ spec.trackingWorkers: minItems: 1 → none",
    ]
    done = sednactl("crd", "upgrade", "objecttracking", "--yes", "--force-conflicts", "-o", "name")
    assert (done.code, done.out) == (0, f"customresourcedefinition.apiextensions.k8s.io/{NAME}\n")
    assert sednactl("crd", "diff", "objecttracking").code == 0


def test_a_word_about_metadata_is_refused(plane: Plane) -> None:
    """Why export says nothing about it: an API server knows metadata by itself, and takes no word about it."""
    wordy = crd_of(KIND)
    wordy["metadata"]["name"] = "wordies.sedna.io"
    wordy["spec"]["names"] = {
        "kind": "Wordy",
        "listKind": "WordyList",
        "plural": "wordies",
        "singular": "wordy",
    }
    schema = wordy["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"]["metadata"]["description"] = "name, labels and so on"
    status, answer = plane.api("POST", f"{CRDS}?dryRun=All", wordy)
    assert status == 422
    assert [(one["reason"], one["field"]) for one in answer["details"]["causes"]] == [
        ("FieldValueForbidden", "spec.validation.openAPIV3Schema.properties[metadata]")
    ]


@pytest.mark.parametrize("release", (RELEASES[0], RELEASES[2]), ids=str)
def test_every_releases_definitions_are_taken_as_they_are(plane: Plane, release: Release) -> None:
    """Those of 0.4 and 0.6 are nearly the same as these, those of 0.7 are installed above."""
    for kind in BY_KIND:
        if release < SINCE.get(kind, release):
            continue
        ours = crd_of(kind, release, described=True)
        place = f"{CRDS}/{ours['metadata']['name']}"
        ours["metadata"]["resourceVersion"] = plane.api.expect("GET", place)["metadata"]["resourceVersion"]
        stored = plane.api.expect("PUT", f"{place}?dryRun=All&fieldValidation=Strict", ours)
        assert stored["spec"]["versions"][0]["schema"] == ours["spec"]["versions"][0]["schema"]


def test_verdicts_under_our_definition_are_the_servers(
    definitions: None, plane: Plane, sednactl: Sednactl
) -> None:
    """The definition that install sends judges manifests as upstream's does, which other tests hold validate against."""
    remove(plane)
    assert sednactl("crd", "install", "objecttracking").code == 0
    rng = random.Random("our definition")
    path = f"{objects('default')}?dryRun=All&fieldValidation=Strict"
    taken = 0
    for _ in range(60):
        mutant = mutate(sample(KIND, rng), rng)
        status, answer = plane.api("POST", path, mutant)
        found = [one for one in check_documents([document_of(mutant)]) if one.rule in STRUCTURAL_RULES]
        taken += status < 300
        assert (status < 300) == (not found), (answer.get("message"), found)
    assert 6 < taken < 60
