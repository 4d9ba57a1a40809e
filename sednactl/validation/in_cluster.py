"""What the cluster has of the things that documents refer to: one list a kind and namespace, nothing else.

Whatever may not be read is left open, and said; findings about it stay what they are offline.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from sednactl.errors import Forbidden, NotFound
from sednactl.sedna.kinds import BY_KIND, DATASET, JOINT_INFERENCE, MODEL
from sednactl.sedna.releases import DEPLOYMENTS_SINCE
from sednactl.sedna.resources import CRD, DEPLOYMENT, HPA, LIMIT_RANGE, NODE, RESOURCE_QUOTA, SECRET, Resource
from sednactl.validation.all_together import Together
from sednactl.validation.manager_image import NAMESPACE, manager_image
from sednactl.validation.noted import Defined, Key, Scaler
from sednactl.validation.shape import mapping, maps, text
from sednactl.validation.together import facts_of

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

Json = dict[str, Any]
REFERRED: dict[str, Resource] = {"Model": MODEL.resource, "Dataset": DATASET.resource, "Secret": SECRET}


@dataclass
class Survey:
    """What was found out about a cluster; `namespace` is its default one.

    `looked` holds the kinds and namespaces that were read in full, `denied` what could not be,
    with the reason. `nodes` is None where they may not be read. `unserved` are Sedna kinds that
    the cluster does not have; `scales` tells what stands against an hpa, "" for nothing.
    """

    context: str
    namespace: str
    looked: set[tuple[str, str]] = field(default_factory=set)
    denied: dict[tuple[str, str], str] = field(default_factory=dict)
    nodes: dict[str, Json] | None = None
    unserved: set[str] = field(default_factory=set)
    scales: str = ""
    live: dict[Key, Json] = field(default_factory=dict)
    """The specs of workloads that are in the cluster under the documents' kinds and namespaces."""
    lacking: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    """The sides of services that would be edited and have no Deployment."""
    ranges: dict[str, list[Json]] = field(default_factory=dict)
    quotas: dict[str, list[Json]] = field(default_factory=dict)
    """The LimitRanges and ResourceQuotas by namespace, where something asks for pods."""
    lists: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """What was read in full of kinds that are referred to, and may be edited as well."""

    @property
    def scaling_hint(self) -> str:
        """Say what to do about what stands against an hpa."""
        lacks_role = "role" in self.scales
        return (
            "add horizontalpodautoscalers to its ClusterRole" if lacks_role else "upgrade, or leave hpa out"
        )

    def place_of(self, namespace: str) -> str:
        """Give the namespace that a document is for."""
        return namespace or self.namespace

    def ranges_of(self, namespace: str) -> list[Json]:
        """Give the LimitRanges of a document's namespace, by name."""
        return self.ranges.get(self.place_of(namespace), [])

    def quotas_of(self, namespace: str) -> list[Json]:
        """Give the ResourceQuotas of a document's namespace, by name."""
        return self.quotas.get(self.place_of(namespace), [])

    def knows(self, target: tuple[str, str, str]) -> bool:
        """Tell whether the cluster was asked for objects of this kind and namespace, and answered."""
        return (target[0], target[1] or self.namespace) in self.looked


def survey(together: Together, cluster: Cluster) -> Survey:
    """Read what the documents refer to, and put it beside what they define themselves.

    A document without a namespace is taken to be for the cluster's default one. Raises
    the errors of the cluster's door, but for what is forbidden.
    """
    found = Survey(cluster.context, cluster.namespace)
    wanted = {reference.target[:2] for reference in together.references}
    for kind, namespace in sorted(wanted):
        _read(together, cluster, found, kind, namespace)
    if any(True for _ in chain(together.pinned, together.asked)):
        try:
            listed = cluster.list(_selection(NODE, None))
            found.nodes = {text(mapping(node, "metadata"), "name"): node for node in listed}
        except Forbidden as error:
            found.denied["Node", ""] = error.message
    found.unserved = {kind for kind in together.kinds if not cluster.serves(BY_KIND[kind].resource)}
    _read_live(together, cluster, found)
    _read_bounds(together, cluster, found)
    if any(True for _ in together.scaled):
        found.scales = _against_scaling(cluster, found)
    return found


def _read(together: Together, cluster: Cluster, found: Survey, kind: str, namespace: str) -> None:
    place = namespace or cluster.namespace
    resource = REFERRED[kind]
    if (kind, place) not in found.looked and (kind, place) not in found.denied:
        try:
            # Of secrets only the metadata: what they hold is nobody's business here.
            objects = list(cluster.list(_selection(resource, place), metadata_only=kind == "Secret"))
        except Forbidden as error:
            found.denied[kind, place] = error.message
            return
        except NotFound:
            objects = []  # the kind is not served, which is a finding of its own
        found.looked.add((kind, place))
        if kind != "Secret":
            found.lists[kind, place] = objects
        _define(together, kind, (place, "") if place == cluster.namespace else (place,), objects)


def _read_bounds(together: Together, cluster: Cluster, found: Survey) -> None:
    """Read what bounds the pods of the namespaces that pods are asked for in."""
    places = sorted({namespace or cluster.namespace for (_, namespace, _), _ in together.asked})
    for resource, into in ((LIMIT_RANGE, found.ranges), (RESOURCE_QUOTA, found.quotas)):
        for place in places:
            try:
                listed = list(cluster.list(_selection(resource, place)))
            except Forbidden as error:
                found.denied[resource.kind, place] = error.message
            except NotFound:
                continue  # such a cluster has none
            else:
                into[place] = sorted(listed, key=lambda one: text(mapping(one, "metadata"), "name"))


