"""Whoever asks the rules about many documents finds in each what one finds that asks about it alone."""

from __future__ import annotations

import copy
import os
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.sedna.kinds import JOINT_INFERENCE, SEDNA_KINDS
from sednactl.sedna.releases import LATEST
from sednactl.validation.asking import Inquiry
from sednactl.validation.rulebook import Rule, rules_for
from sednactl.validation.structure import Problem, structural_problems
from sednactl.validation.target import Target
from sednactl.validation.words import is_dns_label, label_value_fault
from sednactl.validation.workload import Workload
from tests.validation.mutants import STRANGE, mutate, sample

KIND = JOINT_INFERENCE.kind
MUTANTS = int(os.environ.get("SEDNACTL_FUZZ", "200"))


def _service(hpa: dict[str, Any], requests: dict[str, Any]) -> Workload:
    container = {"name": "main", "image": "example/worker:v1", "resources": {"requests": requests}}
    worker = {"model": {"name": "m"}, "hpa": hpa, "template": {"spec": {"containers": [container]}}}
    return Workload(KIND, {"metadata": {"name": "s"}, "spec": {"cloudWorker": worker}})


def _alone(rules: list[Rule], workload: Workload) -> list[Problem]:
    return [problem for one in rules if one.check for problem in one.check(workload)]


@pytest.mark.parametrize("kind", [kind.kind for kind in SEDNA_KINDS])
def test_what_is_remembered_and_what_is_plain_change_no_finding(kind: str) -> None:
    rules = rules_for(kind, LATEST)
    together = Inquiry(rules)
    rng = random.Random(11)
    bases = [sample(kind, rng) for _ in range(20)]
    found = 0
    for _ in range(MUTANTS):
        content = mutate(rng.choice(bases), rng)
        fits = not structural_problems(kind, content)
        alone = _alone(rules, Workload(kind, content))
        assert together.problems(Workload(kind, content, fits=fits)) == alone
        found += len(alone)
    assert found > MUTANTS / 10


def _worker(side: str) -> dict[str, Any]:
    """A worker that no rule finds anything in, with as many fields as such a one can have."""
    container = {
        "name": "main",
        "image": "example.com/vision/worker:v1.2",
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": "input_shape", "value": "416,736"}, {"name": "URL", "value": "rtsp://camera"}],
        "resources": {
            "requests": {"cpu": "500m", "memory": "512Mi"},
            "limits": {"cpu": "1", "memory": "1Gi"},
        },
        "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "scratch", "mountPath": "/tmp"}],
    }
    pod = {
        "nodeSelector": {"example.com/side": side},
        "dnsPolicy": "ClusterFirstWithHostNet",
        "restartPolicy": "Always",
        "hostNetwork": True,
        "terminationGracePeriodSeconds": 30,
        "containers": [container],
        "volumes": [
            {"name": "data", "hostPath": {"path": "/data", "type": "Directory"}},
            {"name": "scratch", "emptyDir": {}},
        ],
    }
    target = {"type": "Utilization", "averageUtilization": 60}
    hpa = {
        "minReplicas": 1,
        "maxReplicas": 4,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 120}},
    }
    return {"model": {"name": f"helmet-{side}"}, "hpa": hpa, "template": {"spec": pod}}


def _healthy() -> dict[str, Any]:
    parameters = [{"key": "threshold_img", "value": "0.9"}, {"key": "threshold_box", "value": "0.5"}]
    edge = _worker("edge") | {"hardExampleMining": {"name": "IBT", "parameters": parameters}}
    spec = {"edgeWorker": edge, "cloudWorker": _worker("cloud")}
    return {"apiVersion": "sedna.io/v1alpha1", "kind": KIND, "metadata": {"name": "helmet"}, "spec": spec}


def _counted(rule: Rule, asked: list[str]) -> Rule:
    check: Callable[[Workload], Any] | None = rule.check

    def counting(workload: Workload) -> Any:
        asked.append(rule.id)
        return check(workload) if check else ()

    return rule._replace(check=counting)


def test_rules_with_nothing_to_say_are_not_asked() -> None:
    content = _healthy()
    assert structural_problems(KIND, content) == []
    asked: list[str] = []
    inquiry = Inquiry([_counted(rule, asked) for rule in rules_for(KIND, LATEST)])
    assert inquiry.problems(Workload(KIND, content, fits=True)) == []
    always = {rule.id for rule in rules_for(KIND, LATEST) if not rule.about and not rule.unless}
    assert always == {"SDN704"}
    between_fields = {"SDN144", "SDN212"}  # neither a field nor a quick look tells that they are kept
    assert set(asked) == always | between_fields


