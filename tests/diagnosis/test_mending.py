"""`doctor --fix`: shows what it would change, asks, applies, looks again; never more than that."""

from __future__ import annotations

import io
from typing import Any

import pytest

from sednactl.cli.main import run
from sednactl.cluster.client import HttpCluster
from sednactl.diagnosis.manager_rights import MEND_NAME
from sednactl.errors import Forbidden
from sednactl.sandbox.api.bootstrap import furnish
from sednactl.sandbox.api.in_process import in_process_cluster
from sednactl.sandbox.api.requests import User
from sednactl.sandbox.api.rights import ADMIN, IDENTITIES
from sednactl.sandbox.api.server import ApiServer
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.global_manager.installation import installation
from sednactl.sedna.resources import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, Resource
from sednactl.surroundings import Surroundings
from tests.diagnosis.test_command import Terminal

NOWHERE = io.StringIO()


class Patient:
    """A cluster with Sedna as it is shipped, and the command run against it as a user."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = ApiServer(Clock())
        furnish(self.server)
        self.admin = in_process_cluster(self.server, ADMIN, Surroundings(NOWHERE, NOWHERE, NOWHERE, {}))
        for resource, content in installation("0.7", autoscaling=False):
            self.admin.apply(resource, content, force=True)
        self._monkeypatch = monkeypatch

    def doctor(self, *words: str, answer: str | None = None, user: User = ADMIN) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO() if answer is None else Terminal()
        stdin = io.StringIO() if answer is None else Terminal(answer)
        surroundings = Surroundings(stdin, out, err, {"NO_COLOR": "1"})
        cluster = in_process_cluster(self.server, user, surroundings)
        self._monkeypatch.setattr("sednactl.cluster.door.open_cluster", lambda *_: cluster)
        return run(["doctor", "--check", "DOC501", *words], surroundings), out.getvalue(), err.getvalue()

    def mended(self) -> bool:
        return self.admin.find(CLUSTER_ROLE, MEND_NAME) is not None


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Patient:
    return Patient(monkeypatch)


def test_without_fix_nothing_is_changed(patient: Patient) -> None:
    code, out, _ = patient.doctor()
    assert code == 1 and "doctor --fix" in out and not patient.mended()


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "yes please\n"])
def test_no_is_no(patient: Patient, answer: str) -> None:
    code, out, err = patient.doctor("--fix", answer=answer)
    assert code == 1 and "may not get, create, update, delete" in out
    assert "+++ apply/clusterroles.rbac.authorization.k8s.io/sedna-gm-missing-rights" in err
    assert "Apply this? [y/N]" in err and "Nothing was changed." in err
    assert not patient.mended()


def test_yes_mends_it_beside_what_sedna_installed(patient: Patient) -> None:
    before = patient.admin.get(CLUSTER_ROLE, "sedna")
    code, out, err = patient.doctor("--fix", answer="y\n")
    assert (code, out.count("DOC501")) == (0, 1) and "may do all that it has to" in out
    assert "horizontalpodautoscalers" in err and "ClusterRoleBinding sedna-gm-missing-rights applied" in err
    assert patient.admin.get(CLUSTER_ROLE, "sedna") == before
    binding = patient.admin.get(CLUSTER_ROLE_BINDING, MEND_NAME)
    assert [one["name"] for one in binding["subjects"]] == ["sedna"]
    assert patient.doctor()[0] == 0


def test_what_was_applied_is_told_though_the_rest_is_refused(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = HttpCluster.apply

    def refuse(self: HttpCluster, resource: Resource, manifest: Any, **more: Any) -> Any:
        if resource == CLUSTER_ROLE_BINDING and not more.get("dry_run"):
            raise Forbidden("no bindings of yours", status=403)
        return real(self, resource, manifest, **more)

    monkeypatch.setattr(HttpCluster, "apply", refuse)
    code, _, err = patient.doctor("--fix", "--yes")
    assert code == 4 and patient.mended()
    assert "ClusterRole sedna-gm-missing-rights applied\nerror: no bindings of yours" in err


def test_a_second_gap_is_added_to_the_first(patient: Patient) -> None:
    """An upgrade by Helm takes update on Deployments away: the mend then holds both, as it did not lose the first."""
    assert patient.doctor("--fix", "--yes")[0] == 0
    role = patient.admin.get(CLUSTER_ROLE, "sedna")
    for rule in role["rules"]:
        if "sedna.io" not in rule["apiGroups"]:
            rule["verbs"] = [verb for verb in rule["verbs"] if verb != "update"]
    patient.admin.patch(CLUSTER_ROLE, "sedna", {"rules": role["rules"]})
    code, _, err = patient.doctor("--fix", "--yes")
    assert code == 0 and "+  - deployments" in err.replace("+- deployments", "+  - deployments")
    verbs = {
        resource: rule["verbs"]
        for rule in patient.admin.get(CLUSTER_ROLE, MEND_NAME)["rules"]
        for resource in rule["resources"]
    }
    assert verbs == {
        "horizontalpodautoscalers": ["get", "create", "update", "delete"],
        "deployments": ["update"],
    }


def test_who_may_not_look_is_offered_nothing(patient: Patient) -> None:
    code, out, err = patient.doctor("--fix", "--yes", user=IDENTITIES["nobody"])
    assert code == 7 and "could not look" in out and "that --fix can mend is not known" in err


def test_who_may_look_and_not_mend_is_refused_before_anything_is_changed(patient: Patient) -> None:
    reader = {
        "metadata": {"name": "reader"},
        "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]}],
    }
    patient.admin.create(
        CLUSTER_ROLE, {"apiVersion": CLUSTER_ROLE.api_version, "kind": "ClusterRole", **reader}
    )
    binding = {
        "apiVersion": CLUSTER_ROLE_BINDING.api_version,
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "reader"},
        "roleRef": {"apiGroup": CLUSTER_ROLE.group, "kind": "ClusterRole", "name": "reader"},
        "subjects": [{"kind": "User", "name": "nobody", "apiGroup": CLUSTER_ROLE.group}],
    }
    patient.admin.create(CLUSTER_ROLE_BINDING, binding)
    code, _, err = patient.doctor("--fix", "--yes", user=IDENTITIES["nobody"])
    assert code == 4 and "clusterroles" in err
    assert not patient.mended()
