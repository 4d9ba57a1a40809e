"""From checked values to what a template sees: every key there, short forms spelled out, names made up.

A template can then be short and say `edge.env` without asking whether somebody
gave one. What only makes sense across several values is judged here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.manifests.completed_worker import completed_worker
from sednactl.manifests.workers import workers_in
from sednactl.sedna.kinds import (
    DATASET,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    MODEL,
    OBJECT_SEARCH,
    OBJECT_TRACKING,
    REID,
    VIDEO_ANALYTICS,
    SednaKind,
)

Json = dict[str, Any]
DEFAULT_TRAIN_PROB = 0.8
_MOST_REPLICAS = 2**31 - 1


def template_values(kind: SednaKind, name: str, namespace: str | None, values: Mapping[str, Any]) -> Json:
    """Give the names a template of this kind may use. Raises InvalidInput for values that contradict each other."""
    metadata = {
        "name": name,
        "namespace": namespace or values.get("namespace"),
        "labels": values.get("labels", {}),
        "annotations": values.get("annotations", {}),
    }
    # Not as names of their own: `namespace` is a function of Jinja's.
    rest = {key: value for key, value in values.items() if key not in metadata}
    found: Json = {"vars": {}, **rest, "name": name, "metadata": metadata}
    return found | _OF_KIND[kind.word](kind, values)


def _stored(kind: SednaKind, values: Mapping[str, Any]) -> Json:
    own: Json = {"credential": None}
    if kind is MODEL:
        own["deviceSoc"] = []
    return own | {key: values[key] for key in own if key in values}


def _joint_inference(kind: SednaKind, values: Mapping[str, Any]) -> Json:
    from sednactl.manifests.scaled_sides import scaled_side, scaled_sides

    scaled = scaled_sides(values)
    found = {
        side: scaled_side(worker, side, side in scaled) for side, worker in _blocks(kind, values).items()
    }
    found["edge"]["hem"] = _hem(values.get("edge", {}).get("hem", {}))
    return found


def _federated_learning(kind: SednaKind, values: Mapping[str, Any]) -> Json:
    trainers = _listed(kind, values, "train", "training worker")
    return {
        "aggregation": _blocks(kind, values)["aggregation"],
        "train": {"workers": trainers},
        "pretrained": values.get("pretrained"),
        "transmitter": _transmitter(values),
    }


def _transmitter(values: Mapping[str, Any]) -> Json:
    """Give the transmitter as the API spells it; empty where the values leave it to Sedna."""
    said, credential = values.get("transmitter"), values.get("transmitterCredential")
    if said is not None and said.startswith("s3://"):
        keys = {"credentialName": credential} if credential else {}
        return {"s3": {"aggDataPath": said, **keys}}
    if said not in (None, "ws"):
        raise InvalidInput(
            f"transmitter {said!r} is none that Sedna has",
            hint="write ws, or an s3:// address such as s3://bucket/agg",
        )
    if credential:
        raise InvalidInput(
            "transmitterCredential is for an s3:// address, a websocket has no keys",
            hint="say transmitter: s3://BUCKET/PATH too, or leave the credential out",
        )
    return {} if said is None else {"ws": {}}


def _learning(kind: SednaKind, values: Mapping[str, Any]) -> Json:
    from sednactl.manifests.triggers import train_trigger

    share = values.get("trainProb", DEFAULT_TRAIN_PROB)
    if not 0 <= share <= 1:
        raise InvalidInput(f"trainProb {share} is no share", hint="give a number from 0 to 1, e.g. 0.8")
    found = _blocks(kind, values)
    found["train"]["trigger"] = train_trigger(found["train"], "train")
    return {"trainProb": share, "credential": values.get("credential"), **found}


def _incremental_learning(kind: SednaKind, values: Mapping[str, Any]) -> Json:
    from sednactl.manifests.triggers import deploy_trigger

    found = _learning(kind, values)
    deploy = {"hotUpdate": False, "pollSeconds": None, **found["deploy"]}
    if deploy["pollSeconds"] is not None and not (deploy["hotUpdate"] and deploy["pollSeconds"] >= 1):
        raise InvalidInput(
            "deploy.pollSeconds is for hotUpdate, and at least 1",
            hint="say deploy.hotUpdate: true too, or leave it out",
        )
    deploy["trigger"] = deploy_trigger(deploy, "deploy")
    deploy["hem"] = _hem(deploy.get("hem", {}))
    return {**found, "eval": {"model": None, **found["eval"]}, "deploy": deploy}


def _one_worker(kind: SednaKind, values: Mapping[str, Any]) -> Json:
    (worker,) = workers_in(kind, values)
    found: Json = {"worker": completed_worker(worker.values, (), kind.word), "kafka": values.get("kafka")}
    if kind is FEATURE_EXTRACTION:
        found["replicas"] = _replicas(values, "replicas")
    return found


def _object_workers(kind: SednaKind, values: Mapping[str, Any]) -> Json:
    blocks = _blocks(kind, values)
    reid = {**blocks["reid"], "replicas": _replicas(blocks["reid"], "reid.replicas")}
    return {
        **blocks,
        "tracking": {"workers": _listed(kind, values, "tracking", "tracking worker")},
        "reid": reid,
    }


_OF_KIND: dict[str, Callable[[SednaKind, Mapping[str, Any]], Json]] = {
    JOINT_INFERENCE.word: _joint_inference,
    FEDERATED_LEARNING.word: _federated_learning,
    INCREMENTAL_LEARNING.word: _incremental_learning,
    LIFELONG_LEARNING.word: _learning,
    FEATURE_EXTRACTION.word: _one_worker,
    REID.word: _one_worker,
    VIDEO_ANALYTICS.word: _one_worker,
    OBJECT_SEARCH.word: _object_workers,
    OBJECT_TRACKING.word: _object_workers,
    MODEL.word: _stored,
    DATASET.word: _stored,
}


def _blocks(kind: SednaKind, values: Mapping[str, Any]) -> dict[str, Json]:
    """Give the workers that have a block of their own, by its key."""
    return {
        str(worker.path[0]): completed_worker(worker.values, worker.path, str(worker.path[0]))
        for worker in workers_in(kind, values)
        if len(worker.path) == 1
    }


def _listed(kind: SednaKind, values: Mapping[str, Any], key: str, what: str) -> list[Json]:
    """Give the workers that a block lists. Raises InvalidInput for an empty list: nothing would be done."""
    found = [
        completed_worker(worker.values, worker.path, key)
        for worker in workers_in(kind, values)
        if worker.path[0] == key and len(worker.path) > 1
    ]
    if not found and "workers" in values.get(key, {}):
        raise InvalidInput(f"{key}.workers is empty: at least one {what} is needed")
    return found


def _replicas(values: Mapping[str, Any], where: str) -> int:
    """Give the replicas; one unless said, as the Global Manager crashes where the field is not there."""
    replicas: int = values.get("replicas", 1)
    if not 0 <= replicas <= _MOST_REPLICAS:
        raise InvalidInput(
            f"{where} {replicas} is no number of replicas", hint="give a whole number from 0 on"
        )
    return int(replicas)


def _hem(values: Mapping[str, Any]) -> Json:
    parameters = values.get("parameters", {})
    return {**values, "parameters": [{"key": key, "value": value} for key, value in parameters.items()]}
