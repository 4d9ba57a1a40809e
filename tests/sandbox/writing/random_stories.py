"""Stories made at random, from a seed: many managers write, patch and apply one object again and again."""

from __future__ import annotations

import random
from typing import Any

from tests.sandbox.writing.story import JSON_PATCH, MERGE, STRATEGIC, Story, Write

_MANAGERS = ("a", "b", "c")


def random_story(seed: int, steps: int = 6) -> Story:
    """Give the story of a seed, always the same one."""
    dice = random.Random(seed)
    kind = dice.choice(("Deployment", "ConfigMap", "JointInferenceService", "Service"))
    make = {
        "Deployment": _deployment,
        "ConfigMap": _config,
        "JointInferenceService": _inference,
        "Service": _service,
    }[kind]
    writes = [Write(dice.choice(("create", "apply")), make(dice, whole=True), {"manager": "a"})]
    for _ in range(steps):
        options: dict[str, Any] = {"manager": dice.choice(_MANAGERS)}
        how = dice.choice(("apply", "apply", "apply", MERGE, STRATEGIC, "update"))
        if kind == "JointInferenceService" and how == STRATEGIC:
            how = JSON_PATCH
        if how == "apply":
            options["force"] = dice.random() < 0.5
        body: Any = make(dice, whole=how == "update")
        if how == JSON_PATCH:
            body = [{"op": "add", "path": "/metadata/labels", "value": {"x": "1"}}]
        elif how == MERGE and dice.random() < 0.3:
            body = {"metadata": {"labels": None}}
        writes.append(Write(how, body, options))
    return Story(f"random-{seed}", kind, tuple(writes))


def _some(dice: random.Random, among: dict[str, Any], chance: float = 0.5) -> dict[str, Any]:
    return {key: value for key, value in among.items() if dice.random() < chance}


def _labels(dice: random.Random) -> dict[str, str]:
    return {key: dice.choice("123") for key in "xyz" if dice.random() < 0.4}


def _metadata(dice: random.Random) -> dict[str, Any]:
    return _some(
        dice,
        {
            "labels": _labels(dice),
            "annotations": _labels(dice),
            "finalizers": dice.sample(["x.io/a", "x.io/b", "x.io/c"], dice.randint(1, 3)),
            "ownerReferences": [
                {"apiVersion": "v1", "kind": "Pod", "name": dice.choice("pq"), "uid": uid}
                for uid in dice.sample("uvw", dice.randint(1, 2))
            ],
        },
        0.3,
    )


def _container(dice: random.Random, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "image": f"image:{dice.choice('123')}",
        **_some(
            dice,
            {
                "env": [
                    {"name": key, **_some(dice, {"value": dice.choice("123")}, 0.8)}
                    for key in dice.sample("ABC", dice.randint(1, 3))
                ],
                "args": dice.sample("abc", dice.randint(1, 3)),
                "ports": [
                    {"containerPort": port, **_some(dice, {"protocol": dice.choice(("TCP", "UDP"))}, 0.3)}
                    for port in dice.sample((80, 81, 82), dice.randint(1, 2))
                ],
                "resources": _some(
                    dice,
                    {
                        "limits": {"cpu": dice.choice((1, "1000m", "2"))},
                        "requests": {"cpu": dice.choice(("100m", "0.1"))},
                    },
                ),
                "tty": dice.choice((True, False)),
            },
            0.35,
        ),
    }


def _pod(dice: random.Random) -> dict[str, Any]:
    names = ["web", *(name for name in ("side", "other") if dice.random() < 0.3)]
    dice.shuffle(names)
    return {
        "containers": [_container(dice, name) for name in names],
        **_some(
            dice,
            {
                "nodeSelector": _labels(dice),
                "hostNetwork": dice.choice((True, False)),
                "tolerations": [{"key": dice.choice("kl"), "operator": "Exists"}],
                "volumes": [
                    {"name": name, **dice.choice(({"emptyDir": {}}, {"hostPath": {"path": "/a"}}))}
                    for name in dice.sample("vw", dice.randint(1, 2))
                ],
            },
            0.3,
        ),
    }


def _deployment(dice: random.Random, *, whole: bool) -> dict[str, Any]:
    spec = _some(
        dice,
        {
            "replicas": dice.randint(1, 3),
            "paused": dice.choice((True, False)),
            "strategy": dice.choice(({"type": "Recreate"}, {"rollingUpdate": {"maxSurge": 1}}, {})),
        },
        0.3,
    )
    if whole or dice.random() < 0.6:
        spec["selector"] = {"matchLabels": {"app": "web"}}
        labels = {"app": "web", **_labels(dice)}
        spec["template"] = {"metadata": {"labels": labels}, "spec": _pod(dice)}
    return {"metadata": _metadata(dice), "spec": spec}


def _config(dice: random.Random, *, whole: bool) -> dict[str, Any]:
    body = {"metadata": _metadata(dice), "data": _labels(dice)}
    return body if whole else _some(dice, body, 0.8)


def _inference(dice: random.Random, *, whole: bool) -> dict[str, Any]:
    def worker() -> dict[str, Any]:
        hpa = {"maxReplicas": dice.randint(1, 3), **_some(dice, {"minReplicas": 1})}
        return {
            "model": {"name": dice.choice("mn")},
            "template": {"spec": _pod(dice)},
            **_some(dice, {"hpa": hpa}),
        }

    mining = {"name": dice.choice("ij"), "parameters": [{"key": "k", "value": dice.choice("12")}]}
    spec: dict[str, Any] = {"edgeWorker": {**worker(), "hardExampleMining": mining}, "cloudWorker": worker()}
    return {"metadata": _metadata(dice), "spec": spec if whole else _some(dice, spec)}


def _service(dice: random.Random, *, whole: bool) -> dict[str, Any]:
    ports = [
        {"name": f"p{port}", "port": port, **_some(dice, {"targetPort": dice.choice((1, "http"))}, 0.3)}
        for port in dice.sample((80, 81, 82), dice.randint(1, 3))
    ]
    spec = _some(dice, {"selector": _labels(dice), "publishNotReadyAddresses": True}, 0.4)
    if whole or dice.random() < 0.7:
        spec["ports"] = ports
    return {"metadata": _metadata(dice), "spec": spec}
