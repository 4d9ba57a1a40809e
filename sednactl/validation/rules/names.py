"""Names: what Sedna makes of them, placeholders that were never filled in, nodes and references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sednactl.sedna.kinds import BY_KIND, SEDNA_KINDS
from sednactl.sedna.naming import longest_name
from sednactl.sedna.referring import EACH, REFERENCES
from sednactl.sedna.releases import DEPLOYMENTS_SINCE
from sednactl.validation.plain.names import (
    has_a_credential_name,
    has_a_name,
    has_its_name_filled_in,
    is_filled_in,
    named_with_images,
    names_an_object,
    placeholder,
)
from sednactl.validation.plain.workloads import any_child_can_carry_its_name, names_no_deployment
from sednactl.validation.rulebook import Plain, rule
from sednactl.validation.shape import mapping, maps, text
from sednactl.validation.structure import Problem
from sednactl.validation.words import are_labels, is_dns_1035_label, is_dns_subdomain
from sednactl.validation.workload import Workload


@rule(
    "SDN101",
    "error",
    *(kind.kind for kind in SEDNA_KINDS if kind.makes_children),
    unless=any_child_can_carry_its_name,
)
def name_fits_children(workload: Workload) -> Iterator[Problem]:
    """Name that the workload's children cannot carry

    The Global Manager appends to the workload's name to name Services and to fill labels.
    A Service name must begin with a letter and hold no dots, and a label value ends at 63
    characters, so a JointInferenceService may have 53 characters at most, other kinds 47 to 63. Of a learning job
    with more than 47 the Global Manager no longer knows its serving pods and makes more beside them, with more
    than 51 its training never ends, and over 58 and more without a '-' it crashes.
    The API server takes longer names; the service then ends as Failed, half created.

    Wrong: 1st-helmet, helmet.v2, a name of 54 characters
    Right: helmet-v2
    """
    name, longest = workload.name, longest_name(BY_KIND[workload.kind], workload.target.release)
    if is_dns_1035_label(name, longest) or not is_dns_subdomain(name):
        return  # right, or SDN008 says so already
    if len(name) > longest:
        message = f"the name has {len(name)} characters; children of {workload.kind}s can carry {longest}"
        yield Problem("SDN101", ("metadata", "name"), message, f"shorten it by {len(name) - longest}")
    elif BY_KIND[workload.kind].services and not is_dns_1035_label(name):
        message = f'"{name}" cannot begin a Service\'s name: it needs a letter first and no dots'
        yield Problem(
            "SDN101", ("metadata", "name"), message, "use a-z, 0-9 and '-', beginning with a letter"
        )


@rule("SDN102", "warning", "JointInferenceService", since=DEPLOYMENTS_SINCE, unless=names_no_deployment)
def name_without_deployment(workload: Workload) -> Iterator[Problem]:
    """Name that keeps the service from healing itself

    When a Deployment of a service disappears, the Global Manager finds the service by
    cutting the Deployment's name at the first "-deployment". A service with that in its own
    name is never found, and its Deployments are not built again.
    """
    if "-deployment" in workload.name:
        message = (
            f'"{workload.name}" contains "-deployment": lost Deployments of this service are not built again'
        )
        yield Problem("SDN102", ("metadata", "name"), message, "choose a name without it")


def _of_references() -> dict[str, Plain | None]:
    """Give the fields of a workload's parts that hold the names of references; a list of them has no test."""
    tests: dict[str, Plain] = {"name": has_a_name, "credentialName": has_a_credential_name}
    found: dict[str, Plain | None] = {}
    for references in REFERENCES.values():
        for _, steps, _ in references:
            if len(steps) == 1:
                found[steps[0]] = names_an_object
            elif EACH in steps:
                found[steps[0]] = None
            else:
                found[steps[-2]] = tests[steps[-1]]
    return found


_REFERENCES = _of_references()
_NAMES: dict[str, Plain | None] = {
    **_REFERENCES,
    **dict.fromkeys(("initContainers", "containers"), named_with_images),
    "nodeName": names_an_object,
    "nodeSelector": are_labels,
    "hardExampleMining": has_its_name_filled_in,
    "url": is_filled_in,
}


@rule("SDN111", "error", about=_NAMES)
def no_placeholders(workload: Workload) -> Iterator[Problem]:
    """Placeholder that was never filled in

    Sedna's examples hold $EDGE_NODE and the like, meant for envsubst. Left in a node name,
    a model's name or an image, the API server takes them and the pods can never start.

    Wrong:
      nodeName: $EDGE_NODE
    Right:
      nodeName: edge-1
    """
    unfilled = [(path, name) for _, path, name in workload.names() if placeholder(name)]
    for path, steps, owner, keys in _naming(workload):
        for key in keys:
            name = owner.get(key)
            if isinstance(name, str) and placeholder(name):
                unfilled.append(((*path, *steps, key), name))
    for path, name in unfilled:
        message = f'the placeholder "{placeholder(name)}" is still there'
        yield Problem("SDN111", path, message, "put the real name in its place")


