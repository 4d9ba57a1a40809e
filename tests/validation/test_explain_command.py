"""The installed `explain`: kinds, fields and rules, offline."""

from __future__ import annotations

import pytest

from tests.conftest import RunSednactl
from tests.golden import check_golden


@pytest.mark.parametrize(
    ("subject", "golden"),
    [
        ("ji", "kind.txt"),
        ("ji.spec.edgeWorker.hpa", "hpa.txt"),
        ("jointinferenceservices.spec.cloudWorker.template.spec.containers.resources", "resources.txt"),
        ("Model.spec.url", "scalar.txt"),
        ("dataset.metadata.labels", "labels.txt"),
        ("sdn207", "rule.txt"),
        ("rules", "rules.txt"),
        ("il.spec.trainSpec.trigger", "trigger.txt"),
        ("fl.spec", "federated.txt"),
        ("os.spec.reidWorkers.template.spec.tolerations", "tolerations.txt"),
        ("va.spec.template.spec.volumes", "volumes.txt"),
    ],
)
def test_pages(run_sednactl: RunSednactl, subject: str, golden: str) -> None:
    run = run_sednactl("explain", subject)
    assert (run.code, run.err) == (0, "")
    check_golden(f"explain/{golden}", run.out)


def test_recursive(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("explain", "ji.spec.cloudWorker.hpa", "--recursive")
    check_golden("explain/recursive.txt", run.out)
    whole = run_sednactl("explain", "ji", "--recursive").out
    assert "          nodeName\t<string>\n" in whole
    assert whole.count("\n") > 2000  # the complete pod template, twice


@pytest.mark.parametrize(
    ("subject", "message", "hint"),
    [
        ("helmet", "'helmet' is no kind of Sedna", "kinds: jointinference"),
        (
            "ji.spec.edgeworker",
            'has no field "edgeworker"',
            "did you mean JointInferenceService.spec.edgeWorker?",
        ),
        ("ji.spec.x", 'has no field "x"', "its fields: edgeWorker, cloudWorker"),
        ("model.spec.url.x", 'has no field "x"', "is a string and has no fields"),
        ("SDN999", "no rule is called SDN999", "explain rules"),
    ],
)
def test_mistakes(run_sednactl: RunSednactl, subject: str, message: str, hint: str) -> None:
    run = run_sednactl("explain", subject)
    assert run.code == 2
    assert run.out == ""
    assert message in run.err and hint in run.err


def test_a_field_that_nobody_described_has_no_description() -> None:
    from sednactl.render.explained import explained
    from sednactl.validation.fields import Explained, Field

    page = explained(Explained("Model", ("x",), "Object", "", (Field("y", "string", False, "", 0),)))
    assert "DESCRIPTION" not in page and "(none)" not in page
    assert "FIELD: x <Object>\n\nFIELDS:\n  y" in page


def test_a_path_as_a_finding_writes_it(run_sednactl: RunSednactl) -> None:
    path = "ji.spec.edgeWorker.template.spec.containers[0].env[3]"
    assert run_sednactl("explain", path).out == run_sednactl("explain", path.replace("[0]", "")[:-3]).out


def test_a_field_says_itself_whether_it_is_required(run_sednactl: RunSednactl) -> None:
    assert (
        "FIELD: maxReplicas <integer> -required-"
        in run_sednactl("explain", "ji.spec.edgeWorker.hpa.maxReplicas").out
    )
    assert (
        "FIELD: minReplicas <integer>\n" in run_sednactl("explain", "ji.spec.edgeWorker.hpa.minReplicas").out
    )


@pytest.mark.parametrize(
    ("field", "default"),
    [
        ("ji.spec.edgeWorker.template.spec.containers.imagePullPolicy", "Always for the tag latest"),
        ("ji.spec.edgeWorker.template.spec.dnsPolicy", "ClusterFirst (when left out)"),
        ("ji.spec.edgeWorker.hpa.behavior.scaleUp.selectPolicy", "Max (when left out)"),
        ("il.spec.deploySpec.model.pollPeriodSeconds", "60 when left out"),
        ("va.spec.kafkaSupport", "false when left out"),
        ("fl.spec.trainingWorkers.template.spec.restartPolicy", "sets OnFailure when left out"),
    ],
)
def test_defaults_are_told(run_sednactl: RunSednactl, field: str, default: str) -> None:
    assert default in " ".join(run_sednactl("explain", field).out.split())


def test_no_subject(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("explain")
    assert run.code == 2
    assert "missing argument" in run.err
    assert "Examples:" in run_sednactl("explain", "--help").out
