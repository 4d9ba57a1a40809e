"""Collects what was noted of documents, so that rules can look at all of them together at the end.

`Together.add` puts one document to the rest, in their order. Only names, places and a few facts are
kept, packed; what follows from them is made when a rule asks, one at a time.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterator
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.naming import FixedName, fixed_names
from sednactl.validation.kept import Definitions, Records
from sednactl.validation.noted import DEFINES, OWNING, SCALING, WORKLOAD, Claim, Reference, Scaler
from sednactl.validation.shape import mapping
from sednactl.validation.structure import Problem
from sednactl.validation.together import BOUNDS

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.finding import Path
    from sednactl.validation.noted import Demand, Key, Note, Noted, Placed
    from sednactl.validation.rules.edits import Standing

_MARK: Final = "\0"
"""Stands for a workload's name, where the names of its children are made once a kind."""


class Together:
    """Everything that was seen so far in one run.

    `kinds` holds each Sedna kind that was seen, with its first document; `spaces` the kinds and
    namespaces that something was defined of; `in_cluster` the autoscalers of the cluster, once it was asked.
    """

    def __init__(self) -> None:
        self._records = Records()
        self.defined = Definitions(self._records)
        self.spaces: set[tuple[str, str]] = set()
        self.kinds: dict[str, Document] = {}
        self.in_cluster: list[Scaler] = []
        self._workload_numbers = array("I")
        self._autoscaler_numbers = array("I")
        self._deployment_numbers = array("I")
        self._owning_numbers = array("I")
        self._bound_numbers = array("I")
        self._named: dict[str, int] = {}

    def add(self, note: Note, document: Document) -> Problem | None:
        """Put the next document to the rest; give a problem when its object was there before."""
        kind, namespace, name, marks, referred, record = note
        key = (kind, namespace, name)
        defines = bool(name) and marks & DEFINES != 0
        before = self.defined.get(key) if defines else None
        fresh = defines and before is None
        workload = marks & WORKLOAD != 0
        if fresh or workload:
            number = self._records.add(record, document)
            if fresh:
                self.defined.add(key, number)
                self.spaces.add((kind, namespace))
                if marks & SCALING:
                    self._autoscaler_numbers.append(number)
                if kind == "Deployment":
                    self._deployment_numbers.append(number)
                elif kind in BOUNDS:
                    self._bound_numbers.append(number)
            if workload:
                if kind not in self.kinds:
                    self.kinds[kind] = document
                self._workload_numbers.append(number)
                for of in referred:
                    self._named[of] = self._named.get(of, 0) + 1
                if marks & OWNING:
                    self._owning_numbers.append(number)
        if before is None:
            return None
        message = f'{kind} "{name}" is given twice, first in {before.place}'
        return Problem("SDN103", ("metadata", "name"), message, "rename or remove one")

    @property
    def workloads(self) -> int:
        """Count the workloads of Sedna."""
        return len(self._workload_numbers)

    @property
    def _workloads(self) -> Iterator[Noted]:
        return map(self._records.__getitem__, self._workload_numbers)

    @property
    def references(self) -> Iterator[Reference]:
        """Give every name that a workload refers to something by."""
        return self.references_but_for(())

    def references_but_for(self, kinds: Collection[str]) -> Iterator[Reference]:
        """Give every name that a workload refers to something by, but for objects of some kinds."""
        if self._named.keys() <= set(kinds):
            return
        for number in self._workload_numbers:
            referrer, namespace, referrer_name, document, names = self._records.referring(number)
            for kind, name, path in names:
                if kind not in kinds:
                    yield Reference((kind, namespace, name), referrer, document, path, referrer_name)

    @property
    def named_in_vain(self) -> dict[str, int]:
        """Count the references to each kind of which there is no object at all."""
        return {kind: count for kind, count in self._named.items() if not self.defined.any_of(kind)}

    @property
    def contested(self) -> bool:
        """Tell whether a child may have the name of something else; where kinds rule that out, no name is compared."""
        children = [child[:3] for kind in self.kinds for child in _fixed(kind)]
        if any(self.defined.any_of(made) for made, _, _ in children):
            return True
        return any(_may_be_alike(one, other) for one, other in combinations(children, 2))

    @property
    def claimed(self) -> Iterator[Key]:
        """Give what every claim is for, in the order of `claims`, at a fraction of their price."""
        for number in self._workload_numbers:
            yield from _claimed(*self._records.named(number))

    def claims(self, wanted: Callable[[Key], object]) -> Iterator[Claim]:
        """Give the children with fixed names that are `wanted`; an autoscaler only where one is asked for."""
        records = self._records
        for number in self._workload_numbers:
            for target in _claimed(*records.named(number)):
                if wanted(target):
                    noted = records[number]
                    yield Claim(target, f'{noted.kind} "{noted.name}"', noted.document)

    @property
    def scaled(self) -> Iterator[tuple[Key, tuple[Document, Path]]]:
        """Give the Deployments that an hpa of a service will scale, each with where that stands."""
        for noted in self._workloads:
            for child in fixed_names(BY_KIND[noted.kind], noted.name) if noted.name and noted.scaled else ():
                side = child.name.rpartition("-")[2]
                if child.resource.kind == "Deployment" and side in noted.scaled:
                    key = ("Deployment", noted.namespace, child.name)
                    yield key, (noted.document, ("spec", f"{side}Worker", "hpa"))

    @property
    def scalers(self) -> list[Scaler]:
        """Give the autoscalers of the user's own that scale a Deployment, then those of the cluster."""
        own = [
            Scaler(
                f"{noted.document.file}:{noted.document.line}",
                ("Deployment", noted.namespace, noted.target or ""),
            )
            for noted in map(self._records.__getitem__, self._autoscaler_numbers)
        ]
        return own + self.in_cluster

    @property
    def deployments(self) -> Iterator[tuple[str, str, str]]:
        """Give namespace, name and place of the Deployments of the user's own."""
        for noted in map(self._records.__getitem__, self._deployment_numbers):
            yield noted.namespace, noted.name, f"{noted.document.file}:{noted.document.line}"

    @property
    def owning(self) -> Iterator[Noted]:
        """Give the workloads with names or places in their pods that Sedna may take too."""
        return map(self._records.__getitem__, self._owning_numbers)

    @property
    def pinned(self) -> Iterator[Reference]:
        """Give every node that a pod, or for a cluster a Dataset, is pinned to."""
        for noted in self._workloads:
            for node, path in noted.pins.nodes if noted.pins else ():
                yield Reference(("Node", "", node), noted.kind, noted.document, path)

    @property
    def placed(self) -> Iterator[Placed]:
        """Give the training workers that are pinned to a node, with the Dataset of each."""
        for noted in self._workloads:
            yield from noted.pins.placed if noted.pins else ()

    @property
    def bounds(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        """Give kind, namespace, name and spec of the LimitRanges and ResourceQuotas among the documents."""
        for noted in map(self._records.__getitem__, self._bound_numbers):
            yield noted.kind, noted.namespace, noted.name, noted.facts["spec"]

    def makers(self, wanted: Callable[[str], bool]) -> Iterator[tuple[Key, tuple[str, ...], Document]]:
        """Give Sedna's objects of some namespaces: kind, namespace and name, the sides with an hpa, the document."""
        for noted in self._workloads:
            if wanted(noted.namespace):
                yield (noted.kind, noted.namespace, noted.name), noted.scaled, noted.document

    def demanded(self, wanted: Callable[[str], bool]) -> Iterator[tuple[Key, Demand]]:
        """Give the pods asked for in some namespaces, each with its workload and with what Sedna adds to fetch models.

        Documents whose pods were not kept are read again.
        """
        for noted in self._workloads:
            if noted.kind in ("Model", "Dataset") or not wanted(noted.namespace):
                continue
            demands = noted.pins.demands if noted.pins else ()
            for demand in demands or _read_again(noted):
                key = (noted.kind, noted.namespace, noted.name)
                yield key, with_downloader(noted, demand, self.defined)

    @property
    def asked(self) -> Iterator[tuple[Key, Demand]]:
        """Give the pods that are asked for, each with its workload, where a cluster will be asked for room."""
        for noted in self._workloads:
            for demand in noted.pins.demands if noted.pins else ():
                yield (noted.kind, noted.namespace, noted.name), demand

    def specs(
        self, kinds: Collection[str], wanted: Callable[[str], bool]
    ) -> Iterator[tuple[str, str, dict[str, Any], Document]]:
        """Give kind, namespace, spec and document of workloads of some kinds and namespaces; reads those not kept again."""
        for noted in self._workloads:
            if noted.kind in kinds and wanted(noted.namespace):
                spec = noted.pins.spec if noted.pins else None
                if spec is None:
                    from sednactl.manifests.again import content_again

                    spec = mapping(content_again(noted.document), "spec")
                yield noted.kind, noted.namespace, spec, noted.document

    @property
    def bounded(self) -> bool:
        """Tell whether LimitRanges or ResourceQuotas are among the documents."""
        return bool(self._bound_numbers)

    @property
    def standing(self) -> Iterator[Standing]:
        """Give the workloads that may be edits of what runs, where a cluster will be asked for those."""
        from sednactl.validation.rules.edits import Standing

        for noted in self._workloads:
            if noted.name and noted.pins and noted.pins.spec is not None:
                key = (noted.kind, noted.namespace, noted.name)
                yield Standing(key, noted.pins.spec, noted.document)


def _read_again(noted: Noted) -> Iterator[Demand]:
    """Give the pods that a document asks for, from its file as it is now."""
    from sednactl.manifests.again import content_again
    from sednactl.validation.together import demands_of
    from sednactl.validation.workload import Workload

    content = content_again(noted.document)
    if isinstance(content, dict):
        yield from demands_of(Workload(noted.kind, content), noted.document)


def with_downloader(noted: Noted, demand: Demand, defined: Definitions) -> Demand:
    """Give a demand with the init container that Sedna adds where the pod's model or dataset is to be fetched."""
    from sednactl.validation.addresses import addresses_of, downloaded
    from sednactl.validation.mounting import DOWNLOADER, DOWNLOADER_LIMITS

    urls = addresses_of(noted.kind, noted.namespace, demand.path, noted.names, defined)
    fetched = next((url for url in urls if url and downloaded(url)), "")
    if not fetched:
        return demand
    before = demand.pod.get("initContainers")
    added = {"name": DOWNLOADER, "resources": {"limits": dict(DOWNLOADER_LIMITS)}}
    pod = {**demand.pod, "initContainers": [*(before if isinstance(before, list) else ()), added]}
    return demand._replace(pod=pod, downloads=fetched)


def _claimed(kind: str, namespace: str, name: str, scaled: tuple[str, ...]) -> list[Key]:
    """Give the children that a workload's name fixes."""
    return [
        (made, namespace, f"{before}{name}{after}")
        for made, before, after, side in (_fixed(kind) if name else ())
        if not side or side in scaled
    ]


def _may_be_alike(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Tell whether two children of a kind, each with what stands before and after a name, can be called the same."""
    kind, before, after = one
    kind_too, before_too, after_too = other
    begin = before.startswith(before_too) or before_too.startswith(before)
    end = after.endswith(after_too) or after_too.endswith(after)
    return kind == kind_too and begin and end


@cache
def _fixed(kind: str) -> tuple[tuple[str, str, str, str], ...]:
    """Give for each child its kind, what stands before and after the workload's name, and an autoscaler's side."""
    return tuple(_around(child) for child in fixed_names(BY_KIND[kind], _MARK))


def _around(child: FixedName) -> tuple[str, str, str, str]:
    before, _, after = child.name.partition(_MARK)
    kind = child.resource.kind
    return kind, before, after, after.rpartition("-")[2] if kind == "HorizontalPodAutoscaler" else ""
