"""Documents that do not agree with each other: taken names, keys that crash, data that does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sednactl.validation.packed import Twice
from sednactl.validation.rulebook import page
from sednactl.validation.rules.folders import shared_folders
from sednactl.validation.rules.secrets import unfit_secrets
from sednactl.validation.rules.taken import taken_names
from sednactl.validation.structure import Problem

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.all_together import Together
    from sednactl.validation.noted import Scaler

page(
    "SDN104",
    "error",
    """
    Name of a child that another document has

    The Global Manager names children after their workload: Service <name>-cloud or
    <name>-aggregation, Deployment <name>-deployment-edge, and so on. Where an object of that name
    exists, whoever owns it, the workload ends as Failed, or a federated job gets an aggregation
    worker and no training workers. Only a warning where the other document has an owner, as a child that
    was read from a cluster has: it goes with that owner.
    """,
)
page(
    "SDN105",
    "warning",
    """
    Deployment that the Global Manager brings back

    When any Deployment is deleted, Sedna 0.7 cuts its name at the first "-deployment", and where a
    JointInferenceService has what is left as its name it makes the Deployment again, whoever it
    belonged to. While the service lives, such a Deployment cannot be deleted.
    """,
)
page(
    "SDN220",
    "warning",
    """
    Replicas that two autoscalers own

    An hpa in the service and a HorizontalPodAutoscaler of one's own scale the same Deployment. Each
    undoes what the other does; Kubernetes then stops both (AmbiguousSelector). With --cluster those
    of the cluster count too: one that a former service left behind scales a new one of that name.
    """,
)
page(
    "SDN511",
    "error",
    """
    Learning from a dataset that Sedna cannot read

    The local controller reads txt and csv, and nothing else: with another format it counts no samples,
    and no training ever begins. For an incremental learning job it writes samples to a file only when
    the format is txt, in lower case. Lifelong learning takes csv as well.
    """,
)
page(
    "SDN512",
    "warning",
    """
    Models of different formats in one job

    Of what training gives, an incremental learning job takes the model whose format is that of the
    initial model. Where the deployed model's format is another one, what is deployed is not what
    the workers expect.
    """,
)
page(
    "SDN606",
    "warning",
    """
    Worker that learns on another node than its data

    The dataset's url is a path on its own node. A worker that is pinned to another node mounts the
    same path there, where the data is not; one that nothing keeps on that node may come to any, where there is more than one. Workers that evaluate read the data too. Where the nodes
    share that folder, all is well.
    """,
)
_MOST_CHILDREN = 6
"""Names that a workload may claim."""


def disagreements(together: Together) -> Iterator[tuple[Document, Problem]]:
    """Give what does not fit between the documents."""
    yield from _taken_names(together)
    yield from _brought_back(together)
    yield from _two_autoscalers(together)
    yield from unfit_secrets(together)
    yield from _datasets(together)
    yield from _models(together)
    yield from _places(together)
    yield from shared_folders(together)
    yield from taken_names(together)


def _taken_names(together: Together) -> Iterator[tuple[Document, Problem]]:
    if not together.contested:
        return
    claimed: dict[tuple[str, str, str], str] = {}
    path = ("metadata", "name")
    twice = Twice(_MOST_CHILDREN * together.workloads)
    hashes = map(hash, together.claimed)
    again = {known for known in hashes if twice.seen(known)}  # nearly all are unique
    for claim in together.claims(lambda target: hash(target) in again or target in together.defined):
        kind, _, name = claim.target
        first = claimed.setdefault(claim.target, claim.owner)
        other = together.defined.get(claim.target)
        if other is not None:
            message = f'its {kind} "{name}" is in {other.place} already'
        elif first != claim.owner:
            message = f'its {kind} "{name}" is that of the {first} too'
        else:
            continue
        level = "warning" if other is not None and other.facts.get("owned") else None
        yield claim.document, Problem("SDN104", path, message, "rename one of them", level=level)


def _brought_back(together: Together) -> Iterator[tuple[Document, Problem]]:
    for namespace, name, place in together.deployments:
        service = together.defined.get(("JointInferenceService", namespace, name.partition("-deployment")[0]))
        if service is None or service.document is None:
            continue
        target = ("Deployment", namespace, name)
        if target in together.claimed:
            continue  # SDN104 tells of it
        message = f'Sedna takes the Deployment "{name}" in {place} for its own: it cannot be deleted'
        yield service.document, Problem("SDN105", ("metadata", "name"), message, "rename one of them")


def _two_autoscalers(together: Together) -> Iterator[tuple[Document, Problem]]:
    scalers = together.scalers
    if not scalers:
        return
    firsts: dict[tuple[str, str, str], Scaler] = {}
    wanted = {scaler.deployment for scaler in scalers}
    scaled = {key: place for key, place in together.scaled if key in wanted}
    made = {
        claim.target: claim
        for claim in together.claims(wanted.__contains__)
        if claim.owner.startswith("JointInferenceService ")
    }
    for scaler in scalers:
        key = scaler.deployment
        first = firsts.setdefault(key, scaler)
        if key in made and key not in scaled and first is not scaler and not scaler.in_cluster:
            message = (
                f"the autoscalers in {first.place} and in {scaler.place} scale the same Deployment {key[2]}"
            )
            yield made[key].document, Problem("SDN220", ("metadata", "name"), message, "keep one of them")
        if key not in made or made[key].owner == f'JointInferenceService "{scaler.owner}"':
            continue
        if key in scaled:
            document, path = scaled[key]
            message = f"the autoscaler in {scaler.place} scales the same Deployment {key[2]}"
            yield document, Problem("SDN220", path, message, "keep one of them", True)
        elif scaler.in_cluster:
            message = f"the autoscaler in {scaler.place} scales {key[2]}, though there is no hpa here"
            hint = "delete it, or say the same as hpa"
            yield made[key].document, Problem("SDN220", ("metadata", "name"), message, hint)


def _datasets(together: Together) -> Iterator[tuple[Document, Problem]]:
    if together.kinds.keys().isdisjoint(("IncrementalLearningJob", "LifelongLearningJob")):
        return
    for reference in together.references:
        incremental = reference.referrer == "IncrementalLearningJob"
        if reference.target[0] != "Dataset" or not (
            incremental or reference.referrer == "LifelongLearningJob"
        ):
            continue
        dataset = together.defined.get(reference.target)
        form = dataset.facts["format"] if dataset else None
        if not isinstance(form, str) or "$" in form or form == "txt":
            continue
        if form.lower() not in ("csv", "txt"):
            message = f'the dataset\'s format is "{form}": Sedna reads txt and csv only, no training begins'
        elif incremental:
            message = f'the dataset\'s format is "{form}": incremental learning only writes txt'
        else:
            continue
        hint = (
            "give it an index with format: txt" if incremental else "give it an index with format: txt or csv"
        )
        yield reference.document, Problem("SDN511", reference.path, message, hint)


def _models(together: Together) -> Iterator[tuple[Document, Problem]]:
    if "IncrementalLearningJob" not in together.kinds:
        return
    job: Document | None = None
    initial: tuple[str, str] | None = None
    for reference in together.references:  # those of one document follow each other
        if reference.document is not job:
            job, initial = reference.document, None
        if reference.referrer != "IncrementalLearningJob" or reference.target[0] != "Model":
            continue
        model = together.defined.get(reference.target)
        form = model.facts["format"] if model else None
        if not isinstance(form, str):
            continue
        if reference.path[1] == "initialModel":
            initial = (reference.target[2], form)
        elif initial is not None and initial[1] != form:
            message = f'its format is "{form}", that of the initial model "{initial[0]}" is "{initial[1]}"'
            hint = "both must be what training writes"
            yield reference.document, Problem("SDN512", reference.path, message, hint)


def _places(together: Together) -> Iterator[tuple[Document, Problem]]:
    if together.kinds.keys().isdisjoint(
        ("FederatedLearningJob", "IncrementalLearningJob", "LifelongLearningJob")
    ):
        return
    for placed in together.placed:
        dataset = together.defined.get(placed.dataset)
        if dataset is None or not str(dataset.facts["url"]).startswith("/"):
            continue
        node = dataset.facts["nodeName"]
        if isinstance(node, str) and node and "$" not in node and node != placed.node:
            if not placed.node:
                message = f'the dataset "{placed.dataset[2]}" lies on {node}, the worker may run on any node'
                yield (
                    placed.document,
                    Problem("SDN606", placed.path, message, f"add nodeName: {node}", True, "info"),
                )
                continue
            message = f'the dataset "{placed.dataset[2]}" lies on {node}, the worker runs on {placed.node}'
            yield placed.document, Problem("SDN606", placed.path, message, f"write nodeName: {node}")