@rule("SDN112", "error", about={"nodeName": names_an_object})
def node_names(workload: Workload) -> Iterator[Problem]:
    """Node name that no node can have

    Node names are DNS names in lower case. With any other nodeName the Deployment is
    refused and the service ends as Failed.
    """
    places = list(workload.pods())
    if workload.kind == "Dataset":
        places.append((("spec",), workload.spec))
    for path, owner in places:
        name = text(owner, "nodeName")
        if name and not is_dns_subdomain(name) and not placeholder(name):
            message = f'"{name}" is no name that a node can have'
            yield Problem("SDN112", (*path, "nodeName"), message, "kubectl get nodes shows the names")


@rule("SDN113", "error", *REFERENCES, about=_REFERENCES)
def referred_names(workload: Workload) -> Iterator[Problem]:
    """Name that refers to nothing

    An empty name, or one that no object can have, finds no Model, Dataset or Secret. A
    JointInferenceService or a FeatureExtractionService then ends as Failed and is not tried again,
    a learning job waits for ever, the others run without.
    """
    for kind, path, name in workload.names():
        if is_dns_subdomain(name) or placeholder(name) or (not name and _may_be_empty(workload, path)):
            continue
        what = f'"{name}" is no name that a {kind} can have' if name else f"the {kind}'s name is empty"
        hint = f"name a {kind} of the same namespace"
        if path[-2] == "initialEvalModel":
            hint += ", or leave initialEvalModel out"
        yield Problem("SDN113", path, what, hint)


def _may_be_empty(workload: Workload, path: tuple[Any, ...]) -> bool:
    # An empty optional name is none at all; what an empty name crashes is SDN114's.
    if path[-1] == "credentialName" or path[1] == "pretrainedModel":
        return True
    return workload.kind in ("FederatedLearningJob", "VideoAnalyticsJob")


@rule("SDN114", "error", "FeatureExtractionService", "FederatedLearningJob", "VideoAnalyticsJob")
def crash_without(workload: Workload) -> Iterator[Problem]:
    """Missing value that crashes the Global Manager

    Sedna 0.7's Global Manager ends with a fault, for every workload of the cluster and again
    at each restart while the object exists: at a FeatureExtractionService without replicas, at
    an empty model name in a FederatedLearningJob's aggregationWorker or a VideoAnalyticsJob,
    and at an empty dataset name in trainingWorkers. The schema lets all of them pass.

    Wrong:
      model:
        name: ""
    Right:
      model:
        name: surface-defect-detection
    """
    crash = "without it Sedna's Global Manager crashes, for every workload"
    if workload.kind == "FeatureExtractionService":
        if workload.spec.get("replicas") is None:
            yield Problem("SDN114", ("spec",), "replicas is missing", f"add replicas: 1; {crash}", True)
        return
    named: list[tuple[Any, Any, str]] = []
    if workload.kind == "VideoAnalyticsJob":
        named.append((("spec", "model"), mapping(workload.spec, "model"), "model"))
    else:
        worker = mapping(workload.spec, "aggregationWorker")
        named.append((("spec", "aggregationWorker", "model"), mapping(worker, "model"), "model"))
        for index, trainer in maps(workload.spec, "trainingWorkers"):
            path = ("spec", "trainingWorkers", index, "dataset")
            named.append((path, mapping(trainer, "dataset"), "dataset"))
    for path, owner, what in named:
        if owner.get("name") == "":
            hint = f"name a {what.capitalize()} of the same namespace; {crash}"
            yield Problem("SDN114", (*path, "name"), f"the {what}'s name is empty", hint)


def _naming(
    workload: Workload,
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...], dict[str, Any], Iterable[str]]]:
    """Give what names something besides its references: a place, the steps from there, it, the names' keys."""
    for side in workload.sides():
        mining = mapping(side.worker, "hardExampleMining")
        yield side.path, ("hardExampleMining",), mining, ("name",)
    for path, pod in workload.pods():
        yield path, (), pod, ("nodeName",)
        selector = mapping(pod, "nodeSelector")
        if selector:
            yield path, ("nodeSelector",), selector, selector
        for group in ("initContainers", "containers"):
            for index, container in maps(pod, group):
                yield path, (group, index), container, ("image", "name")
    if workload.kind in ("Model", "Dataset"):
        yield ("spec",), (), workload.spec, ("nodeName", "url")
