"""What Sedna itself runs as: its Global Manager, its local controllers, and the EdgeMesh between them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sednactl.diagnosis.book import Result, Subject, check
from sednactl.diagnosis.checks.definitions import common_release, likenesses_of
from sednactl.diagnosis.installed import part_named
from sednactl.diagnosis.observed import Json, Observed
from sednactl.diagnosis.words import counted, some
from sednactl.lifecycle.pod_trouble import deployment_trouble, pod_trouble, said_of
from sednactl.lifecycle.service_state import replicas_of
from sednactl.sedna.node_roles import is_edge
from sednactl.sedna.releases import DEPLOYMENTS_SINCE, Release
from sednactl.sedna.resources import DAEMON_SET, DEPLOYMENT
from sednactl.validation.manager_image import image_of, images_of

AREA = "Sedna"
_INSTALL = "install Sedna: https://sedna.readthedocs.io/en/latest/setup/install.html"


@check("DOC401", AREA, "deployments", "manager_pods")
def manager_runs(observed: Observed, _: datetime) -> Iterator[Result]:
    """Global Manager runs

    Deployment gm in namespace sedna makes everything that a workload consists of. While it is down
    nothing is made, repaired or reported. It runs once; when it dies again and again, some object of
    the cluster may be what it dies of: see DOC801.
    """
    manager = part_named("gm", observed.deployments)
    if manager is None:
        message = f"there is no Deployment gm in namespace {observed.scope.sedna}"
        mend = f"{_INSTALL}; --sedna-namespace says where it is, if elsewhere"
        yield Result("DOC401", "failed", message, mend)
        return
    subject = _subject(DEPLOYMENT.kind, manager)
    replicas = replicas_of(manager)
    pods = [pod for pod in observed.manager_pods if _is_of(pod, manager)]
    troubles = [said_of(pod, trouble) for pod in pods if (trouble := pod_trouble(pod))]
    restarts = max((_restarts(pod) for pod in pods), default=0)
    logs = f"kubectl -n {subject.namespace} logs deploy/{subject.name} --previous"
    if replicas.desired == 0:
        mend = f"kubectl -n {subject.namespace} scale deploy/{subject.name} --replicas=1"
        yield Result("DOC401", "failed", "the Global Manager is scaled to 0", mend, subject)
    elif not replicas.ready:
        causes = [*troubles, *filter(None, [deployment_trouble(manager)])]
        message = "the Global Manager is not ready" + (f": {'; '.join(causes)}" if causes else "")
        yield Result("DOC401", "failed", message, f"{logs} tells why", subject)
    elif restarts > 2:
        message = f"the Global Manager runs, after {restarts} restarts"
        yield Result("DOC401", "warning", message, f"{logs} tells why; DOC801 knows what crashes it", subject)
    elif (replicas.desired or 0) > 1:
        message = (
            f"{replicas.desired} Global Managers run; without leader election they undo each other's work"
        )
        mend = f"kubectl -n {subject.namespace} scale deploy/{subject.name} --replicas=1"
        yield Result("DOC401", "failed", message, mend, subject)
    else:
        yield Result("DOC401", "ok", f"the Global Manager runs: {some(images_of(manager))}")


@check("DOC402", AREA, "deployments", "definitions")
def manager_fits_definitions(observed: Observed, _: datetime) -> Iterator[Result]:
    """Global Manager and CRDs are of one release

    CRDs of 0.7 take an hpa; a Global Manager of 0.6 ignores it. CRDs of 0.6 drop the hpa that a Global
    Manager of 0.7 would carry out. Sedna's Helm chart of 0.7.0 brings CRDs of 0.7 and images of 0.6.0;
    after helm upgrade it is the other way round, as Helm leaves CRDs as they are.
    """
    manager = part_named("gm", observed.deployments)
    if manager is None:
        yield Result("DOC402", "unknown", "there is no Global Manager whose image could be looked at")
        return
    image = image_of(manager)
    running = image.release if image else None
    drawn = common_release(likenesses_of(observed))
    subject = _subject(DEPLOYMENT.kind, manager)
    if running is None:
        message = f"the tag of {some(images_of(manager)) or 'no image'} does not tell a release of Sedna"
        yield Result("DOC402", "unknown", message, "tag the image by its release, e.g. v0.7.0", subject)
    elif drawn is None:
        message = f"the Global Manager is of {running}; the release of the CRDs is not clear"
        yield Result("DOC402", "unknown", message, "see DOC302", subject)
    elif running.series == drawn.series:
        yield Result("DOC402", "ok", f"Global Manager and CRDs are of Sedna {running.series}")
    else:
        status, why, mend = _misfit(running, drawn, subject)
        message = f"the Global Manager is of {running}, the CRDs are of {drawn}: {why}"
        yield Result("DOC402", "failed" if status else "warning", message, mend, subject)


def _misfit(running: Release, drawn: Release, subject: Subject) -> tuple[bool, str, str]:
    """Say whether two releases do harm together, why, and what to do."""
    if running < drawn:
        mend = (
            f"kubectl -n {subject.namespace} set image deploy/{subject.name} '*=kubeedge/sedna-gm:v{drawn}'"
        )
        if running < DEPLOYMENTS_SINCE <= drawn:
            return True, "hpa is taken and ignored, and workers are bare pods", mend
        return False, "what only the newer knows is ignored", mend
    mend = "sednactl crd upgrade"
    if drawn < DEPLOYMENTS_SINCE <= running:
        return True, "hpa is dropped without a word before the Global Manager sees it", mend
    return False, "fields that only the newer knows are dropped", mend


@check("DOC403", AREA, "sedna_daemon_sets", "nodes")
def local_controllers(observed: Observed, _: datetime) -> Iterator[Result]:
    """Local controllers run

    DaemonSet lc brings a local controller to every node. It counts the samples of datasets, drives
    learning jobs from stage to stage and collects the metrics of edge workers; a node without one does
    none of that.
    """
    found = part_named("lc", observed.sedna_daemon_sets)
    if found is None:
        message = f"there is no DaemonSet lc in namespace {observed.scope.sedna}"
        yield Result("DOC403", "failed", message, _INSTALL)
        return
    subject = _subject(DAEMON_SET.kind, found)
    status = found.get("status") or {}
    wanted, ready = int(status.get("desiredNumberScheduled") or 0), int(status.get("numberReady") or 0)
    edge = [node for node in observed.nodes if is_edge(node)]
    mend = f"kubectl -n {subject.namespace} get pods -l sedna=lc -o wide tells where not"
    if wanted < len(edge):
        message = (
            f"local controllers are meant for {counted(wanted, 'node')}, and there are {len(edge)} edge nodes"
        )
        mend = (
            "look at the DaemonSet's nodeSelector and tolerations against the edge nodes' labels and taints"
        )
        yield Result("DOC403", "failed", message, mend, subject)
    elif ready < wanted:
        message = f"{ready} of {wanted} local controllers are ready"
        yield Result("DOC403", "failed" if not ready else "warning", message, mend, subject)
    else:
        yield Result(
            "DOC403", "ok", f"{ready} of {wanted} local controllers are ready: {some(images_of(found))}"
        )


@check("DOC404", AREA, "sedna_daemon_sets", "deployments")
def controllers_fit_manager(observed: Observed, _: datetime) -> Iterator[Result]:
    """Local controllers and Global Manager are of one release

    They talk over a websocket of their own, whose messages changed between releases.
    """
    manager = part_named("gm", observed.deployments)
    controllers = part_named("lc", observed.sedna_daemon_sets)
    releases = [image.release if image else None for image in map(image_of, (manager, controllers))]
    if releases[0] is None or releases[1] is None:
        yield Result(
            "DOC404", "unknown", "no release can be told of the Global Manager, or of the local controllers"
        )
    elif releases[0].series != releases[1].series:
        message = f"the Global Manager is of {releases[0]}, the local controllers are of {releases[1]}"
        mend = f"kubectl -n {observed.scope.sedna} set image ds/lc '*=kubeedge/sedna-lc:v{releases[0]}'"
        yield Result("DOC404", "warning", message, mend)
    else:
        yield Result("DOC404", "ok", f"both are of Sedna {releases[0].series}")


@check("DOC405", AREA, "daemon_sets", "nodes")
def edge_mesh(observed: Observed, _: datetime) -> Iterator[Result]:
    """EdgeMesh

    An edge worker calls the cloud side by a Service's name, <name>-cloud.<namespace>. At the edge only
    EdgeMesh resolves it and carries the call, and only it spreads calls over the replicas that an
    autoscaler adds.
    """
    agents = [one for one in observed.daemon_sets if _is_edge_mesh(one)]
    edge = [node for node in observed.nodes if is_edge(node)]
    mend = "install EdgeMesh: https://edgemesh.netlify.app/guide/"
    if not agents and not edge:
        yield Result("DOC405", "ok", "there are no edge nodes that would need an EdgeMesh")
    elif not agents:
        message = "no EdgeMesh is there: edge workers do not reach the cloud side's Service"
        yield Result("DOC405", "warning", message, mend)
    else:
        status = agents[0].get("status") or {}
        wanted, ready = int(status.get("desiredNumberScheduled") or 0), int(status.get("numberReady") or 0)
        subject = _subject(DAEMON_SET.kind, agents[0])
        message = f"EdgeMesh is ready on {ready} of {counted(wanted, 'node')}"
        if ready < wanted or not ready:
            mend = f"kubectl -n {subject.namespace} describe ds {subject.name}"
            yield Result("DOC405", "warning", message, mend, subject)
        else:
            yield Result("DOC405", "ok", message)


def _is_edge_mesh(workload: Json) -> bool:
    labels = workload["metadata"].get("labels") or {}
    names = (workload["metadata"].get("name"), labels.get("kubeedge"), labels.get("app"))
    return any(str(name or "").startswith("edgemesh") for name in names)


def _subject(kind: str, item: Json) -> Subject:
    meta = item["metadata"]
    return Subject(kind, str(meta.get("namespace") or ""), str(meta.get("name")))


def _is_of(pod: Json, deployment: Json) -> bool:
    """Tell whether a pod has the labels that a Deployment selects by."""
    wanted = ((deployment.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    labels = pod["metadata"].get("labels") or {}
    return bool(wanted) and all(labels.get(key) == value for key, value in wanted.items())


def _restarts(pod: Json) -> int:
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    return max((int(one.get("restartCount") or 0) for one in statuses), default=0)