@pytest.mark.parametrize("kind", [kind.kind for kind in SEDNA_KINDS])
@pytest.mark.parametrize("kubernetes", [None, (1, 22)])
def test_rules_that_a_quick_look_spares_find_nothing(kind: str, kubernetes: tuple[int, int] | None) -> None:
    rules = [rule for rule in rules_for(kind, LATEST) if rule.unless]
    rng = random.Random(f"quick looks at {kind}")
    bases = [sample(kind, rng) for _ in range(20)] + ([_healthy()] if kind == KIND else [])
    names = ("a", "1a", "a.b", "a-deployment-b", "a" * 47, "a" * 48, "a" * 63, "A", "", None, 5)
    spared = asked = 0
    for _ in range(MUTANTS):
        content = mutate(rng.choice(bases), rng)
        if isinstance(content.get("metadata"), dict):
            content["metadata"]["name"] = rng.choice(names)
        fits = not structural_problems(kind, content)
        for rule in rules:
            if rule.unless and rule.unless(Workload(kind, content, Target(LATEST, kubernetes), fits=fits)):
                assert _alone([rule], Workload(kind, content, Target(LATEST, kubernetes))) == [], rule.id
                spared += 1
            else:
                asked += 1
    assert spared and (asked or kind in ("Model", "Dataset"))  # these have no pods


_NAMES = st.one_of(
    st.text("aZ9-._é²İ", max_size=6),
    st.builds(str.__mul__, st.sampled_from(("a", "é")), st.integers(62, 64)),
)


@given(_NAMES)
def test_labels_are_what_kubernetes_says(name: str) -> None:
    label = re.fullmatch("[a-z0-9]([-a-z0-9]*[a-z0-9])?", name) is not None and len(name) <= 63
    value = re.fullmatch("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?", name) is not None and len(name) <= 63
    assert is_dns_label(name) == label
    assert (label_value_fault(name) == "") == value


_WRONG = (
    *(
        "$NODE",
        "${NODE}",
        "{{ node }}",
        "<node>",
        "a b",
        "A",
        "-a",
        "1a",
        "x.y",
        "a" * 64,
        "é",
        "/",
        "/a/../b",
    ),
    *("Never", "ifNotPresent", "None", "cpu", "nvidia.com/gpu", "Value", "Pods", "Min", "Random", "1.5"),
    *("-1", "0", "300", "512m", "9" * 30, "a=b", "Bidirectional", 65536, 99, True, {"name": ""}),
)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(item, (dict, list)):
            yield from _places(item)


def test_one_wrong_value_anywhere_in_a_healthy_service_is_found_as_by_each_rule_alone() -> None:
    rules = rules_for(KIND, LATEST)
    together = Inquiry(rules)
    content = _healthy()
    content["spec"]["cloudWorker"] = {"model": {"name": "helmet-cloud"}}
    told: set[str] = set()
    for owner, key in _places(content["spec"]):
        right = owner[key]
        for wrong in (*_WRONG, *STRANGE[::3]):
            owner[key] = copy.deepcopy(wrong)
            alone = _alone(rules, Workload(KIND, content))
            assert together.problems(Workload(KIND, content)) == alone, (key, wrong)
            told.update(problem.rule for problem in alone)
        del owner[key]
        assert together.problems(Workload(KIND, content)) == _alone(rules, Workload(KIND, content)), key
        if isinstance(owner, dict):
            owner[key] = right
        else:
            owner.insert(key, right)
    assert len(told) > 30


@pytest.mark.parametrize("kind", [kind.kind for kind in SEDNA_KINDS])
def test_pods_of_what_fits_its_schema_are_where_they_belong(kind: str) -> None:
    rng = random.Random(5)
    for _ in range(30):
        content = sample(kind, rng)
        assert Workload(kind, content, fits=True).pods() == Workload(kind, content).pods()


@pytest.mark.parametrize(
    ("hpa", "requests", "rule"),
    [
        ({"minReplicas": 3, "maxReplicas": 2}, {"cpu": "1"}, "SDN201"),
        ({"minReplicas": 1, "maxReplicas": 2}, {"cpu": "-1"}, "SDN138"),
        ({"minReplicas": 1, "maxReplicas": True}, {"cpu": True}, None),
    ],
)
def test_what_is_wrong_is_said_each_time(
    hpa: dict[str, Any], requests: dict[str, Any], rule: str | None
) -> None:
    inquiry = Inquiry(rules_for(KIND, LATEST))
    inquiry.problems(_service({"minReplicas": 1, "maxReplicas": 2, "metrics": []}, {"cpu": "1"}))
    first, second = (
        [problem.rule for problem in inquiry.problems(_service(hpa, requests))] for _ in range(2)
    )
    assert first == second
    assert rule is None or rule in first
