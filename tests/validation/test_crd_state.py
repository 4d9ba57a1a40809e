"""What a cluster's definition is beside a release's, and what that says field by field."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.releases import LATEST, RELEASES, SINCE, Release, release_named
from sednactl.validation.crd import crd_of
from sednactl.validation.crd_state import DefinitionState, state_of
from sednactl.validation.schema_difference import same_verdicts, schema_changes
from tests.upstream import upstream_crd, without_words
from tests.validation.test_schemas import HAVING

Json = dict[str, Any]
SERVICE = "JointInferenceService"
CONDITIONS = [
    {"type": "NamesAccepted", "status": "True", "message": "no conflicts found"},
    {"type": "Established", "status": "True"},
]


def live(kind: str, release: Release) -> Json:
    """A definition as a cluster has it, with a status; another test holds these against upstream's own."""
    content = crd_of(kind, release)
    stored = [version["name"] for version in content["spec"]["versions"]]
    return {**content, "status": {"conditions": CONDITIONS, "storedVersions": stored}}


def schema(definition: Json, version: int = 0) -> Json:
    found: Json = definition["spec"]["versions"][version]["schema"]["openAPIV3Schema"]
    return found


def beside(kind: str, content: Json | None, release: Release = LATEST) -> DefinitionState:
    state = state_of(kind, content, release)
    assert state is not None
    return state


@pytest.mark.parametrize(("kind", "release"), HAVING, ids=str)
def test_a_releases_own_definition_is_the_same(kind: str, release: Release) -> None:
    state = beside(kind, live(kind, release), release)
    assert (state.state, state.series, state.changes, state.remarks) == ("same", (release.series,), (), ())
    assert not state.differs


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_upstreams_definition_is_the_same(release: Release) -> None:
    theirs = upstream_crd(SERVICE, release)
    if theirs is None:
        pytest.skip("Sedna's own CRDs are not at hand")
    theirs["status"] = {"conditions": CONDITIONS, "storedVersions": ["v1alpha1"]}
    assert beside(SERVICE, theirs, release).state == "same"


