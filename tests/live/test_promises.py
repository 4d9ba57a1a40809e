"""What `create` makes and `validate` passes really works: every kind, from the least that it needs to the most it takes.

What flags alone make is in `test_create_kinds`.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
import yaml

from sednactl.cluster.addresses import path_of
from sednactl.packaged import templates_dir
from sednactl.sedna.kinds import BY_KIND, SEDNA_KINDS, SednaKind
from sednactl.sedna.naming import longest_name
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, SERVICE, Resource
from tests.authoring.least_and_most import KEYS, LEAST, MOST
from tests.live.conftest import Sednactl
from tests.live.plane.api import MERGE, eventually
from tests.live.plane.plane import Plane
from tests.live.promises import Children, promised

Json = dict[str, Any]
LEARNING = ("IncrementalLearningJob", "LifelongLearningJob")
EXPLAINED = {
    "SDN701",  # of object tracking nothing runs: Sedna has no controller for it
    "SDN212",  # the example of joint inference shows a pinned edge worker that may scale
}
"""Warnings that the manifests below are meant to give."""


def _arguments(word: str, way: str) -> tuple[tuple[str, ...], str | None]:
    """Give the arguments of `create`, and its standard input."""
    if way == "least":
        return LEAST[word], None
    if way == "most":
        return ("-f", "-"), json.dumps(MOST[word])
    text = (templates_dir() / "examples" / f"{word}.yaml").read_text()
    described = [part for part in ("models", "datasets") if f"\n{part}:" in text]
    return ("-f", "-", *(f"--with-{part}" for part in described)), text


def _name(kind: SednaKind, way: str) -> str:
    if way == "least":
        return kind.word[0]  # one letter
    return kind.word.ljust(longest_name(kind), "x") if way == "most" else f"x-{kind.word}"


class Cluster:
    """What a namespace holds, looked at once for all workloads in it."""

    def __init__(self, plane: Plane, namespace: str) -> None:
        self._found = {
            resource: plane.api.expect("GET", path_of(resource, namespace))["items"]
            for resource in (DEPLOYMENT, SERVICE, HPA, POD)
        }

    def owned(self, resource: Resource, uid: str) -> list[Json]:
        """Give what a workload owns itself."""
        return [
            item
            for item in self._found[resource]
            if any(owner["uid"] == uid for owner in item["metadata"].get("ownerReferences", ()))
        ]

    def names(self, resource: Resource, uid: str) -> set[str]:
        return {item["metadata"]["name"] for item in self.owned(resource, uid)}

    def pods(self, uid: str, kind: SednaKind) -> dict[str, int]:
        """Count the pods that a workload owns itself by their worker type."""
        found: dict[str, int] = {}
        for pod in self.owned(POD, uid):
            worker = pod["metadata"]["labels"][f"{kind.label_prefix}/worker-type"]
            found[worker] = found.get(worker, 0) + 1
        return found

    def reached(self, service: Json) -> list[Json]:
        """Give the pods that a Service selects."""
        wanted = service["spec"]["selector"].items()
        return [pod for pod in self._found[POD] if wanted <= pod["metadata"]["labels"].items()]

    def missing(self, workload: Json, uid: str, expected: Children, *, ready: bool) -> list[str]:
        """Tell what a workload has not got of what it was promised, or got beside it."""
        pods = self.pods(uid, BY_KIND[workload["kind"]])
        if workload["kind"] in LEARNING:  # which has more where a Local Controller lets it learn
            pods = {worker: number for worker, number in pods.items() if worker in expected.pods}
        told = []
        for what, found, wanted in (
            ("deployments", self.names(DEPLOYMENT, uid), set(expected.deployments)),
            ("services", self.names(SERVICE, uid), expected.services),
            ("autoscalers", self.names(HPA, uid), expected.hpas),
            ("pods", pods, expected.pods),
        ):
            if found != wanted:
                told.append(f"{what}: {found}, promised {wanted}")
        for deployment in self.owned(DEPLOYMENT, uid):
            name, status = deployment["metadata"]["name"], deployment.get("status", {})
            replicas = status.get("replicas", 0)
            if replicas not in expected.deployments.get(name, ()):
                told.append(f"{name}: {replicas} pods")
            if ready and status.get("readyReplicas", 0) != replicas:
                told.append(f"{name}: {status.get('readyReplicas', 0)} ready of {replicas}")
        for service in self.owned(SERVICE, uid):
            if not self.reached(service):
                told.append(f"{service['metadata']['name']} reaches no pod")
        if ready:
            told += [
                f"{pod['metadata']['name']} is {pod['status'].get('phase')}"
                for pod in self.owned(POD, uid)
                if pod["status"].get("phase") != "Running"
            ]
            told += [
                f"{hpa['metadata']['name']} cannot scale"
                for hpa in self.owned(HPA, uid)
                if not _finds_its_deployment(hpa)
            ]
        return told


def _finds_its_deployment(hpa: Json) -> bool:
    conditions = hpa.get("status", {}).get("conditions", ())
    return any((one["type"], one["status"]) == ("AbleToScale", "True") for one in conditions)


def _stored(plane: Plane, workload: Json) -> Json:
    meta = workload["metadata"]
    resource = BY_KIND[workload["kind"]].resource
    return plane.api.expect("GET", path_of(resource, meta["namespace"], meta["name"]))


@pytest.mark.parametrize("way", ["least", "values", "most"])
def test_what_validate_passes_works(plane: Plane, namespace: str, sednactl: Sednactl, way: str) -> None:
    if not plane.has_global_manager:
        pytest.skip("the stand-in Global Manager makes joint inference services only")
    documents = [{**KEYS, "metadata": {**KEYS["metadata"], "namespace": namespace}}]
    for kind in SEDNA_KINDS:
        arguments, text = _arguments(kind.word, way)
        rendering = ("-n", namespace, "--dry-run=client", "-o", "yaml")
        made = sednactl("create", kind.word, _name(kind, way), *arguments, *rendering, input=text)
        assert made.code == 0, made.err
        documents += yaml.safe_load_all(made.out)
    stream = yaml.safe_dump_all(documents)
    judged = json.loads(sednactl("validate", "-", "-o", "json", input=stream).out)
    told = [one for one in judged["findings"] if one["level"] != "info"]
    assert {one["rule"] for one in told} <= EXPLAINED, told
    applied = sednactl("apply", "-f", "-", input=stream)
    assert applied.code == 0, applied.err

    workloads = [one for one in documents if one["kind"] not in ("Model", "Dataset", "Secret")]
    uids = {one["kind"]: _stored(plane, one)["metadata"]["uid"] for one in workloads}

    def all_there() -> bool:
        cluster = Cluster(plane, namespace)
        # The nodes of the values that come along are none of this cluster's.
        missing = {
            one["kind"]: told
            for one in workloads
            if (told := cluster.missing(one, uids[one["kind"]], promised(one), ready=way != "values"))
        }
        assert not missing
        return True

    eventually(all_there, what="the promised children")
    if way == "most" and not plane.has_local_controller:  # the longest names, which tell the stage only just
        _learn(plane, namespace, [one for one in workloads if one["kind"] in LEARNING], uids)


def _learn(plane: Plane, namespace: str, jobs: list[Json], uids: dict[str, str]) -> None:
    """Take learning jobs through all their stages, in a Local Controller's place."""

    def has_pod(job: Json, worker: str) -> bool:
        return worker in Cluster(plane, namespace).pods(uids[job["kind"]], BY_KIND[job["kind"]])

    for stage, worker in (("Train", "train"), ("Eval", "eval"), ("Deploy", "inference")):
        for job in jobs:
            eventually(partial(_reported, plane, job, stage, "Waiting", "Ready"), every=0.5)
        for job in jobs:
            eventually(partial(has_pod, job, worker), what=f"a pod of {job['kind']} for {stage}")
            if stage != "Deploy":
                eventually(partial(_reported, plane, job, stage, "Running", "Completed"), every=0.5)


