"""Several objects sent as one: tried as a whole first, and what is there is said when one fails all the same."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from sednactl.cli.creating_options import DryRun, Output, Request
from sednactl.cli.creating_sent import send
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import AlreadyExists, Forbidden, NotFound, SednactlError
from sednactl.lifecycle.apply import Applied
from sednactl.sedna.kinds import VIDEO_ANALYTICS
from sednactl.surroundings import Surroundings

MODEL = {
    "apiVersion": "sedna.io/v1alpha1",
    "kind": "Model",
    "metadata": {"name": "m"},
    "spec": {"url": "/m", "format": "pb"},
}
JOB = {
    "apiVersion": "sedna.io/v1alpha1", "kind": "VideoAnalyticsJob", "metadata": {"name": "x"},
    "spec": {"model": {"name": "m"}},
}  # fmt: skip
SPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "lab"}}
Calls = list[tuple[str, bool]]


class Fake:
    """A cluster in which nothing is missing and which serves every kind."""

    namespace = "default"
    closed = False

    def find(self, *_: Any) -> dict[str, Any]:
        return {}

    def resource(self, *_: Any) -> Any:
        return None

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a function that sends manifests while those named fail: beforehand (True) or in earnest (False)."""

    def run(
        manifests: list[dict[str, Any]], failing: dict[tuple[str, bool], SednactlError], **wishes: Any
    ) -> tuple[Any, str, str, Calls]:
        calls: Calls = []

        def create(_cluster: Any, manifest: Any, *, dry_run: bool = False, **_: Any) -> Applied:
            calls.append((manifest["kind"], dry_run))
            if (manifest["kind"], dry_run) in failing:
                raise failing[manifest["kind"], dry_run]
            return Applied(manifest, "created")

        cluster = Fake()
        monkeypatch.setattr("sednactl.cluster.door.open_cluster", lambda *_: cluster)
        monkeypatch.setattr("sednactl.lifecycle.apply.create_workload", create)
        monkeypatch.setattr("sednactl.lifecycle.together.create_workload", create)
        monkeypatch.setattr(
            "sednactl.lifecycle.together._namespace_in",
            lambda _, manifest: manifest["metadata"].get("namespace"),
        )
        out, err = io.StringIO(), io.StringIO()
        request = Request((), (), (), (), (), None, **{"dry_run": DryRun.NONE, "output": None, "allow_taken_names": False,
                          "wait": False, "timeout": 1.0, **wishes})  # fmt: skip
        try:
            code: Any = send(
                VIDEO_ANALYTICS,
                manifests,
                request,
                ClusterAccess(),
                Surroundings(io.StringIO(), out, err, {}),
            )
        except SednactlError as error:
            code = error
        assert cluster.closed
        return code, out.getvalue(), err.getvalue(), calls

    return run


def test_all_are_tried_before_any_is_made_and_what_is_referred_to_comes_first(sent: Any) -> None:
    code, out, err, calls = sent([JOB, MODEL], {})
    assert (code, err) == (0, "")
    assert out == "model.sedna.io/m created\nvideoanalyticsjob.sedna.io/x created\n"
    assert calls == [
        ("Model", True),
        ("VideoAnalyticsJob", True),
        ("Model", False),
        ("VideoAnalyticsJob", False),
    ]


def test_one_alone_is_not_tried_beforehand(sent: Any) -> None:
    assert sent([JOB], {})[3] == [("VideoAnalyticsJob", False)]


def test_a_server_dry_run_is_a_trial_already(sent: Any) -> None:
    _, out, _, calls = sent([JOB, MODEL], {}, dry_run=DryRun.SERVER)
    assert calls == [("Model", True), ("VideoAnalyticsJob", True)]
    assert out.count("(server dry run)") == 2


def test_a_refusal_beforehand_leaves_nothing(sent: Any) -> None:
    refusal = Forbidden("no", status=403, reason="Forbidden")
    code, out, _, calls = sent([MODEL, JOB], {("VideoAnalyticsJob", True): refusal})
    assert (code, out) == (refusal, "")
    assert all(tried for _, tried in calls)


def test_a_model_that_is_there_already_can_be_left_as_it_is(sent: Any) -> None:
    there = AlreadyExists("Model m exists already", status=409, reason="AlreadyExists")
    code, _, _, calls = sent([MODEL, JOB], {("Model", True): there})
    assert isinstance(code, AlreadyExists)
    assert "--without-models takes what is there already" in (code.hint or "")
    assert calls == [("Model", True)]


def test_a_job_that_is_there_already_says_so_in_its_own_words(sent: Any) -> None:
    there = AlreadyExists(
        "VideoAnalyticsJob x exists already", status=409, reason="AlreadyExists", hint="own"
    )
    assert sent([MODEL, JOB], {("VideoAnalyticsJob", True): there})[0] is there


@pytest.mark.parametrize("output", [None, Output.NAME, Output.JSON])
def test_what_is_there_is_said_when_a_later_one_fails(sent: Any, output: Output | None) -> None:
    gone = NotFound("the namespace was just deleted", status=404, reason="NotFound", hint="try again")
    code, out, err, _ = sent([MODEL, JOB], {("VideoAnalyticsJob", False): gone}, output=output)
    assert code == 7
    if output is Output.JSON:
        assert json.loads(out)["kind"] == "Model"
    else:
        assert out == f"model.sedna.io/m{'' if output else ' created'}\n"
    assert err == "error: the namespace was just deleted\nhint: try again\n"


def test_the_first_that_fails_is_a_plain_refusal(sent: Any) -> None:
    refusal = Forbidden("no", status=403, reason="Forbidden")
    assert sent([MODEL, JOB], {("Model", False): refusal})[0] is refusal


def test_what_goes_into_a_new_namespace_cannot_be_tried_beforehand(sent: Any) -> None:
    inside = {**JOB, "metadata": {"name": "x", "namespace": "lab"}}
    _, _, _, calls = sent([inside, SPACE], {})
    assert calls == [("Namespace", True), ("Namespace", False), ("VideoAnalyticsJob", False)]
