"""What an older cluster makes of a manifest: kinds and fields that it does not know, rules that do not hold yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sednactl.errors import UsageError
from sednactl.manifests.document import document_of
from sednactl.sedna.releases import LATEST, RELEASES, Release, release_named
from sednactl.validation.check import check_documents
from sednactl.validation.finding import spell_path
from sednactl.validation.target import Target, target_named
from tests.conftest import RunSednactl
from tests.validation.test_rules import CLOUD, EDGE, EXTRACTION, FEDERATED, POD, SERVICE, changed

HELMET = Path(__file__).parents[1] / "fixtures" / "manifests" / "valid" / "helmet.yaml"


@pytest.mark.parametrize(
    ("word", "release"),
    [
        ("0.3", Release(0, 3, 1)),
        ("0.4", Release(0, 4, 3)),
        ("0.4.1", Release(0, 4, 1)),
        ("v0.6.0", Release(0, 6, 0)),
        (" 0.7 ", LATEST),
    ],
)
def test_releases_as_users_write_them(word: str, release: Release) -> None:
    assert release_named(word) == release


@pytest.mark.parametrize("word", ["", "0", "0.7.0.1", "0.8", "1.7", "0.x", "0.7-beta", "latest", "0.٧"])
def test_what_is_no_release(word: str) -> None:
    with pytest.raises(UsageError):
        release_named(word)


def test_releases_compare_by_age() -> None:
    assert sorted(RELEASES) == list(RELEASES)
    assert (str(LATEST), LATEST.series) == ("0.7.0", "0.7")


def found(content: dict[str, Any], release: str) -> list[tuple[str, str, str]]:
    findings = check_documents([document_of(content)], target=target_named(release, None))
    return [(one.rule, spell_path(one.path), one.message) for one in findings if one.level == "error"]


def test_fields_that_came_later() -> None:
    bare = changed(SERVICE, {f"{CLOUD}.hpa": None, f"{EDGE}.{POD}.hostUsers": True})
    assert found(SERVICE, "0.7") == []
    assert sorted(found(bare, "0.6.0")) == [
        ("SDN009", f"{CLOUD}.hpa", '"hpa" came with Sedna 0.7; 0.6 does not know it'),
        ("SDN009", f"{EDGE}.hpa", '"hpa" came with Sedna 0.7; 0.6 does not know it'),
        ("SDN009", f"{EDGE}.{POD}.hostUsers", '"hostUsers" came with Sedna 0.7; 0.6 does not know it'),
    ]
    sent = changed(FEDERATED, {"spec.transmitter": {"ws": {}}})
    assert found(sent, "0.4.0") == []
    assert found(sent, "0.3") == [
        ("SDN009", "spec.transmitter", '"transmitter" came with Sedna 0.4; 0.3 does not know it')
    ]


def test_a_slip_is_no_field_of_the_future() -> None:
    rules = {rule for rule, *_ in found(changed(SERVICE, {f"{CLOUD}.hpaa": 1}), "0.6")}
    assert rules == {"SDN003", "SDN009"}


def test_kinds_that_came_later() -> None:
    assert found(EXTRACTION, "0.5") == []
    message = "FeatureExtractionService came with Sedna 0.5.0; 0.4.3 does not know it"
    assert found(EXTRACTION, "0.4") == [("SDN002", "kind", message)]


def test_rules_about_deployments_hold_from_the_release_that_has_them() -> None:
    old = changed(
        SERVICE,
        {
            f"{CLOUD}.hpa": {"minReplicas": 9, "maxReplicas": 1},
            f"{CLOUD}.{POD}.restartPolicy": "OnFailure",
            "metadata.name": "a" * 55,
        },
    )
    assert {rule for rule, *_ in found(old, "0.6")} == {"SDN009"}
    assert {rule for rule, *_ in found(old, "0.7")} == {"SDN101", "SDN133", "SDN201"}
    assert {rule for rule, *_ in found(changed(old, {"metadata.name": "a" * 58}), "0.6")} >= {"SDN101"}


def test_kubernetes_versions() -> None:
    assert target_named(None, "v1.22.4") == Target(LATEST, (1, 22))
    for word in (
        "v1.32.1+k3s1",
        "v1.32.4-eks-1552ad0",
        "1.32.0-rc.1",
        "1.32+",
    ):  # as clusters name themselves
        assert target_named(None, word) == Target(LATEST, (1, 32))
    assert target_named(None, "1.22").older_than(1, 23)
    assert not target_named(None, "1.23").older_than(1, 23)
    assert not Target().older_than(9, 9)
    for word in ("1", "one", "1.x", "1.2.3.4"):
        with pytest.raises(UsageError):
            target_named(None, word)


def test_the_command_takes_a_release(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("validate", str(HELMET), "--sedna-version", "0.6.0")
    assert run.code == 1
    assert run.err.endswith(": 2 errors\n")
    assert '"hpa" came with Sedna 0.7; 0.6 does not know it [SDN009]' in run.out
    assert run_sednactl("validate", str(HELMET), "--sedna-version=0.7.0").code == 0
    wrong = run_sednactl("validate", str(HELMET), "--sedna-version", "0.9")
    assert (wrong.code, wrong.out) == (2, "")
    assert "Sedna 0.9 is not known here" in wrong.err
