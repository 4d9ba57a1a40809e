"""Names that a new workload's children need and something else has."""

from __future__ import annotations

import pytest

from sednactl.lifecycle.taken_names import NamesTaken, asks_for_hpa, taken_names
from sednactl.sedna.kinds import FEDERATED_LEARNING, JOINT_INFERENCE
from tests.lifecycle.objects import (
    DEAD,
    Json,
    ago,
    autoscaler,
    child,
    deployment,
    ji_spec,
    service,
    workload,
)


@pytest.mark.parametrize(
    ("item", "living", "holder", "words"),
    [
        (service(uid=DEAD, owned=False), {}, "ghost", "nobody owns it"),
        (service(uid=DEAD, owner_kind="JointInference", prefix="jointinference"), {}, "ghost", "before 0.7"),
        (service(uid=DEAD), {}, "leaving", "removes it in a moment"),
        (service(uid=DEAD), {DEAD: "VideoAnalyticsJob helmet"}, "child", "VideoAnalyticsJob helmet, which lives"),
        (child("Service", "helmet-cloud", labels=False, owned=False), {}, "foreign", "somebody's own"),
        (service(uid=DEAD, owned=False, meta={"deletionTimestamp": ago(1)}), {}, "leaving", "being deleted"),
        (
            service(uid=DEAD, owned=False, meta={"deletionTimestamp": ago(1), "finalizers": ["x/y"]}),
            {},
            "leaving",
            "finalizer x/y",
        ),
    ],
)  # fmt: skip
def test_who_has_the_name(item: Json, living: dict[str, str], holder: str, words: str) -> None:
    (taken,) = taken_names(JOINT_INFERENCE, "helmet", "park", [item], living)
    assert taken.holder == holder
    assert words in taken.why
    assert taken.kind == "Service"


def test_what_becomes_of_it_depends_on_whether_autoscaling_is_asked_for() -> None:
    found = [deployment("cloud", uid=DEAD, owned=False), autoscaler("cloud", uid=DEAD, owned=False)]
    plain = taken_names(JOINT_INFERENCE, "helmet", "park", found, {})
    scaled = taken_names(JOINT_INFERENCE, "helmet", "park", found, {}, with_hpa=True)
    assert "end Failed" in plain[0].effect and "take it for its own" in scaled[0].effect
    assert "no autoscaling is asked for" in plain[1].effect and "Failed" in scaled[1].effect
    aggregator = child("Service", "fl-aggregation", owned=False, labels=False)
    (wedge,) = taken_names(FEDERATED_LEARNING, "fl", "park", [aggregator], {})
    assert "no trainer" in wedge.effect


def test_the_refusal_names_all_and_the_way_out() -> None:
    ghosts = taken_names(JOINT_INFERENCE, "helmet", "park", [service(uid=DEAD, owned=False)], {})
    error = NamesTaken(JOINT_INFERENCE, "helmet", "park", ghosts)
    assert error.exit_code == 4
    assert error.hint is not None
    assert (
        "sednactl cleanup ghost-instances -n park --older-than 0s" in error.hint
        and "--allow-taken-names" in error.hint
    )
    assert error.detail[0].startswith("Service helmet-cloud was made for JointInferenceService helmet")
    foreign = child("Service", "helmet-cloud", labels=False, owned=False)
    error = NamesTaken(
        JOINT_INFERENCE, "helmet", "park", taken_names(JOINT_INFERENCE, "helmet", "park", [foreign], {})
    )
    assert error.hint is not None and "another name" in error.hint and "cleanup" not in error.hint


def test_asking_for_an_autoscaler() -> None:
    assert asks_for_hpa(workload(spec=ji_spec(hpa=("edge",))))
    assert not asks_for_hpa(workload())
    assert not asks_for_hpa(workload(spec={"edgeWorker": {"hpa": None}}))