def _reported(plane: Plane, job: Json, stage: str, before: str, after: str) -> bool:
    """Report a condition once the job has the one before it; tells whether the Global Manager has acted on it.

    It may write over a report what it had seen before, so that the same has to be said again.
    """
    conditions = _stored(plane, job).get("status", {}).get("conditions", [])
    found = [(one["stage"], one["type"]) for one in conditions]
    if found[-1:] == [(stage, before)]:
        _report(plane, job, conditions, stage, after)
    assert (stage, after) in found[:-1], found
    return True


def _report(plane: Plane, job: Json, conditions: list[Json], stage: str, type_: str) -> None:
    """Say what the node's Local Controller would: that a stage can begin, or is done."""
    given = {
        "models": [{"url": "/models/base.pb", "format": "pb"}, {"url": "/output/model.pb", "format": "pb"}],
        "dataURL": "/output/data/train/1/data.txt",
        "outputDir": "/output/train/1",
    }
    condition = {"stage": stage, "type": type_, "status": "True", "data": json.dumps({"input": given})}
    meta = job["metadata"]
    path = path_of(BY_KIND[job["kind"]].resource, meta["namespace"], meta["name"], "status")
    plane.api.expect("PATCH", path, {"status": {"conditions": [*conditions, condition]}}, MERGE)
