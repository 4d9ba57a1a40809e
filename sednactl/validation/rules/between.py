"""Documents that do not agree with each other: taken names, keys that crash, data that does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sednactl.validation.packed import Twice
from sednactl.validation.rulebook import page
from sednactl.validation.rules.folders import shared_folders
from sednactl.validation.rules.taken import taken_names
from sednactl.validation.structure import Problem

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.all_together import Together
    from sednactl.validation.together import Defined, Reference, Scaler

page(
    "SDN104",
    "warning",
    """
    Name of a child that another document has

    The Global Manager names children after their workload: Service <name>-cloud or
    <name>-aggregation, Deployment <name>-deployment-edge, and so on. Where an object of that name
    exists, whoever owns it, the workload ends as Failed, or a federated job gets an aggregation
    worker and no training workers.
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
    "SDN406",
    "error",
    """
    Secret that crashes the Global Manager

    Sedna 0.7's Global Manager copies a Secret's data in between its annotations. With data and
    without any annotation it ends with a fault, for every workload of the cluster and again at each
    restart, as soon as a Dataset, an incremental or lifelong learning job, or a Model of an
    incremental learning job uses the Secret. kubectl create secret makes such Secrets.

    Right:
      metadata:
        annotations:
          s3-endpoint: minio.storage:9000
          s3-usehttps: "0"
    """,
)
page(
    "SDN407",
    "warning",
    """
    Secret that is no login to a store

    Sedna needs the annotation s3-endpoint (host and port, without http://), and the keys
    ACCESS_KEY_ID and SECRET_ACCESS_KEY. Where the annotation is missing it sets no credentials at
    all, and says nothing; the local controller also wants both keys. It speaks https unless the
    annotation s3-usehttps is "0", whatever else that says.
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
    yield from _secrets(together)
    yield from _datasets(together)
    yield from _models(together)
    yield from _places(together)
    yield from shared_folders(together)
    yield from taken_names(together)


def _taken_names(together: Together) -> Iterator[tuple[Document, Problem]]:
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
        yield claim.document, Problem("SDN104", path, message, "rename one of them")


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


def _secrets(together: Together) -> Iterator[tuple[Document, Problem]]:
    if not together.defined.any_of("Secret"):
        return
    users: dict[tuple[str, str, str], list[Reference]] = {}
    for reference in together.references:
        if reference.target[0] == "Secret" and reference.target in together.defined:
            users.setdefault(reference.target, []).append(reference)
    if not users:
        return
    incremental = {one.target for one in together.references if one.referrer == "IncrementalLearningJob"}

    def crashes(user: Reference) -> bool:
        if user.referrer == "Model":
            return ("Model", user.target[1], user.referrer_name) in incremental
        return user.referrer in ("Dataset", "IncrementalLearningJob", "LifelongLearningJob")

    for key, references in users.items():
        secret = together.defined[key]
        by_crashing = [one for one in references if crashes(one)]
        hint = "add the annotation s3-endpoint"
        if secret.document is None:  # it is in the cluster, and only its metadata was read
            for user in by_crashing if not secret.facts["annotated"] else ():
                message = f'the Secret "{key[2]}" in the cluster has no annotation: that crashes Sedna'
                yield user.document, Problem("SDN406", user.path, message, hint)
        elif by_crashing and not secret.facts["annotated"] and secret.facts["keys"]:
            message = f"used by {_one(by_crashing[0].referrer)}, a Secret without annotations crashes Sedna"
            yield secret.document, Problem("SDN406", ("metadata",), message, hint, True)
        else:
            yield from ((secret.document, problem) for problem in _login(secret))


def _one(kind: str) -> str:
    return f"{'an' if kind[0] in 'AEIO' else 'a'} {kind}"


def _login(secret: Defined) -> Iterator[Problem]:
    endpoint = secret.facts["endpoint"]
    if not endpoint:
        message = "without the annotation s3-endpoint Sedna sets no credentials"
        yield Problem("SDN407", ("metadata", "annotations"), message, "add it: host and port", True)
    elif "://" in str(endpoint):
        message = f's3-endpoint is "{endpoint}": it takes no scheme'
        hint = 'write host and port alone, and s3-usehttps: "0" for http'
        yield Problem("SDN407", ("metadata", "annotations", "s3-endpoint"), message, hint)
    elif "/" in str(endpoint):
        message = f's3-endpoint is "{endpoint}": it takes no path'
        hint = "write host and port alone; the bucket stands in the url"
        yield Problem("SDN407", ("metadata", "annotations", "s3-endpoint"), message, hint)
    secure = secret.facts["https"]
    if isinstance(secure, str) and secure not in ("0", "1"):
        message = f's3-usehttps is "{secure}", which means https'
        yield Problem("SDN407", ("metadata", "annotations", "s3-usehttps"), message, '"0" for http, else "1"')
    missing = [key for key in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY") if key not in secret.facts["keys"]]
    if missing:
        message = f"the Secret has no {' and no '.join(missing)}"
        yield Problem("SDN407", (), message, "Sedna reads exactly these keys")


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
