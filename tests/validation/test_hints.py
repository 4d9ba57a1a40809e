"""What a finding proposes: for a field that nothing resembles, for a map that is missing, for a metric's block."""

from __future__ import annotations

import pytest

from sednactl.manifests.reading import read_documents
from sednactl.validation.check import check_documents

SERVICE = """
apiVersion: sedna.io/v1alpha1
kind: JointInferenceService
metadata: {name: helmet}
spec:
  edgeWorker:
    model: {name: little}
    hardExampleMining: {name: IBT}
    template: {spec: {containers: [{name: little, image: "example/little:v1"}]}}
  cloudWorker:
    model: {name: big}
    template: {spec: {containers: [{name: big, image: "example/big:v1", resources: {requests: {cpu: 1}}}]}}
    hpa:
      maxReplicas: 5
      metrics:
      - type: Resource
        resource: {name: cpu, target: {type: Utilization, averageUtilization: 20}}
"""


def hint(rule: str, old: str, new: str) -> str:
    """Give the hint of the one finding of `rule` in the service with a piece of its text exchanged."""
    assert SERVICE.count(old) == 1
    documents = read_documents(SERVICE.replace(old, new).encode(), "x")
    (found,) = [finding for finding in check_documents(documents) if finding.rule == rule]
    return found.hint


@pytest.mark.parametrize(
    ("rule", "old", "new", "words"),
    [
        (
            "SDN004",
            "averageUtilization: 20}",
            "averageUtilization: 20%}",
            "write 20: a whole number, without the unit",
        ),
        (
            "SDN003",
            "template: {spec: {containers: [{name: little",
            "template: {spec: {zzz: 1, containers: [{name: little",
            "remove it; 'sednactl explain JointInferenceService.spec.edgeWorker.template.spec' lists what there is",
        ),
        (
            "SDN003",
            "[{name: little",
            "[{zzz: 1, name: little",
            "remove it; 'sednactl explain JointInferenceService.spec.edgeWorker.template.spec.containers' "
            "lists what there is",
        ),
        (
            "SDN003",
            "{name: helmet}",
            "{name: helmet, zzz: 1}",
            "remove it; 'sednactl explain JointInferenceService.metadata' lists what there is",
        ),
        ("SDN003", "    model: {name: little}", "    modle: {name: little}", 'did you mean "model"?'),
        ("SDN003", "\nspec:\n", "\nspec:\n  zzz: 1\n", "known here: edgeWorker, cloudWorker"),
        ("SDN005", "    model: {name: little}\n", "", "add model: a map with name"),
        ("SDN005", "hpa:\n      maxReplicas: 5", "hpa:", "add maxReplicas: a whole number"),
        ("SDN005", "\nspec:\n", "\nstatus:\n", "add spec: a map with cloudWorker and edgeWorker"),
        (
            "SDN206",
            "type: Resource",
            "type: Pods",
            'write type: Resource, or pods in place of "resource"',
        ),
        (
            "SDN206",
            "        resource: {name: cpu, target: {type: Utilization, averageUtilization: 20}}\n",
            "",
            'add "resource:"',
        ),
    ],
)
def test_hints(rule: str, old: str, new: str, words: str) -> None:
    assert hint(rule, old, new) == words
