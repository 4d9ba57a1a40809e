"""What happens when a manifest is applied to a workload that is in the cluster already, and differs.

Source: the update handlers of Sedna's Global Manager 0.7.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from sednactl.sedna.editing import EDITS
from sednactl.sedna.kinds import BY_KIND
from sednactl.validation.rulebook import page
from sednactl.validation.shape import mapping
from sednactl.validation.structure import Problem

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.together import Key

page(
    "SDN224",
    "warning",
    """
    Edit that leaves a running service at the replicas it has

    Found with --cluster. When hpa goes from a side that runs, Sedna takes its autoscaler away and
    leaves the Deployment at the replicas that it had at that moment, for good. A change of the
    numbers of hpa alone is an info: it restarts all pods of that side, as Sedna renders them anew.
    """,
)
page(
    "SDN607",
    "warning",
    """
    Edit of a federated learning job that runs

    Found with --cluster. Sedna 0.7 answers an edit by deleting pods and making others. It remembers
    which pods in one place for all jobs, so that it may delete those of another job, and its own old
    ones come back beside the new ones. The job ends with pods too many, the other one without trainers.
    """,
)
page(
    "SDN705",
    "warning",
    """
    Edit that Sedna does not carry to what runs

    Found with --cluster. Sedna 0.7 takes an edit of a FeatureExtractionService, an ObjectSearchService,
    a ReidJob or a VideoAnalyticsJob, and leaves their Deployments and pods as they are.
    """,
)
EDITED = {
    kind: BY_KIND[kind].resource
    for kind, carried in EDITS.items()
    if carried in ("by side", "harmful", "ignored")
}
"""Kinds whose edits do something else than one expects."""
_DEFAULTS = (("protocol", "TCP"), ("pollPeriodSeconds", 60))
"""What the API server fills in where a manifest is silent."""
_AGAIN = "delete it, wait until its children are gone, and create it anew"


class Standing(NamedTuple):
    """A workload that a document would make, for comparison with the one of that name in the cluster."""

    key: Key
    spec: dict[str, Any]
    document: Document


def dangerous_edits(
    standing: Iterable[Standing], live: dict[Key, dict[str, Any]]
) -> Iterator[tuple[Document, Problem]]:
    """Give what applying the documents would do to workloads that are there; `live` holds their specs."""
    for one in standing:
        there = live.get(one.key)
        if there is None or settled(there) == settled(one.spec):
            continue
        kind, _, name = one.key
        if EDITS[kind] == "by side":
            for problem in _of_service(there, one.spec):
                yield one.document, problem
        elif EDITS[kind] == "harmful":
            others = sorted(key[2] for key in live if key[:2] == one.key[:2] and key != one.key)
            spared = f', and may delete those of "{others[0]}"' if others else ""
            message = f'applying this to the job "{name}" makes its pods anew{spared}'
            yield one.document, Problem("SDN607", ("metadata", "name"), message, _AGAIN)
        else:
            message = f'the {kind} "{name}" is there already and differs: its pods stay as they are'
            yield one.document, Problem("SDN705", ("metadata", "name"), message, _AGAIN)


def _of_service(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Problem]:
    for side in ("edge", "cloud"):
        name = f"{side}Worker"
        old, new = settled(mapping(before, name)), settled(mapping(after, name))
        was, becomes = old.pop("hpa", None), new.pop("hpa", None)
        if was and not becomes:
            message = f"the {side} side loses its autoscaler and keeps the replicas that it has then"
            hint = "let hpa go to the number that is to stay first (minReplicas and maxReplicas)"
            yield Problem("SDN224", ("spec", name), message, hint, True)
        elif was and becomes and was != becomes and old == new:
            message = f"all pods of the {side} side restart, though only hpa changes"
            hint = "they go one after the other; do it when load is low"
            yield Problem("SDN224", ("spec", name, "hpa"), message, hint, True, "info")


def settled(value: Any) -> Any:
    """Give a value as it comes back from the API server: without nulls, and without its defaults."""
    if isinstance(value, dict):
        return {
            key: settled(item)
            for key, item in value.items()
            if item is not None and not any((key, item) == default for default in _DEFAULTS)
        }
    return [settled(item) for item in value] if isinstance(value, list) else value
