"""Objects given twice, and names that lead nowhere in the given files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from sednactl.sedna.referring import WhenMissing, when_missing
from sednactl.validation.rulebook import page
from sednactl.validation.structure import Problem

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.all_together import Together
    from sednactl.validation.in_cluster import Survey
    from sednactl.validation.noted import Reference

page(
    "SDN103",
    "warning",
    """
    The same object twice

    Two documents have the same kind, namespace and name. create fails at the second one;
    apply lets it overwrite the first.
    """,
)
page(
    "SDN121",
    "info",
    """
    Reference to something that is not in these files

    Models are looked up once, when a service is created: a missing Model makes a
    JointInferenceService or FeatureExtractionService Failed for good, even when the Model appears
    later. Learning jobs wait for a missing Model or Dataset; federated learning and video analytics
    start without it and say nothing. Where the files hold other objects of that kind in the
    namespace, a missing one is a warning, as the name is then more likely wrong.
    """,
)
page(
    "SDN122",
    "info",
    """
    Reference to a Secret that is not in these files

    A missing Secret is no error to most of Sedna: the worker starts without credentials. A federated
    job whose transmitter names one gets no workers, and no training workers when it is made later. A Secret
    without any annotation, used by a Dataset, crashes Sedna 0.7's Global Manager: annotate it
    with s3-endpoint.
    """,
)
page(
    "SDN123",
    "warning",
    """
    Node that is not in these files, though others are

    Where the files hold Nodes, every nodeName should be one of them: a pod for a node that does not
    exist stays Pending for ever.
    """,
)

_HINTS: dict[WhenMissing | None, str] = {
    "fails": "it must be in the same namespace before the workload is created",
    "waits": "the job waits until it is in the same namespace",
    "ignored": "make it first, in the same namespace: Sedna starts the workers without it and says nothing",
}


def rule_for_missing(kind: str) -> str:
    """Give the rule that tells of a reference to an object of this kind that is not there."""
    return "SDN122" if kind == "Secret" else "SDN121"


def dangling(
    together: Together, survey: Survey | None = None, *, but_for: Collection[str] = ()
) -> Iterator[tuple[Document, Problem]]:
    """Give every reference that no document answers, but for some kinds and for those that a cluster was asked about."""
    for reference in together.references_but_for(but_for):
        if survey is not None and survey.knows(reference.target):
            continue
        if reference.target not in together.defined:
            yield reference.document, _not_here(reference, together)
    if any(kind == "Node" for kind, _ in together.spaces):
        for pin in together.pinned:
            if pin.target not in together.defined:
                message = f'the Node "{pin.target[2]}" is not in these files, other Nodes are'
                yield (
                    pin.document,
                    Problem("SDN123", pin.path, message, "name one of those; its pods would stay Pending"),
                )


def _not_here(reference: Reference, together: Together) -> Problem:
    kind, namespace, name = reference.target
    others = (kind, namespace) in together.spaces
    message = f'{kind} "{name}" is not in these files' + (f", other {kind}s are" if others else "")
    rule = rule_for_missing(kind)
    if kind == "Secret":
        hint = "it must be in the same namespace, annotated with s3-endpoint"
        if when_missing(reference.referrer, kind) == "no workers":
            hint += ", before the job is made: else it never gets its workers"
        return Problem(rule, reference.path, message, hint)
    hint = _HINTS.get(when_missing(reference.referrer, kind), "it must be in the same namespace")
    return Problem(rule, reference.path, message, hint, level="warning" if others else None)
