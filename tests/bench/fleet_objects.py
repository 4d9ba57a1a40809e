"""A generated fleet as an API server would list it: pre-rendered items in files, and which of them are ghosts.

A fleet of N pods has N/25 JointInferenceServices, each with two Deployments,
two ReplicaSets, a Service, an autoscaler and 20 pods; a fifth of the pods are
other people's. One pod in a hundred is a ghost's: half of those are bare pods
from before 0.7, the others hang on Deployments that an orphaning deletion left.
Some look like ghosts and are none: they are too young, or marked to be kept.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, REPLICA_SET, SERVICE, Resource

OLD, PODS_EACH, PODS_ON_GHOST = "2026-01-20T08:00:00Z", 20, 5
_FIELDS = (
    '"managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1",'
    '"time":"2026-01-20T08:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:generateName":{},'
    '"f:labels":{".":{},"f:app.sedna.io":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{}}},'
    '"f:spec":{"f:containers":{"k:{\\"name\\":\\"main\\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},'
    '"f:name":{},"f:resources":{}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{}}}}]'
)


@dataclass
class Fleet:
    """Where the items of each list lie, how many there are, and the names of all ghosts as `-o name` writes them.

    `full` is a slice of the pods with spec and status, for clients that ask for whole objects.
    """

    folder: Path
    counts: dict[str, int] = field(default_factory=dict)
    ghosts: set[str] = field(default_factory=set)

    @property
    def objects(self) -> int:
        """Give how many objects there are to look at."""
        return sum(count for name, count in self.counts.items() if not name.endswith(".full"))


class _Items:
    """Items of one list on their way into a file, comma behind each, with an index of where each begins."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.offsets = array("Q", [0])

    def add(self, text: str) -> None:
        data = text.encode() + b","
        self.stream.write(data)
        self.offsets.append(self.offsets[-1] + len(data))


def uid(family: int, number: int) -> str:
    return f"{family:08x}-0000-4000-8000-{number:012x}"


def _labels(name: str, owner: str, side: str, prefix: str = "jointinferenceservice") -> str:
    return (
        f'"labels":{{"app.sedna.io":"{name}-{side.title()}-svc","{prefix}.sedna.io/name":"{name}",'
        f'"{prefix}.sedna.io/uid":"{owner}","{prefix}.sedna.io/worker-type":"{side}"}}'
    )


def _item(
    name: str, place: str, own: str, labels: str, owner: str = "", created: str = OLD, more: str = ""
) -> str:
    return (
        f'{{"metadata":{{"name":"{name}","namespace":"{place}","uid":"{own}","resourceVersion":"7",'
        f'"creationTimestamp":"{created}",{labels}{owner}{more},{_FIELDS}}}}}'
    )


def _owner(version: str, kind: str, name: str, own: str) -> str:
    return (
        f',"ownerReferences":[{{"apiVersion":"{version}","kind":"{kind}","name":"{name}","uid":"{own}",'
        '"controller":true,"blockOwnerDeletion":true}]'
    )


def render(folder: Path, pods: int, now: str, full: int = 0) -> Fleet:
    """Write the lists of a fleet with so many pods; `now` is what its youngest objects were created at (RFC 3339)."""
    fleet = Fleet(folder)
    resources = (JOINT_INFERENCE.resource, DEPLOYMENT, REPLICA_SET, POD, SERVICE, HPA)
    lists: dict[Resource, _Items] = {}
    for resource in resources:
        lists[resource] = _Items((folder / resource.plural).open("wb"))
    for resource, text in _objects(pods, now, fleet.ghosts):
        lists[resource].add(text)
    for resource, items in lists.items():
        _finish(fleet, resource.plural, items)
    _slice(fleet, full)
    return fleet


