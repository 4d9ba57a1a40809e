"""The order in which a person writes a manifest's keys: what it is, what it is called, then what it does.

The API server hands objects out alphabetically, and values files come in any
order; both read better like this. Keys the table does not know keep their given
order behind the known ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ORDER = """
    apiVersion kind metadata name generateName namespace labels annotations
    edgeWorker cloudWorker aggregationWorker trainingWorkers
    userWorker trackingWorkers reidWorkers
    dataset initialModel initialEvalModel trainSpec evalSpec deploySpec
    model trainProb hotUpdateEnabled pollPeriodSeconds kafkaSupport url format
    condition timer metric
    path type key operator threshold start
    nodeName nodeSelector hostNetwork dnsPolicy restartPolicy serviceAccountName
    hpa trigger hardExampleMining replicas selector template parameters
    pretrainedModel transmitter aggDataPath
    minReplicas maxReplicas metrics behavior
    scaleUp scaleDown stabilizationWindowSeconds selectPolicy policies
    image imagePullPolicy command args workingDir ports containerPort protocol env envFrom
    value valueFrom resources requests limits volumeMounts mountPath subPath readOnly
    hostPath device_soc_versions credentialName
"""
_RANK = {key: rank for rank, key in enumerate(_ORDER.split())}
_UNKNOWN = len(_RANK)
_RANK |= {key: _UNKNOWN + rank for rank, key in enumerate(("initContainers", "containers", "volumes"), 1)}
_FREE = frozenset(
    ("labels", "annotations", "matchLabels", "nodeSelector", "requests", "limits", "data", "stringData")
)
"""Maps whose keys are the user's own words: they stay as they came."""


def human_items(mapping: Mapping[str, Any], parent: str = "") -> list[tuple[str, Any]]:
    """Give a mapping's items in the order a person would write them; `parent` is the key that holds it."""
    items = list(mapping.items())
    if parent in _FREE or len(items) < 2:
        return items
    items.sort(key=lambda item: _RANK.get(item[0], _UNKNOWN))
    if "apiVersion" in mapping and "status" in mapping:
        items.sort(key=lambda item: item[0] == "status")
    return items


def in_human_order(value: Any, parent: str = "") -> Any:
    """Give a copy of a manifest (or a part of one) with every mapping in human order."""
    if isinstance(value, Mapping):
        return {key: in_human_order(item, key) for key, item in human_items(value, parent)}
    if isinstance(value, (list, tuple)):
        return [in_human_order(item, parent) for item in value]
    return value
