"""Random states of an autoscaler: its spec, its target's Scale, pods in every condition, and their metrics.

All times lie far from every boundary or in the future, so that nothing depends
on the second in which the controller looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from tests.live.plane.kubelet import BY_HAND

Json = dict[str, Any]
HOLD = "sednactl.test/hold"
GROUP, PLURAL, KIND = "sednactl.test", "targets", "Target"
QUEUE = "queue"


@dataclass(frozen=True)
class State:
    """Everything to be created for one autoscaler; `statuses` and `deleted` are by pod name.

    `metrics` are PodMetrics, `custom` the MetricValues of its pods and of its target.
    """

    name: str
    hpa: Json
    target: Json
    pods: list[Json]
    statuses: dict[str, Json]
    deleted: list[str]
    metrics: list[Json]
    custom: list[Json]


def random_state(random: Random, name: str, now: datetime) -> State:
    """Draw a state; half of them are well: all pods run and are measured. Pods carry the label `of` with its name."""
    if random.random() < 0.5:
        return _well(random, name, now)
    told = random.choice([0, 1, 1, 2, 2, 3, 4, 5, 6, 8])
    # Not zero while some are told: a share of a sum is then no number that a status can hold.
    running = told if random.random() < 0.8 else random.randrange(1, 9)
    count = random.choice([0, 1, 1, 2, 3, 4, 5, 6])
    without_request = random.randrange(count) if count and random.random() < 0.06 else None
    pods, statuses, deleted, metrics = [], {}, [], []
    for number in range(count):
        pod = f"{name}-{number}"
        pods.append(_pod(random, name, pod, no_request=number == without_request))
        statuses[pod] = _status(random, now)
        if random.random() < 0.1:
            pods[-1]["metadata"]["finalizers"] = [HOLD]
            deleted.append(pod)
        if random.random() < 0.85:
            metrics.append(_metrics(random, pods[-1], now))
    status: Json = {"replicas": running}
    if random.random() < 0.95:
        status["selector"] = f"of={name}"
    target = {
        "apiVersion": f"{GROUP}/v1",
        "kind": KIND,
        "metadata": {"name": name},
        "spec": {"replicas": told},
        "status": status,
    }
    custom = _custom(random, name, [pod["metadata"]["name"] for pod in pods], now)
    return State(name, _hpa(random, name), target, pods, statuses, deleted, metrics, custom)


def _well(random: Random, name: str, now: datetime) -> State:
    """Draw a state whose metrics can all be had, so that windows, policies and bounds decide."""
    count = random.randint(1, 8)
    pods = [_pod(random, name, f"{name}-{number}", no_request=False) for number in range(count)]
    start = _text(now - timedelta(hours=2))
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": start}
    statuses = {
        pod["metadata"]["name"]: {"phase": "Running", "startTime": start, "conditions": [ready]}
        for pod in pods
    }
    top = random.choice([60, 200, 900])
    metrics = []
    for pod in pods:
        sidecars = [one for one in pod["spec"].get("initContainers", []) if "restartPolicy" in one]
        usages = [
            {
                "name": one["name"],
                "usage": {"cpu": f"{random.randrange(top)}m", "memory": f"{random.randrange(top)}Mi"},
            }
            for one in (*pod["spec"]["containers"], *sidecars)
        ]
        metrics.append(
            {**_metrics(random, pod, now), "timestamp": _text(now), "window": "1s", "containers": usages}
        )
    hpa = _hpa(random, name)
    resource: Json = {"name": random.choice(["cpu", "cpu", "memory"])}
    resource["target"] = {"type": "Utilization", "averageUtilization": random.choice([10, 30, 60, 90])}
    hpa["spec"]["metrics"] = [{"type": "Resource", "resource": resource}]
    hpa["spec"]["maxReplicas"] = max(hpa["spec"]["maxReplicas"], random.choice([count, 3 * count]))
    target = {
        "apiVersion": f"{GROUP}/v1",
        "kind": KIND,
        "metadata": {"name": name},
        "spec": {"replicas": count},
        "status": {"replicas": count, "selector": f"of={name}"},
    }
    return State(name, hpa, target, pods, statuses, [], metrics, [])


def _pod(random: Random, of: str, name: str, *, no_request: bool) -> Json:
    containers = []
    for container in ("main", "side")[: random.choice([1, 2])]:
        requests = {"cpu": f"{random.randrange(1, 20) * 50}m", "memory": f"{random.randrange(1, 9) * 32}Mi"}
        if no_request:
            requests.pop(random.choice(["cpu", "memory"]))
        containers.append({"name": container, "image": "example/x:v1", "resources": {"requests": requests}})
    metadata = {"name": name, "labels": {"of": of}, "annotations": {BY_HAND: "true"}}
    spec: Json = {"containers": containers, "nodeName": "edge-node"}
    if random.random() < 0.2:
        policy = {} if random.random() < 0.5 else {"restartPolicy": "Always"}
        resources = {"requests": {"cpu": "30m", "memory": "16Mi"}}
        spec["initContainers"] = [{"name": "init", "image": "example/x:v1", "resources": resources, **policy}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _status(random: Random, now: datetime) -> Json:
    phase = random.choices(["Running", "Pending", "Failed", "Succeeded"], [80, 9, 6, 5])[0]
    status: Json = {"phase": phase}
    # A pod that starts in the future is in its CPU initialization period for the whole test.
    start = now + random.choice([timedelta(hours=-2), timedelta(hours=-2), timedelta(hours=2)])
    if random.random() < 0.95:
        status["startTime"] = _text(start)
    if random.random() < 0.95:
        ready = random.choices(["True", "False", "Unknown"], [75, 20, 5])[0]
        changed = random.choice([start, start + timedelta(minutes=20), now - timedelta(minutes=10)])
        status["conditions"] = [
            {"type": "Initialized", "status": "True", "lastTransitionTime": _text(start)},
            {"type": "Ready", "status": ready, "lastTransitionTime": _text(changed)},
        ]
    return status


def _metrics(random: Random, pod: Json, now: datetime) -> Json:
    containers = []
    sidecars = [one for one in pod["spec"].get("initContainers", []) if "restartPolicy" in one]
    for container in (*pod["spec"]["containers"], *sidecars):
        usage = {
            "cpu": f"{random.choice([0, random.randrange(2_000), random.randrange(200)]) * 1_000_003}n",
            "memory": f"{random.randrange(400_000)}Ki",
        }
        if random.random() < 0.03:
            usage.pop(random.choice(["cpu", "memory"]))
        containers.append({"name": container["name"], "usage": usage})
    if random.random() < 0.02:
        containers = []
    taken = now + random.choice([timedelta(minutes=-1), timedelta(minutes=-15), timedelta(hours=3)])
    return {
        "apiVersion": "metrics.k8s.io/v1beta1",
        "kind": "PodMetrics",
        "metadata": {"name": pod["metadata"]["name"], "labels": pod["metadata"]["labels"]},
        "timestamp": _text(taken),
        "window": random.choice(["1s", "15.25s", "1m0s"]),
        "containers": containers,
    }


def _custom(random: Random, name: str, pods: list[str], now: datetime) -> list[Json]:
    """Draw values of `qps` for most pods, sometimes for one that is gone, and of `jobs` for the target."""
    top = random.choice([4, 12, 40])
    told = [pod for pod in pods if random.random() < 0.85]
    if random.random() < 0.1:
        told.append(f"{name}-gone")
    values = [
        {
            **_value("qps", "Pod", "v1", pod, f"{random.randrange(top * 1000)}m", now),
            **({"windowSeconds": 30} if random.random() < 0.5 else {}),
        }
        for pod in told
    ]
    if random.random() < 0.9:
        amount = random.choice(["0", "3", "17500m", "60", "1k"])
        values.append(_value("jobs", KIND, f"{GROUP}/v1", name, amount, now))
    return values


def _value(metric: str, kind: str, version: str, name: str, value: str, now: datetime) -> Json:
    return {
        "describedObject": {"kind": kind, "apiVersion": version, "name": name},
        "metric": {"name": metric},
        "timestamp": _text(now),
        "value": value,
    }


def _hpa(random: Random, name: str) -> Json:
    most = random.choice([1, 2, 3, 5, 8, 12, 30])
    spec: Json = {
        "scaleTargetRef": {"apiVersion": f"{GROUP}/v1", "kind": KIND, "name": name},
        "maxReplicas": most,
    }
    if random.random() < 0.8:
        spec["minReplicas"] = random.randint(1, min(most, 4))
    metrics = [_metric(random, name) for _ in range(random.choice([0, 1, 1, 1, 2, 3]))]
    if metrics:
        spec["metrics"] = metrics
    if random.random() < 0.5:
        ways = {way: _rules(random) for way in ("scaleUp", "scaleDown") if random.random() < 0.7}
        spec["behavior"] = {way: rules for way, rules in ways.items() if rules}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name},
        "spec": spec,
    }


def _metric(random: Random, name: str) -> Json:
    kind = random.choices(
        ["Resource", "ContainerResource", "External", "Pods", "Object"], [40, 15, 15, 15, 15]
    )[0]
    if kind == "External":
        metric: Json = {"name": random.choice([QUEUE, QUEUE, QUEUE, "nothing"])}
        if random.random() < 0.6:
            metric["selector"] = {"matchLabels": {"queue": random.choice(["a", "b", "c"])}}
        return {"type": kind, "external": {"metric": metric, "target": _sum_or_share(random)}}
    if kind == "Object":
        about = {"apiVersion": f"{GROUP}/v1", "kind": KIND, "name": name}
        metric = {"name": random.choice(["jobs", "jobs", "nothing"])}
        return {
            "type": kind,
            "object": {"metric": metric, "describedObject": about, "target": _sum_or_share(random)},
        }
    if kind == "Pods":
        average = {"type": "AverageValue", "averageValue": random.choice(["500m", "2", "5", "20"])}
        metric = {"name": random.choice(["qps", "qps", "qps", "nothing"])}
        return {"type": kind, "pods": {"metric": metric, "target": average}}
    resource = random.choice(["cpu", "cpu", "memory"])
    if random.random() < 0.7:
        target_: Json = {
            "type": "Utilization",
            "averageUtilization": random.choice([5, 20, 50, 80, 100, 150]),
        }
    else:
        amount = "150m" if resource == "cpu" else "70Mi"
        target_ = {"type": "AverageValue", "averageValue": amount}
    source: Json = {"name": resource, "target": target_}
    if kind == "ContainerResource":
        source["container"] = random.choice(["main", "main", "side"])
        return {"type": kind, "containerResource": source}
    return {"type": kind, "resource": source}


def _sum_or_share(random: Random) -> Json:
    target = random.choice(["Value", "AverageValue"])
    amount = random.choice(["1", "2", "5", "1500m", "40"])
    return {"type": target, target[0].lower() + target[1:]: amount}


def _rules(random: Random) -> Json:
    """Draw the rules of one way; periods are so long that no event leaves them during a test.

    A way that is not drawn has the default rules, whose period is fifteen seconds: whoever
    compares has to wait until nothing changes for longer than that.
    """
    rules: Json = {}
    if random.random() < 0.6:
        rules["stabilizationWindowSeconds"] = random.choice([0, 0, 600])
    if random.random() < 0.4:
        rules["selectPolicy"] = random.choice(["Max", "Min", "Disabled"])
    rules["policies"] = [
        {
            "type": random.choice(["Pods", "Percent"]),
            "value": random.choice([1, 2, 3, 10, 50, 100, 150]),
            "periodSeconds": random.choice([600, 1800]),
        }
        for _ in range(random.choice([1, 2]))
    ]
    return rules


def _text(time: datetime) -> str:
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