def _objects(pods: int, now: str, ghosts: set[str]) -> Iterator[tuple[Resource, str]]:
    # In the order of their keys, as the API server lists them, a namespace after the other.
    workloads, dead = pods // 25, pods // 100
    plain = pods - workloads * PODS_EACH - dead
    places = 100
    for place in range(places):
        for number in range(place, workloads, places):
            yield from _service(f"helmet-{number:06}", f"site-{place:03}", number)
        for number in range(place, dead // 2, places):
            name = f"old-{number:06}-edge-abcde"
            labels = _labels(f"old-{number:06}", uid(9, number), "edge", "jointinference")
            owner = _owner("sedna.io/v1alpha1", "JointInference", f"old-{number:06}", uid(9, number))
            look_alike = number % 50 == 7
            young = look_alike and number % 100 == 7
            more = ',"annotations":{"sednactl.io/keep":"true"}' if look_alike and not young else ""
            created = now if young else OLD
            yield POD, _item(name, f"site-{place:03}", uid(10, number), labels, owner, created, more)
            if not look_alike:
                ghosts.add(f"pod/{name}")
        for number in range(place, (dead - dead // 2) // PODS_ON_GHOST, places):
            ghosts.add(f"deployment.apps/stray-{number:06}-deployment-edge")
            yield from _deployed(
                f"stray-{number:06}", f"site-{place:03}", number, uid(8, number), PODS_ON_GHOST
            )
        for number in range(place, plain, places):
            labels = f'"labels":{{"app":"web-{number}","pod-template-hash":"7d4b9c6f5"}}'
            owner = _owner("apps/v1", "ReplicaSet", f"web-{number}", uid(7, number))
            yield POD, _item(f"web-{number:06}-x", f"site-{place:03}", uid(6, number), labels, owner)


def _service(name: str, place: str, number: int) -> Iterator[tuple[Resource, str]]:
    own = uid(1, number)
    owner = _owner("sedna.io/v1alpha1", "JointInferenceService", name, own)
    yield JOINT_INFERENCE.resource, _item(name, place, own, '"generation":1')
    yield SERVICE, _item(f"{name}-cloud", place, uid(2, number), _labels(name, own, "cloud"), owner)
    hpa = f"hpa-{name}-deployment-cloud"
    yield HPA, _item(hpa, place, uid(3, number), _labels(name, own, "cloud"), owner)
    yield from _deployed(name, place, 1_000_000 + 2 * number, own, PODS_EACH // 2, owner, "cloud")
    yield from _deployed(name, place, 1_000_001 + 2 * number, own, PODS_EACH // 2, owner)


def _deployed(
    name: str, place: str, number: int, own: str, pods: int, owner: str = "", side: str = "edge"
) -> Iterator[tuple[Resource, str]]:
    labels = _labels(name, own, side)
    deployment = f"{name}-deployment-{side}"
    yield DEPLOYMENT, _item(deployment, place, uid(4, number), labels, owner)
    above = _owner("apps/v1", "Deployment", deployment, uid(4, number))
    yield REPLICA_SET, _item(f"{deployment}-7d4b9c6f5", place, uid(5, number), labels, above)
    above = _owner("apps/v1", "ReplicaSet", f"{deployment}-7d4b9c6f5", uid(5, number))
    for one in range(pods):
        pod = f"{deployment}-7d4b9c6f5-{one:05}"
        yield POD, _item(pod, place, uid(16 + one, number), labels, above)


def _finish(fleet: Fleet, name: str, items: _Items) -> None:
    items.stream.close()
    (fleet.folder / f"{name}.index").write_bytes(items.offsets.tobytes())
    fleet.counts[name] = len(items.offsets) - 1


def _slice(fleet: Fleet, count: int) -> None:
    """Write the first `count` pods again, whole."""
    source = (fleet.folder / POD.plural).open("rb")
    offsets = index_of(fleet.folder / POD.plural)
    with source, (fleet.folder / f"{POD.plural}.full").open("wb") as stream:
        items = _Items(stream)
        rest = json.dumps(_rest_of_a_pod())[1:]
        for number in range(min(count, len(offsets) - 1)):
            item = source.read(offsets[number + 1] - offsets[number])[:-2].decode()
            items.add(f"{item},{rest}")
        _finish(fleet, f"{POD.plural}.full", items)


def index_of(items: Path) -> array[int]:
    """Give where each item of a list begins in its file, and where the last one ends."""
    offsets: array[int] = array("Q")
    offsets.frombytes(items.with_name(f"{items.name}.index").read_bytes())
    return offsets


def _rest_of_a_pod() -> dict[str, Any]:
    variables = [{"name": f"SETTING_{n}", "value": "/home/data/model"} for n in range(10)]
    container = {
        "name": "main", "image": "registry.example/helmet:v1", "env": variables, "resources": {"requests": {"cpu": "1"}},
        "imagePullPolicy": "IfNotPresent", "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "volumeMounts": [{"name": "model", "mountPath": "/home/data"}, {"name": "token", "mountPath": "/var/run"}],
    }  # fmt: skip
    conditions = [
        {"type": kind, "status": "True", "lastProbeTime": None, "lastTransitionTime": OLD}
        for kind in ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    ]
    tolerations = [
        {"key": f"node.kubernetes.io/{k}", "operator": "Exists", "effect": "NoExecute"} for k in "ab"
    ]
    state = {
        "name": "main",
        "ready": True,
        "started": True,
        "state": {"running": {"startedAt": OLD}},
        "image": "x",
    }
    return {
        "spec": {
            "containers": [container], "nodeName": "edge-000001", "serviceAccountName": "default",
            "schedulerName": "default-scheduler", "tolerations": tolerations, "restartPolicy": "Always",
            "volumes": [{"name": "model", "hostPath": {"path": "/models", "type": "Directory"}}],
        },
        "status": {"phase": "Running", "conditions": conditions, "containerStatuses": [state], "podIP": "10.0.0.7"},
    }  # fmt: skip
