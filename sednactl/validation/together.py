"""What a document defines and refers to: what rules that look at all of them together ask for.

`note` takes it from a document, and can do so in another process; `all_together` puts it to the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from sednactl.sedna.kinds import BY_KIND
from sednactl.validation.mounting import DOWNLOADER, DOWNLOADS, HOST_PREFIX, HOT_UPDATE
from sednactl.validation.noted import DEFINES, OWNING, SCALING, WORKLOAD, Demand
from sednactl.validation.packed import packed
from sednactl.validation.shape import mapping, text, whole
from sednactl.validation.vocabulary import short

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.noted import Key, Note
    from sednactl.validation.workload import Workload

_FACTS: Final = {"Dataset": ("format", "nodeName", "url"), "Model": ("format", "url")}
BOUNDS: Final = ("LimitRange", "ResourceQuota")
"""Kinds that bound the pods of their namespace."""
_NO_FACTS: Final[dict[str, Any]] = {}
_PLACES: Final = (HOST_PREFIX, DOWNLOADS, HOT_UPDATE)
"""How the places begin where Sedna mounts anything."""
_LEARNS_AT: Final = {
    "FederatedLearningJob": ("trainingWorkers",),
    "IncrementalLearningJob": ("trainSpec", "evalSpec"),
    "LifelongLearningJob": ("trainSpec", "evalSpec"),
}
"""The fields of spec whose workers read the Dataset, by kind."""


def note(
    content: dict[str, Any], document: Document, workload: Workload | None, *, for_cluster: bool = False
) -> Note:
    """Give what a document, of any kind, says that others may answer; what only a cluster can, when asked."""
    kind = str(content.get("kind"))
    facts = facts_of(kind, content) or None
    if workload is None:
        metadata = mapping(content, "metadata")
        name, namespace = metadata.get("name"), metadata.get("namespace") or ""
        if not isinstance(name, str) or not isinstance(namespace, str):
            name = namespace = ""
        target = None
        if kind == "HorizontalPodAutoscaler":
            scaled = mapping(mapping(content, "spec"), "scaleTargetRef")
            target = text(scaled, "name") if text(scaled, "kind") == "Deployment" else None
        marks = DEFINES if target is None else DEFINES | SCALING
        record = packed((short(kind), namespace, name, facts, (), (), None, target))
        return kind, namespace, name, marks, (), record
    named = [one for one in workload.names() if one[2] and "$" not in one[2]]
    names = tuple([(short(of), name, short(path)) for of, path, name in named])
    sides = tuple([side.name for side in workload.sides() if isinstance(side.worker.get("hpa"), dict)])
    own = _own(workload) if _may_be_taken(workload) else ()
    pins = _pins(workload, document, for_cluster, own)
    marks = WORKLOAD | OWNING if own else WORKLOAD
    if isinstance(workload.metadata.get("namespace") or "", str):
        marks |= DEFINES
    record = packed((short(kind), workload.namespace, workload.name, facts, names, sides, pins, None))
    return kind, workload.namespace, workload.name, marks, tuple([one[0] for one in named]), record


def _pins(workload: Workload, document: Document, for_cluster: bool, own: tuple[Any, ...]) -> tuple[Any, ...]:
    """Give what a workload says about nodes, as it is kept: the fields of `Pins` up to the last one that says anything."""
    nodes = []
    for path, pod in workload.pods():
        node = text(pod, "nodeName")
        if node and "$" not in node:
            nodes.append((node, short((*path, "nodeName"))))
    demands: tuple[Any, ...] = ()
    spec = None
    if for_cluster:
        from sednactl.validation.rules.edits import EDITED

        spec = workload.spec if workload.kind in EDITED else None
        node = text(workload.spec, "nodeName")
        if workload.kind == "Dataset" and node and "$" not in node:
            nodes.append((node, short(("spec", "nodeName"))))
        demands = _demands(workload, document)
    elif document.origin is None:  # it cannot be read again, as files are where bounds are among them
        demands = _demands(workload, document)
        spec = workload.spec if workload.kind == "JointInferenceService" else None
    placed = tuple(_placed(workload)) if workload.kind in _LEARNS_AT else ()
    if placed or demands or own or spec is not None:
        return tuple(nodes), placed, demands, spec, own
    return (tuple(nodes),) if nodes else ()


def _demands(workload: Workload, document: Document) -> tuple[Any, ...]:
    return tuple(
        [
            (one.pod, one.replicas, short(one.path), short(one.count_path))
            for one in demands_of(workload, document)
        ]
    )


def _own(workload: Workload) -> tuple[Any, ...]:
    from sednactl.validation.rules.taken import own_names

    return tuple(
        [(one.what, one.name, short(one.path), short(one.pod), one.given) for one in own_names(workload)]
    )


def _may_be_taken(workload: Workload) -> bool:
    """Tell whether a pod has a volume, a mount or a container that what Sedna adds may be called like; in doubt it does."""
    for _, pod in workload.pods():
        volumes = pod.get("volumes")
        for volume in volumes if type(volumes) is list else ():
            name = text(volume, "name")
            if name[-1:] == "z" or name[:6] == "sedna-" or len(name) == 63:
                return True
    for _, _, container in workload.containers():
        if container.get("name") == DOWNLOADER:
            return True
        mounts = container.get("volumeMounts")
        for mount in mounts if type(mounts) is list else ():
            if text(mount, "mountPath").startswith(_PLACES):
                return True
    return False


def _placed(workload: Workload) -> Iterator[tuple[Key, str, Any]]:
    for path, pod in workload.pods():
        if path[1] not in _LEARNS_AT[workload.kind]:
            continue
        owner = workload.spec[path[1]][path[2]] if path[1] == "trainingWorkers" else workload.spec
        dataset, node = text(mapping(owner, "dataset"), "name"), text(pod, "nodeName")
        if not dataset or "$" in node:
            continue
        if node:
            yield ("Dataset", workload.namespace, dataset), node, short((*path, "nodeName"))
        elif pod and not pod.get("nodeSelector") and not pod.get("affinity"):
            yield ("Dataset", workload.namespace, dataset), "", short(path)


def demands_of(workload: Workload, document: Document) -> Iterator[Demand]:
    """Give the pods that a workload asks for."""
    for path, pod in workload.pods():
        owner: Any = workload.spec
        for step in path[1:-2]:
            owner = owner[step]
        hpa = mapping(owner, "hpa")
        count = whole(hpa, "maxReplicas") if hpa else whole(owner, "replicas")
        counted = (*path[:-2], "hpa", "maxReplicas") if hpa else (*path[:-2], "replicas")
        if count is None or count < 1:
            count, counted = 1, path
        yield Demand(pod, count, document, path, counted)


def facts_of(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Give what rules ask about an object of this kind."""
    if kind in _FACTS:
        spec = mapping(content, "spec")
        return {name: spec.get(name) for name in _FACTS[kind]}
    if kind in BOUNDS:
        return {"spec": mapping(content, "spec")}
    if kind == "Secret":
        from sednactl.validation.rules.secrets import broken_in, refused_in

        annotations = mapping(mapping(content, "metadata"), "annotations")
        keys = {*mapping(content, "data"), *mapping(content, "stringData")}
        return {
            "annotated": bool(annotations),
            "endpoint": annotations.get("s3-endpoint"),
            "https": annotations.get("s3-usehttps"),
            "keys": keys,
            "refused": tuple(refused_in(content)),
            "broken": tuple(broken_in(content)),
        }
    if mapping(content, "metadata").get("ownerReferences") and kind not in BY_KIND:
        return {"owned": True}
    return _NO_FACTS
