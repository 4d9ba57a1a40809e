"""Which ReplicaSet carries a Deployment's present template, its name, and the revisions of all. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sednactl.sandbox.controllers.rollout import DESIRED, MOST, max_surge, number_in, replicas_of
from sednactl.sandbox.controllers.writing import controller_reference
from sednactl.sedna.resources import DEPLOYMENT

Json = dict[str, Any]

HASH = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"

_NOT_COPIED = {
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    HISTORY,
    DESIRED,
    MOST,
    "deprecated.deployment.rollback.to",
}
_LONGEST_HISTORY = 2000
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""What Kubernetes spells generated names with: no vowels, so no words; no 0, 1 and 3, so no mistakes."""


def by_age(sets: Sequence[Json]) -> list[Json]:
    """Give ReplicaSets with the oldest first."""
    return sorted(
        sets, key=lambda one: (one["metadata"].get("creationTimestamp", ""), one["metadata"]["name"])
    )


def new_of(deployment: Json, sets: Sequence[Json]) -> Json | None:
    """Give the ReplicaSet with the Deployment's template (its hash label aside): the oldest, should there be several."""
    wanted = _plain(deployment["spec"]["template"])
    return next((one for one in by_age(sets) if _plain(one["spec"]["template"]) == wanted), None)


def same_template(deployment: Json, one: Json) -> bool:
    """Tell whether a ReplicaSet carries the Deployment's template."""
    return _plain(deployment["spec"]["template"]) == _plain(one["spec"]["template"])


def template_hash(template: Json, collisions: int) -> str:
    """Give the hash that marks a template's ReplicaSet: eight to ten letters and digits, as in Kubernetes.

    Kubernetes hashes how Go would print the template, so its very letters cannot
    be had; what matters is that equal templates have equal hashes.
    """
    value = 0x811C9DC5  # FNV-1a, 32 bits
    for byte in (json.dumps(template, sort_keys=True) + (str(collisions) if collisions else "")).encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return "".join(_ALPHABET[ord(digit) % len(_ALPHABET)] for digit in str(value))


def revision_of(one: Json) -> int:
    """Give a ReplicaSet's revision, 0 where it has none."""
    return number_in(one["metadata"].get("annotations"), REVISION) or 0


def next_revision(old: Sequence[Json]) -> int:
    """Give the revision that the new ReplicaSet must have beside the old ones."""
    return max(map(revision_of, old), default=0) + 1


def annotated(deployment: Json, one: Json, revision: int) -> dict[str, str]:
    """Give the annotations of the new ReplicaSet: the Deployment's, its revision, and the revisions it had before."""
    before = dict(one["metadata"].get("annotations") or {})
    copied = {
        key: value
        for key, value in (deployment["metadata"].get("annotations") or {}).items()
        if key not in _NOT_COPIED
    }
    annotations = {**before, **copied}
    if revision_of(one) < revision:
        annotations[REVISION] = str(revision)
        if REVISION in before:
            annotations[HISTORY] = _history(before)
    return annotations


def sized(deployment: Json) -> dict[str, str]:
    """Give the annotations that say for which number of the Deployment a ReplicaSet was sized."""
    wanted = replicas_of(deployment)
    return {DESIRED: str(wanted), MOST: str(wanted + max_surge(deployment))}


def made_for(deployment: Json, replicas: int, revision: int) -> Json:
    """Give the ReplicaSet to create for a Deployment's present template."""
    template = deployment["spec"]["template"]
    mark = template_hash(template, int(deployment.get("status", {}).get("collisionCount") or 0))
    meta = template.get("metadata") or {}
    labels = {**(meta.get("labels") or {}), HASH: mark}
    selector = deployment["spec"]["selector"]
    item: Json = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{deployment['metadata']['name']}-{mark}",
            "namespace": deployment["metadata"]["namespace"],
            "labels": labels,
            "ownerReferences": [controller_reference(deployment, DEPLOYMENT)],
        },
        "spec": {
            "replicas": replicas,
            "selector": {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), HASH: mark}},
            "template": {**template, "metadata": {**meta, "labels": labels}},
        },
    }
    if seconds := deployment["spec"].get("minReadySeconds"):
        item["spec"]["minReadySeconds"] = seconds
    item["metadata"]["annotations"] = {**annotated(deployment, item, revision), **sized(deployment)}
    return item


def superfluous(deployment: Json, old: Sequence[Json]) -> list[Json]:
    """Give the old ReplicaSets beyond revisionHistoryLimit that can go: the lowest revisions, without replicas."""
    limit = deployment["spec"].get("revisionHistoryLimit")
    if limit is None or limit == 2**31 - 1:
        return []
    living = [one for one in old if "deletionTimestamp" not in one["metadata"]]
    surplus = max(0, len(living) - int(limit))
    oldest = sorted(living, key=lambda one: (revision_of(one), one["metadata"].get("creationTimestamp", "")))
    return [one for one in oldest[:surplus] if _is_idle(one)]


def _is_idle(one: Json) -> bool:
    status = one.get("status", {})
    seen = int(status.get("observedGeneration") or 0) >= int(one["metadata"].get("generation", 0))
    return seen and not replicas_of(one) and not status.get("replicas")


def _history(before: dict[str, str]) -> str:
    revisions = [each for each in before.get(HISTORY, "").split(",") if each] + [before[REVISION]]
    while len(",".join(revisions)) > _LONGEST_HISTORY:
        revisions.pop(0)
    return ",".join(revisions)


def _plain(template: Json) -> Json:
    meta = dict(template.get("metadata") or {})
    meta.pop("creationTimestamp", None)
    meta["labels"] = {key: value for key, value in (meta.get("labels") or {}).items() if key != HASH}
    return {**template, "metadata": meta}
