"""What the controllers cost when nothing happens: CPU a minute with 1,000 autoscalers and 5,000 pods.

    python -m tests.bench.sandbox_at_rest [autoscalers] [pods an autoscaler] [seconds]

The sandbox's API server and all controllers in one process, on one namespace per
hundred autoscalers. Prints how long it took to come to rest, then CPU and
requests over the seconds given. A measurement, not a test.
"""

from __future__ import annotations

import resource
import sys
import threading
import time
from typing import Any

from sednactl.cluster.door import Selection
from sednactl.sandbox.api.bootstrap import furnish
from sednactl.sandbox.api.in_process import in_process_cluster
from sednactl.sandbox.api.rights import ADMIN
from sednactl.sandbox.api.server import ApiServer
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.kubelet import Pace
from sednactl.sandbox.controllers.running import Runner
from sednactl.sandbox.controllers.together import ControllerChoices, kubernetes_controllers
from sednactl.sandbox.load import SideLoad, key_of, set_load
from sednactl.sandbox.node_set import NodePlan
from sednactl.sedna.resources import DEPLOYMENT, HPA, NAMESPACE
from sednactl.surroundings import Surroundings
from tests.sandbox.controllers.observed import deployment


def main() -> None:
    given = [int(each) for each in sys.argv[1:]]
    autoscalers, replicas, seconds = given + [1000, 5, 60][len(given) :]
    clock = Clock()
    server = ApiServer(clock)
    furnish(server)
    cluster = in_process_cluster(server, ADMIN, Surroundings.of_process())
    nodes = tuple(NodePlan(f"node-{number}", number > 4, "640", "2Ti", 2000) for number in range(8))
    choices = ControllerChoices(nodes=nodes, pace=Pace(start=1, stop=1))
    runner = Runner(cluster, kubernetes_controllers(cluster, clock, print, choices), clock, print)
    stop = threading.Event()
    thread = threading.Thread(target=runner.run, args=(stop,), daemon=True)
    thread.start()
    runner.ready.wait()
    began, cpu = time.monotonic(), _cpu()
    for number in range(autoscalers):
        namespace, name = f"n{number // 100}", f"w{number}"
        if number % 100 == 0:
            meta = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
            cluster.create(NAMESPACE, meta)
        cluster.create(DEPLOYMENT, deployment(name, replicas), namespace=namespace)
        cluster.create(HPA, _autoscaler(name, replicas), namespace=namespace)
        load = SideLoad(f"app={name}", clock.now(), ((0.0, 400.0 * replicas),))
        if number % 10 == 0:
            set_load(cluster, key_of(namespace, name, "edge"), load)
    while sum(_ready(item) for item in cluster.list(_selection())) < autoscalers:
        time.sleep(5)
    print(
        f"{autoscalers * replicas} pods ready after {time.monotonic() - began:.1f} s, CPU {_cpu() - cpu:.1f} s"
    )
    time.sleep(75)  # metrics, conditions of autoscalers
    cpu = _cpu()
    time.sleep(seconds)
    print(f"at rest: {60 * (_cpu() - cpu) / seconds:.2f} s CPU a minute")
    print(f"largest resident memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    stop.set()
    thread.join(10)


def _selection() -> Selection:
    return Selection(DEPLOYMENT)


def _ready(item: dict[str, Any]) -> bool:
    ready: bool = item.get("status", {}).get("readyReplicas", 0) == item["spec"]["replicas"]
    return ready


def _autoscaler(name: str, replicas: int) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": 80}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": replicas,
            "maxReplicas": 2 * replicas,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
