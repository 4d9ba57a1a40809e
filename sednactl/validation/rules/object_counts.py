"""Objects of which a namespace's quota lets in too few: what a workload is, and what Sedna makes for it.

Source: Kubernetes' ResourceQuota, which counts objects as count/RESOURCE.GROUP (services also as services);
the children that Sedna's Global Manager makes. A Deployment makes a ReplicaSet. Pods are SDN226's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sednactl.sedna.kinds import BY_KIND, JOINT_INFERENCE
from sednactl.sedna.naming import fixed_names
from sednactl.sedna.quantity import NANO
from sednactl.sedna.releases import DEPLOYMENTS_SINCE, Release
from sednactl.sedna.resources import DEPLOYMENT, HPA, SERVICE
from sednactl.validation.quotas import limits_of, used_of
from sednactl.validation.rulebook import page
from sednactl.validation.shape import mapping, text
from sednactl.validation.structure import Problem

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.all_together import Together
    from sednactl.validation.bounds import Bounds

page(
    "SDN152",
    "warning",
    """
    Objects that a quota of the namespace does not let in

    A ResourceQuota, in the cluster (with --cluster) or among the files, may count objects:
    count/deployments.apps, count/services or services, count/horizontalpodautoscalers.autoscaling, and
    Sedna's own, e.g. count/models.sedna.io. A JointInferenceService is two Deployments with a ReplicaSet each,
    a Service, and an autoscaler for each hpa. What is over the quota is refused: the service ends as Failed,
    half created, and a federated job gets no training workers.

    An error where the workload does not fit into the whole quota. Without a cluster nothing is known of what
    is there already.
    """,
)


def objects_of(kind: str, scaled: tuple[str, ...], release: Release) -> Counter[str]:
    """Give how many objects a workload is and makes, by the names that a quota counts them under; no pods."""
    known = BY_KIND[kind]
    found = Counter({f"count/{known.resource.full_name}": 1})
    for child in fixed_names(known, "w"):
        if kind == JOINT_INFERENCE.kind and child.resource != SERVICE and release < DEPLOYMENTS_SINCE:
            continue
        if child.resource == HPA and child.name.rpartition("-")[2] not in scaled:
            continue
        found[f"count/{child.resource.full_name}"] += 1
        if child.resource == SERVICE:
            found["services"] += 1
        if child.resource == DEPLOYMENT:
            found["count/replicasets.apps"] += 1
    return found


def too_many(together: Together, bounds: Bounds, release: Release) -> Iterator[tuple[Document, Problem]]:
    """Give the workloads of which, with those before them, a quota does not let all objects in."""
    taken: Counter[tuple[str, str, str]] = Counter()
    for key, scaled, document in together.makers(bounds.holds):
        quotas = [one for one in bounds.quotas_of(key[1]) if _of_everything(one)]
        if not quotas or key in bounds.live:
            continue
        objects = objects_of(key[0], scaled, release)
        for quota in quotas:
            hard, used = limits_of(quota), used_of(quota)
            for name in sorted(objects.keys() & hard.keys()):
                place = bounds.place_of(key[1]), text(mapping(quota, "metadata"), "name"), name
                most = hard[name] // NANO
                left = max(0, most - used.get(name, 0) // NANO - taken[place])
                taken[place] += objects[name]
                if objects[name] > left:
                    message = f'it makes {objects[name]} of {name}, but the quota "{place[1]}" has {left} of {most} left'
                    level: Any = "error" if objects[name] > most else None
                    hint = "ask for a larger quota, or remove what is no longer used"
                    yield document, Problem("SDN152", ("metadata", "name"), message, hint, level=level)


def _of_everything(quota: dict[str, Any]) -> bool:
    """Tell whether a quota has no scopes: those choose among pods, and such a quota counts nothing else."""
    spec = mapping(quota, "spec")
    return not spec.get("scopes") and not spec.get("scopeSelector")
