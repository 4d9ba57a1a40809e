"""What happens when a manifest is applied to a workload that is in the cluster already, and differs.

Source: the update handlers of Sedna's Global Manager, by release (`sedna.editing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sednactl.records import Record
from sednactl.sedna.edit_effects import EditEffect, effects_of_edit
from sednactl.sedna.editing import EDITS
from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.releases import LATEST, Release
from sednactl.validation.rulebook import page
from sednactl.validation.structure import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sednactl.manifests.document import Document
    from sednactl.validation.noted import Key

page(
    "SDN224",
    "warning",
    """
    Edit that leaves a running service at the replicas it has

    Found with --cluster. When hpa goes from a side that runs, Sedna takes its autoscaler away and
    leaves the Deployment at the replicas that it had at that moment, for good. A change of the
    hpa alone is an info: it restarts all pods of that side, as Sedna renders them anew. Releases before
    0.7 have no hpa, and SDN705 is what they make of an edit.
    """,
)
page(
    "SDN607",
    "warning",
    """
    Edit of a federated learning job that runs

    Found with --cluster. Sedna 0.7 answers an edit by deleting pods and making others. It remembers
    which pods in one place for all jobs, so that it may delete those of another job, and its own old
    ones come back beside the new ones. The job ends with pods too many, the other one without trainers. Releases
    before 0.7 leave the pods alone, which SDN705 tells with --sedna-version.
    """,
)
page(
    "SDN705",
    "warning",
    """
    Edit that Sedna does not carry to what runs

    Found with --cluster. Sedna takes an edit of a FeatureExtractionService, an ObjectSearchService,
    a ReidJob or a VideoAnalyticsJob, and leaves their Deployments and pods as they are. Of an incremental
    or lifelong learning job the node's Local Controller reads the names, the triggers and the output folder
    once, when it takes the job up; inference whose model is updated hot is never made anew. A side of a
    JointInferenceService whose Deployment is missing is not changed, and not made either. Before 0.7
    (--sedna-version) no edit of a JointInferenceService or a FederatedLearningJob reaches what runs.
    """,
)
page(
    "SDN709",
    "info",
    """
    Edit that counts later

    Found with --cluster. Templates of an incremental or lifelong learning job count from the next
    training, evaluation or deployment on, and a Model or Dataset when pods are next made that use it.
    What runs goes on as it was, which is no fault where there is no hurry.
    """,
)
EDITED = {kind: BY_KIND[kind].resource for kind in EDITS}
"""Kinds of which an edit may be told of."""
_DEFAULTS = (("protocol", "TCP"), ("pollPeriodSeconds", 60))
"""What the API server fills in where a manifest is silent."""
_AGAIN = "delete it, wait until its children are gone, and create it anew"
_HINTS = {
    "unscaled": "let hpa go to the number that is to stay first (minReplicas and maxReplicas)",
    "restart": "they go one after the other; do it when load is low",
    "later": f"to have it at once, {_AGAIN}",
}
_USED_AGAIN = "to have it at once, delete what uses it, wait until that is gone, and create it anew"


class Standing(Record):
    """A workload that a document would make, for comparison with the one of that name in the cluster."""

    key: Key
    spec: dict[str, Any]
    document: Document


def dangerous_edits(
    standing: Iterable[Standing],
    live: dict[Key, dict[str, Any]],
    lacking: Mapping[Key, Collection[str]],
    release: Release = LATEST,
) -> Iterator[tuple[Document, Problem]]:
    """Give what applying the documents would do to workloads that are there, by the Global Manager of a release.

    `live` holds their specs, `lacking` the sides of services that have no Deployment.
    """
    for one in standing:
        there = live.get(one.key)
        if there is None:
            continue
        before, after = {"spec": settled(there)}, {"spec": settled(one.spec)}
        kind = BY_KIND[one.key[0]]
        missing = lacking.get(one.key, ())
        for effect in effects_of_edit(kind, before, after, without_deployment=missing, release=release):
            problem = _harm(one.key, live) if effect.how == "harmful" else _problem(one.key, effect)
            if problem is not None:
                yield one.document, problem


def differs(there: dict[str, Any], spec: dict[str, Any]) -> bool:
    """Tell whether a spec would change what is there."""
    return bool(settled(there) != settled(spec))


def _harm(key: Key, live: dict[Key, dict[str, Any]]) -> Problem:
    others = sorted(other[2] for other in live if other[:2] == key[:2] and other != key)
    spared = f', and may delete those of "{others[0]}"' if others else ""
    message = f'applying this to the job "{key[2]}" makes its pods anew{spared}'
    return Problem("SDN607", ("metadata", "name"), message, _AGAIN)


def _problem(key: Key, effect: EditEffect) -> Problem | None:
    kind, _, name = key
    path = ("spec", *effect.path) if effect.path else ("metadata", "name")
    message = f'the {kind} "{name}" is there already and differs: {effect.sentence}'
    if effect.how == "ignored":
        return Problem("SDN705", path, message, _AGAIN)
    if effect.how == "later":
        return Problem("SDN709", path, message, _HINTS["later"] if effect.path else _USED_AGAIN)
    if effect.how == "unscaled":
        return Problem("SDN224", path, effect.sentence, _HINTS["unscaled"], True)
    if effect.how == "restart" and path[-1] == "hpa":
        return Problem("SDN224", path, effect.sentence, _HINTS["restart"], True, "info")
    return None  # that pods restart with what is edited is what an edit is for


def settled(value: Any) -> Any:
    """Give a value as it comes back from the API server: without nulls, and without its defaults."""
    if isinstance(value, dict):
        return {
            key: settled(item)
            for key, item in value.items()
            if item is not None and not any((key, item) == default for default in _DEFAULTS)
        }
    return [settled(item) for item in value] if isinstance(value, list) else value
