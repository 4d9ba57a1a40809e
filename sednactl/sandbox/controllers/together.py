"""All that kube-controller-manager, scheduler, kubelets and metrics-server do in the sandbox, as one list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sednactl.cluster.door import Cluster
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.autoscaler import Autoscalers
from sednactl.sandbox.controllers.daemon_sets import DaemonSets
from sednactl.sandbox.controllers.deployments import Deployments
from sednactl.sandbox.controllers.endpoints import ServiceEndpoints
from sednactl.sandbox.controllers.event_expiry import EventExpiry
from sednactl.sandbox.controllers.garbage import GarbageCollector
from sednactl.sandbox.controllers.kubelet import DEFAULT_PACE, Kubelets, Pace
from sednactl.sandbox.controllers.metrics import RESOLUTION, Metrics
from sednactl.sandbox.controllers.namespaces import Namespaces
from sednactl.sandbox.controllers.nodes import GRACE, NodeLifecycle
from sednactl.sandbox.controllers.pod_gc import PodGarbage
from sednactl.sandbox.controllers.replica_sets import ReplicaSets
from sednactl.sandbox.controllers.running import Controller
from sednactl.sandbox.controllers.scheduler import Scheduler
from sednactl.sandbox.node_set import PARK, NodePlan
from sednactl.scaling.controller_settings import DEFAULT_SETTINGS, ControllerSettings


@dataclass(frozen=True)
class ControllerChoices:
    """What can be chosen: the nodes, how fast pods start and stop, the autoscaler's settings.

    `node_grace` is after how many seconds of silence a node is lost,
    `metrics_resolution` how many seconds are between two readings of usage.
    """

    nodes: Sequence[NodePlan] = PARK
    pace: Pace = DEFAULT_PACE
    autoscaling: ControllerSettings = DEFAULT_SETTINGS
    node_grace: float = GRACE
    metrics_resolution: float = RESOLUTION


def kubernetes_controllers(
    cluster: Cluster,
    clock: Clock,
    tell: Callable[[str], None],
    choices: ControllerChoices | None = None,
) -> list[Controller]:
    """Give the controllers of a cluster, for one `Runner`; reads discovery once.

    `tell` takes one line about an input that cannot be used.
    """
    choices = choices or ControllerChoices()
    return [
        GarbageCollector(cluster, clock),
        Namespaces(cluster, clock),
        Deployments(cluster, clock),
        ReplicaSets(cluster, clock),
        DaemonSets(cluster, clock),
        Scheduler(cluster, clock),
        Kubelets(cluster, clock, choices.nodes, choices.pace),
        NodeLifecycle(cluster, clock, choices.node_grace),
        PodGarbage(cluster, clock),
        ServiceEndpoints(cluster, clock),
        Metrics(cluster, clock, tell, choices.metrics_resolution),
        Autoscalers(cluster, clock, choices.autoscaling),
        EventExpiry(cluster, clock),
    ]
