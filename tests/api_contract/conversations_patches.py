"""What is said with patches that cannot be carried out, and with writes that meet a changed definition."""

from __future__ import annotations

import json
from typing import Any

from tests.api_contract.conversations import A, G, N, Step, deployment, model, named
from tests.api_contract.raw import JSON_PATCH, MERGE, STRATEGIC

_UNFIT: dict[str, list[Any]] = {
    f"{N}/configmaps/c": [
        {"data": {"a": 3}},
        {"data": []},
        {"metadata": {"labels": 3}},
        {"kind": "X"},
        {"apiVersion": "v2"},
        {"metadata": {"name": "other"}},
        {"nope": 1},
    ],
    f"{A}/deployments/d": [
        {"spec": {"replicas": "x"}},
        {"spec": {"template": {"spec": {"containers": "x"}}}},
        {"spec": {"nope": 1}},
        {"spec": 3},
        {"spec": {"replicas": -1}},
    ],
    f"{G}/models/m": [
        {"spec": {"url": 3}},
        {"spec": {"nope": 1}},
        {"spec": 3},
        {"metadata": {"labels": 3}},
        {"metadata": 3},
        {"kind": "X"},
        {"kind": None},
    ],
}
_OPERATIONS: list[Any] = [
    [{"op": "test", "path": "/kind", "value": "Z"}],
    [{"op": "remove", "path": "/zzz"}],
    [{"op": "replace", "path": "", "value": 3}],
    [{"op": "replace", "path": "/kind", "value": "X"}],
    [{"op": "remove", "path": "/kind"}],
    [{"op": "add", "path": "/nope", "value": 3}],
    [{"op": "nope", "path": "/metadata", "value": 3}],
    [{"op": "add", "path": "metadata"}],
    {"a": 1},
    3,
]


def _steps() -> list[Step]:
    steps: list[Step] = [
        ("p.c", "POST", f"{N}/configmaps", named("ConfigMap", "c", data={"a": "b"}), {}),
        ("p.d", "POST", f"{A}/deployments", deployment("d"), {}),
        ("p.m", "POST", f"{G}/models", model("m"), {}),
    ]
    for path, patches in _UNFIT.items():
        name = path.rpartition("/")[2]
        for validation in ("Warn", "Strict"):
            for how in (MERGE, STRATEGIC):
                steps += [
                    (
                        f"{name}.{validation}.{how.partition('/')[2][:5]}.{json.dumps(patch)}",
                        "PATCH",
                        path,
                        patch,
                        {"content_type": how, "query": {"fieldValidation": validation}},
                    )
                    for patch in patches
                ]
        steps += [
            (f"{name}.json.{json.dumps(patch)}", "PATCH", path, patch, {"content_type": JSON_PATCH})
            for patch in _OPERATIONS
        ]
    owner = {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u", "controller": True}
    twice = {"metadata": {"ownerReferences": [owner, owner]}}
    other = named("ConfigMap", "o")
    other["metadata"]["ownerReferences"] = [owner, owner]
    steps += [
        ("p.owners", "POST", f"{N}/configmaps", other, {}),
        ("p.ownersput", "PUT", f"{N}/configmaps/o", other, {}),
        ("p.ownerspatch", "PATCH", f"{N}/configmaps/c", twice, {"content_type": MERGE}),
        ("p.status", "PUT", f"{G}/models/m/status", {**model("m"), "status": {}}, {}),
    ]
    return steps


PATCHES: list[Step] = _steps()