def _read_live(together: Together, cluster: Cluster, found: Survey) -> None:
    """Read the workloads that the documents may be edits of, and the autoscalers beside them."""
    for kind, namespace in sorted({one.key[:2] for one in together.standing}):
        place = namespace or cluster.namespace
        if (kind, place) in found.denied:
            continue
        try:
            listed = found.lists.get((kind, place))
            if listed is None:
                resource = BY_KIND[kind].resource
                listed = [] if kind in found.unserved else list(cluster.list(_selection(resource, place)))
            scalers = list(cluster.list(_selection(HPA, place))) if kind == JOINT_INFERENCE.kind else []
        except Forbidden as error:
            found.denied[kind, place] = error.message
            continue
        except NotFound:
            continue  # no autoscaling/v2, which is a finding of its own
        for content in listed:
            metadata = mapping(content, "metadata")
            if "deletionTimestamp" not in metadata:
                found.live[kind, namespace, text(metadata, "name")] = mapping(content, "spec")
        together.in_cluster += [_scaler(content, namespace) for content in scalers]
    _read_deployments(together, cluster, found)


def _read_deployments(together: Together, cluster: Cluster, found: Survey) -> None:
    """Find the sides without a Deployment of the services that would be edited; leave them out where none may be read."""
    from sednactl.sedna.naming import deployment_name
    from sednactl.validation.rules.edits import differs

    names: dict[str, set[str] | None] = {}
    for one in together.standing:
        kind, namespace, name = one.key
        there = found.live.get(one.key) if kind == JOINT_INFERENCE.kind else None
        if there is None or not differs(there, one.spec):
            continue
        place = namespace or cluster.namespace
        if place not in names:
            try:
                listed = cluster.list(_selection(DEPLOYMENT, place), metadata_only=True)
                names[place] = {text(mapping(each, "metadata"), "name") for each in listed}
            except Forbidden as error:
                found.denied[DEPLOYMENT.kind, place] = error.message
                names[place] = None
        made = names[place]
        if made is not None:
            sides = tuple(side for side in ("cloud", "edge") if deployment_name(name, side) not in made)
            found.lacking[one.key] = sides


def _scaler(content: Json, namespace: str) -> Scaler:
    metadata, scaled = mapping(content, "metadata"), mapping(mapping(content, "spec"), "scaleTargetRef")
    owners = [text(owner, "name") for _, owner in maps(metadata, "ownerReferences")]
    deployment = text(scaled, "name") if text(scaled, "kind") == "Deployment" else ""
    place = f'the cluster ("{text(metadata, "name")}")'
    return Scaler(place, ("Deployment", namespace, deployment), owners[0] if owners else "", True)


def _selection(resource: Resource, namespace: str | None) -> Any:
    from sednactl.cluster.door import Selection

    return Selection(resource, namespace)


def _define(together: Together, kind: str, namespaces: Iterable[str], objects: list[Json]) -> None:
    for content in objects:
        name = text(mapping(content, "metadata"), "name")
        facts = facts_of(kind, content)
        if kind == "Secret":
            facts["keys"] = None
        for namespace in namespaces:
            together.defined.add_other((kind, namespace, name), Defined(facts, None))


def _against_scaling(cluster: Cluster, found: Survey) -> str:
    """Say what keeps the cluster from scaling a service: its CRD, its Kubernetes, its Global Manager."""
    if JOINT_INFERENCE.kind in found.unserved:
        return ""
    if not cluster.serves(HPA):
        return "the cluster has no autoscaling/v2, which Sedna asks for (Kubernetes 1.23 has it)"
    name = f"{JOINT_INFERENCE.plural}.sedna.io"
    try:
        definition = cluster.get(CRD, name)
    except Forbidden as error:
        found.denied[CRD.kind, ""] = error.message
        return ""
    except NotFound:
        return ""
    for _, version in maps(mapping(definition, "spec"), "versions"):
        schema: Any = version
        for step in (
            "schema",
            "openAPIV3Schema",
            "properties",
            "spec",
            "properties",
            "cloudWorker",
            "properties",
        ):
            schema = mapping(schema, step)
        if schema and "hpa" not in schema:
            return "the cluster's CRD is older than Sedna 0.7 and does not know hpa"
    return _old_manager(cluster, found)


def _old_manager(cluster: Cluster, found: Survey) -> str:
    """Say so where the Global Manager's image is from before 0.7, as Sedna's own chart still has it."""
    try:
        manager = manager_image(cluster)
    except Forbidden as error:
        found.denied[DEPLOYMENT.kind, NAMESPACE] = error.message
        return ""
    if manager is None:
        return ""
    if manager.release is not None and manager.release < DEPLOYMENTS_SINCE:
        return f"the cluster's Global Manager is {manager.image}, which ignores hpa"
    return _without_rights(cluster, found, manager.account)


def _without_rights(cluster: Cluster, found: Survey, account: str) -> str:
    """Say so where the Global Manager may not make autoscalers, as with the role that Sedna brings."""
    from sednactl.sedna.resources import CLUSTER_ROLE_BINDING
    from sednactl.validation.manager_rights import wanting_verbs
    from sednactl.validation.rbac import Account

    try:
        verbs = wanting_verbs(cluster, Account(NAMESPACE, account)) if account else ()
    except Forbidden as error:
        found.denied[CLUSTER_ROLE_BINDING.kind, ""] = error.message
        return ""
    except NotFound:
        return ""
    return (
        f"the cluster's Global Manager may not {verbs[0]} autoscalers: its role lacks them" if verbs else ""
    )
