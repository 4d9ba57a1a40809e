"""Collects what documents define and refer to, so that rules can look at all of them together at the end.

Only names, places and a few facts are kept, so that a long stream costs little memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.naming import fixed_names
from sednactl.validation.rules.referring import names_in
from sednactl.validation.shape import mapping, maps, text, whole
from sednactl.validation.structure import Problem

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.finding import Path
    from sednactl.validation.rulebook import Workload
    from sednactl.validation.rules.edits import Standing

Key = tuple[str, str, str]
"""Kind, namespace ("" where none is written) and name."""
_FACTS = {"Dataset": ("format", "nodeName", "url"), "Model": ("format", "url")}


class Reference(NamedTuple):
    """A name in a workload: what it means, where it stands, and in which workload: kind and name."""

    target: Key
    referrer: str
    document: Document
    path: Path
    referrer_name: str = ""


class Defined(NamedTuple):
    """An object that a document holds: where, and the facts about it that rules ask for."""

    place: str
    facts: dict[str, Any]
    document: Document | None


class Claim(NamedTuple):
    """A child that the Global Manager will make under a fixed name, and the workload it is for."""

    target: Key
    owner: str
    document: Document


class Placed(NamedTuple):
    """A training worker's pod: the node it is pinned to, and the Dataset it reads."""

    dataset: Key
    node: str
    document: Document
    path: Path


class Demand(NamedTuple):
    """Pods that a workload asks for: how many at most, of which kind, and where both stand."""

    pod: dict[str, Any]
    replicas: int
    document: Document
    path: Path
    count_path: Path


class Scaler(NamedTuple):
    """An autoscaler of the user's own: where it stands, and the Deployment it scales."""

    place: str
    deployment: Key
    owner: str = ""
    """The workload that it belongs to, for those in a cluster."""
    in_cluster: bool = False


@dataclass
class Together:
    """Everything that was seen so far in one run; what only a cluster can answer, `for_cluster` alone."""

    for_cluster: bool = False
    defined: dict[Key, Defined] = field(default_factory=dict)
    spaces: set[tuple[str, str]] = field(default_factory=set)
    references: list[Reference] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    pinned: list[Reference] = field(default_factory=list)
    scalers: list[Scaler] = field(default_factory=list)
    scaled: dict[Key, tuple[Document, Path]] = field(default_factory=dict)
    kinds: dict[str, Document] = field(default_factory=dict)
    """Each Sedna kind that was seen, with its first document."""
    demands: list[Demand] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)

    def define(self, content: dict[str, Any], document: Document) -> Problem | None:
        """Note an object of any kind; give a problem when it was there before."""
        metadata = mapping(content, "metadata")
        name, namespace = metadata.get("name"), metadata.get("namespace") or ""
        if not isinstance(name, str) or not name or not isinstance(namespace, str):
            return None
        kind = str(content.get("kind"))
        key = (kind, namespace, name)
        place = f"{document.file}:{document.line}"
        if key in self.defined:
            message = f'{kind} "{name}" is given twice, first in {self.defined[key].place}'
            return Problem("SDN103", ("metadata", "name"), message, "rename or remove one")
        kept = replace(document, content=None) if kind == "Secret" else None
        self.defined[key] = Defined(place, facts_of(kind, content), kept)
        self.spaces.add((kind, namespace))
        if kind == "HorizontalPodAutoscaler":
            scaled = mapping(mapping(content, "spec"), "scaleTargetRef")
            if text(scaled, "kind") == "Deployment":
                self.scalers.append(Scaler(place, ("Deployment", namespace, text(scaled, "name"))))
        return None

    def refer(self, workload: Workload, document: Document) -> None:
        """Note what a workload refers to, what it will make, and where it puts its pods."""
        document = replace(document, content=None)  # its text is enough to find the place later
        namespace = workload.namespace
        self.kinds.setdefault(workload.kind, document)
        for kind, path, name in names_in(workload):
            if name and "$" not in name:
                target = (kind, namespace, name)
                self.references.append(Reference(target, workload.kind, document, path, workload.name))
        if workload.name:
            self._claim(workload, document)
        for path, pod in workload.pods():
            node = text(pod, "nodeName")
            if node and "$" not in node:
                at = (*path, "nodeName")
                self.pinned.append(Reference(("Node", "", node), workload.kind, document, at))
        if self.for_cluster:
            self._demand(workload, document)
        if workload.kind == "FederatedLearningJob":
            for index, worker in maps(workload.spec, "trainingWorkers"):
                node = text(mapping(mapping(worker, "template"), "spec"), "nodeName")
                dataset = text(mapping(worker, "dataset"), "name")
                if node and dataset and "$" not in node:
                    at = ("spec", "trainingWorkers", index, "template", "spec", "nodeName")
                    self.placed.append(Placed(("Dataset", namespace, dataset), node, document, at))

    def _demand(self, workload: Workload, document: Document) -> None:
        from sednactl.validation.rules.edits import EDITED, Standing

        if workload.kind in EDITED and workload.name:
            key = (workload.kind, workload.namespace, workload.name)
            self.standing.append(Standing(key, workload.spec, document))
        node = text(workload.spec, "nodeName")
        if workload.kind == "Dataset" and node and "$" not in node:
            at: Path = ("spec", "nodeName")
            self.pinned.append(Reference(("Node", "", node), workload.kind, document, at))
        for path, pod in workload.pods():
            owner: Any = workload.spec
            for step in path[1:-2]:
                owner = owner[step]
            hpa = mapping(owner, "hpa")
            count = whole(hpa, "maxReplicas") if hpa else whole(owner, "replicas")
            counted = (*path[:-2], "hpa", "maxReplicas") if hpa else (*path[:-2], "replicas")
            if count is None or count < 1:
                count, counted = 1, path
            self.demands.append(Demand(pod, count, document, path, counted))

    def _claim(self, workload: Workload, document: Document) -> None:
        sides = {side.name: side for side in workload.sides() if isinstance(side.worker.get("hpa"), dict)}
        for child in fixed_names(BY_KIND[workload.kind], workload.name):
            key = (child.resource.kind, workload.namespace, child.name)
            side = child.name.rpartition("-")[2]
            if child.resource.kind != "HorizontalPodAutoscaler" or side in sides:
                self.claims.append(Claim(key, f'{workload.kind} "{workload.name}"', document))
            if child.resource.kind == "Deployment" and side in sides:
                self.scaled[key] = (document, (*sides[side].path, "hpa"))


def facts_of(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Give what rules ask about an object of this kind."""
    if kind in _FACTS:
        spec = mapping(content, "spec")
        return {name: spec.get(name) for name in _FACTS[kind]}
    if kind == "Secret":
        annotations = mapping(mapping(content, "metadata"), "annotations")
        keys = {*mapping(content, "data"), *mapping(content, "stringData")}
        return {"annotated": bool(annotations), "endpoint": annotations.get("s3-endpoint"), "keys": keys}
    return {}