@pytest.mark.parametrize(
    ("kind", "release"), [(kind, LATEST) for kind in BY_KIND] + [(SERVICE, RELEASES[0])], ids=str
)
def test_words_are_all_that_export_adds(kind: str, release: Release) -> None:
    bare, described = crd_of(kind, release), crd_of(kind, release, described=True)
    assert without_words(described) == bare
    assert described["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["description"]
    assert same_verdicts(schema(bare), schema(described))


@pytest.mark.parametrize(
    ("kind", "has", "wants", "state", "series"),
    [
        (SERVICE, "0.6", "0.7", "older", ("0.5", "0.6")),
        (SERVICE, "0.3", "0.7", "older", ("0.3", "0.4")),
        (SERVICE, "0.7", "0.6", "newer", ("0.7",)),
        (SERVICE, "0.5", "0.6", "same", ("0.6",)),
        ("Dataset", "0.3", "0.7", "same", ("0.7",)),
        ("LifelongLearningJob", "0.5", "0.6", "older", ("0.5",)),
    ],
)
def test_another_releases_definition_is_told_by_that(
    kind: str, has: str, wants: str, state: str, series: tuple[str, ...]
) -> None:
    found = beside(kind, live(kind, release_named(has)), release_named(wants))
    assert (found.state, found.series) == (state, series)


def test_what_an_upgrade_to_0_7_brings() -> None:
    state = beside(SERVICE, live(SERVICE, release_named("0.6")))
    own = {(change.path, change.change) for change in state.changes if ".template." not in change.path}
    assert own == {("spec.cloudWorker.hpa", "added"), ("spec.edgeWorker.hpa", "added")}
    (aliases,) = (
        change for change in state.changes if change.path == "spec.edgeWorker.template.spec.hostAliases[]"
    )
    assert (aliases.change, aliases.detail) == ("changed", "ip is required")


def test_missing_and_kinds_that_a_release_does_not_have() -> None:
    assert beside("Model", None).state == "missing"
    assert state_of("ReidJob", None, release_named("0.4")) is None
    extra = beside("ReidJob", live("ReidJob", LATEST), release_named("0.4"))
    assert (extra.state, extra.differs) == ("unknown kind", False)
    assert extra.remarks == (f"ReidJob came with Sedna {SINCE['ReidJob']}; what is there is left alone",)


def test_drift_is_told_by_field() -> None:
    drifted = live("Model", LATEST)
    spec = schema(drifted)["properties"]["spec"]
    spec["properties"]["owner"] = {"type": "string"}
    spec["properties"]["format"] = {"type": "string", "enum": ["pb", "onnx"]}
    del spec["properties"]["credentialName"]
    spec["required"] = ["url", "owner"]
    state = beside("Model", drifted)
    assert (state.state, state.series) == ("drifted", ())
    assert {(change.path, change.change, change.detail) for change in state.changes} == {
        ("spec", "changed", "format is required, owner is no longer required"),
        ("spec.owner", "removed", ""),
        ("spec.format", "changed", 'enum: ["pb", "onnx"] → none'),
        ("spec.credentialName", "added", ""),
    }


def test_every_version_that_is_served_counts() -> None:
    two = live("Model", LATEST)
    (ours,) = two["spec"]["versions"]
    younger = copy.deepcopy(ours) | {"name": "v1", "storage": False}
    two["spec"]["versions"].append(younger)
    state = beside("Model", two)
    assert [(change.path, change.change) for change in state.changes] == [("(version v1)", "removed")]
    assert (state.state, state.vanishing, state.foreign_versions) == ("drifted", (), ("v1",))
    schema(two, 1)["properties"]["spec"]["properties"]["owner"] = {"type": "string"}
    assert ("(v1).spec.owner", "removed") in {(one.path, one.change) for one in beside("Model", two).changes}
    younger["served"] = False
    two["status"]["storedVersions"] = ["v1alpha1", "v1"]
    state = beside("Model", two)
    assert (state.state, state.vanishing) == ("same", ("v1",))
    ours["served"] = False
    assert [one.path for one in beside("Model", two).changes] == ["(version v1alpha1)"]


def test_what_else_makes_a_difference() -> None:
    odd = live(SERVICE, LATEST)
    odd["spec"]["scope"] = "Cluster"
    odd["spec"]["names"]["shortNames"] = ["jis"]
    odd["spec"]["preserveUnknownFields"] = True
    version = odd["spec"]["versions"][0]
    version["subresources"] = {"scale": {}}
    version["additionalPrinterColumns"] = [{"name": "Age"}]
    odd["spec"]["conversion"] = {"strategy": "Webhook"}
    state = beside(SERVICE, odd)
    assert [change.path for change in state.changes] == [
        "(scope)",
        "(names).shortNames",
        "(preserveUnknownFields)",
        "(subresource status)",
        "(subresource scale)",
        "(columns of kubectl get)",
    ]
    assert state.remarks == ("its versions are converted by Webhook",)


def test_how_a_definition_does() -> None:
    leaving = live("Model", LATEST)
    leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    state = beside("Model", leaving)
    assert (state.state, state.leaving, state.differs) == ("same", True, True)
    assert state.remarks == ("it is being deleted, and every object of the kind with it",)
    refused = live("Model", LATEST)
    refused["status"]["conditions"] = [
        {"type": "NamesAccepted", "status": "False", "message": '"Model" is already in use'}
    ]
    assert beside("Model", refused).remarks == ('its names were not accepted: "Model" is already in use',)
    del refused["status"]
    assert "does not serve the kind yet" in beside("Model", refused).remarks[0]


@pytest.mark.parametrize(
    "content",
    [{}, {"spec": None}, {"spec": {"versions": [None, 1, {}]}}, {"spec": {"versions": "x"}, "status": []}],
)
def test_nothing_that_a_cluster_may_hold_breaks_it(content: Json) -> None:
    assert beside("Model", content).state == "drifted"


def test_a_change_anywhere_is_found_both_ways() -> None:
    """One field taken out of, or broken in, a definition at random: that field is what both directions name."""
    rng = random.Random("a change anywhere")
    for _ in range(25):
        kind = rng.choice(list(BY_KIND))
        whole = schema(crd_of(kind, rng.choice([one for one in RELEASES if one >= SINCE.get(kind, one)])))
        broken = copy.deepcopy(whole)
        holder, steps = broken, ""
        while True:
            name = rng.choice(sorted(holder["properties"]))
            steps = f"{steps}.{name}" if steps else name
            field = holder["properties"][name]
            inside = field
            while "items" in inside or isinstance(inside.get("additionalProperties"), dict):
                steps_inside = "[]" if "items" in inside else "{}"
                inside = inside.get("items") or inside["additionalProperties"]
                if "properties" not in inside:
                    break
                steps += steps_inside
            if "properties" not in inside or rng.random() < 0.2:
                break
            holder = inside
        if rng.random() < 0.5:
            del holder["properties"][name]
            expected = ("removed", "added")
        else:
            field["maxProperties"] = 77
            expected = ("changed", "changed")
        there, back = schema_changes(whole, broken), schema_changes(broken, whole)
        assert [one.change for one in (*there, *back)] == list(expected)
        assert {one.path for one in (*there, *back)} == {there[0].path}
        assert name in there[0].steps
        assert not same_verdicts(whole, broken)
