"""Many at once: no write is lost, no name is given twice, no address either."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sednactl.errors import Conflict
from sednactl.sandbox.api.in_process import in_process_cluster
from sednactl.sandbox.api.rights import ADMIN
from sednactl.sandbox.api.server import ApiServer
from sednactl.sedna.resources import SECRET, SERVICE
from sednactl.surroundings import Surroundings
from tests.api_contract.servers import Sandbox

THREADS, TIMES = 4, 20


def together(work: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))


def test_optimistic_locks_lose_no_write(server: ApiServer, surroundings: Surroundings) -> None:
    cluster = in_process_cluster(server, ADMIN, surroundings)
    meta = {"name": "count", "annotations": {"count": "0"}}
    cluster.create(SECRET, {"apiVersion": "v1", "kind": "Secret", "metadata": meta})

    def count(_: int) -> None:
        for _ in range(TIMES):
            while True:
                now = cluster.get(SECRET, "count")["metadata"]
                annotations = {"count": str(int(now["annotations"]["count"]) + 1)}
                patch = {"metadata": {"resourceVersion": now["resourceVersion"], "annotations": annotations}}
                try:
                    cluster.patch(SECRET, "count", patch)
                    break
                except Conflict:
                    continue

    together(count)
    assert cluster.get(SECRET, "count")["metadata"]["annotations"]["count"] == str(THREADS * TIMES)


def test_every_service_has_an_address_of_its_own(server: ApiServer, surroundings: Surroundings) -> None:
    cluster = in_process_cluster(server, ADMIN, surroundings)
    given: list[str] = []

    def create(number: int) -> None:
        for time in range(TIMES):
            body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": f"s-{number}-{time}"}}
            made = cluster.create(SERVICE, {**body, "spec": {"ports": [{"port": 80}]}}).object
            given.append(made["spec"]["clusterIP"])

    together(create)
    assert len(set(given)) == THREADS * TIMES


def test_watchers_over_https_see_every_write_in_order(sandbox: Sandbox) -> None:
    path = "/api/v1/namespaces/default/configmaps"
    seen: dict[int, list[str]] = {number: [] for number in range(THREADS)}
    version = sandbox.raw.get(path).version
    ready = threading.Barrier(THREADS + 1)

    def watch(number: int) -> None:
        with sandbox.raw.watch(path, seconds=60, resourceVersion=version) as events:
            ready.wait(30)
            for event in events:
                seen[number].append(event["object"]["metadata"]["resourceVersion"])
                if len(seen[number]) == TIMES:
                    return

    writer = threading.Thread(target=lambda: _write(sandbox, path, ready))
    writer.start()
    together(watch)
    writer.join()
    assert len({tuple(one) for one in seen.values()}) == 1
    assert [int(one) for one in seen[0]] == sorted(int(one) for one in seen[0])


def _write(sandbox: Sandbox, path: str, ready: threading.Barrier) -> None:
    ready.wait(30)
    for number in range(TIMES):
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"c{number}"}}
        assert sandbox.raw.post(path, body).status == 201
