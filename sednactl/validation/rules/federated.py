"""Federated learning: who takes part, how they talk, and what stands in their way.

Source: the federated learning controller of Sedna's Global Manager 0.7. Training workers always
get the network of their node, whatever the manifest says.
"""

from __future__ import annotations

from collections.abc import Iterator

from sednactl.validation.go_urls import scheme_of
from sednactl.validation.rulebook import rule
from sednactl.validation.rules.one_node import claimed_twice
from sednactl.validation.shape import has, mapping, maps, text
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

FL = "FederatedLearningJob"


@rule("SDN601", "warning", FL)
def one_transmitter(workload: Workload) -> Iterator[Problem]:
    """Both transmitters at once

    Models travel by websocket (ws) or through a bucket (s3). With both given s3 wins.
    """
    transmitter = mapping(workload.spec, "transmitter")
    if has(transmitter, "ws") and has(transmitter, "s3"):
        path = ("spec", "transmitter", "ws")
        yield Problem("SDN601", path, "ws is ignored, as s3 is given too", "keep one of them", True)


@rule("SDN602", "error", FL)
def participants(workload: Workload) -> Iterator[Problem]:
    """Too few training workers

    Without any, the aggregation worker waits for ever. With a single one it has nothing to
    aggregate: the job runs, and learns what that worker alone would learn.
    """
    workers = workload.spec.get("trainingWorkers")
    if not isinstance(workers, list) or len(workers) > 1:
        return
    path = ("spec", "trainingWorkers")
    if workers:
        message = "a single training worker: there is nothing to aggregate"
        yield Problem("SDN602", path, message, "add a worker for each place with data", True, "warning")
    else:
        message = "no training worker: the aggregation worker waits for ever"
        yield Problem("SDN602", path, message, "add one for each place with data", True)


@rule("SDN603", "warning", FL, about=("ports",))
def workers_share_a_node(workload: Workload) -> Iterator[Problem]:
    """Two training workers that want the same port of one node

    Sedna gives training workers the network of their node, so every port they name is a port of
    the node. The second worker on it is refused there, and one failed pod makes the job Failed.
    """
    for place, other, port, node in claimed_twice(workload):
        if place[1] == other[1] == "trainingWorkers":
            message = f"port {port} of node {node} is trainingWorkers[{other[2]}]'s already"
            hint = "training workers use their node's network: take another port or node"
            yield Problem("SDN603", place[:-1], message, hint, True)


@rule("SDN604", "warning", FL)
def datasets_differ(workload: Workload) -> Iterator[Problem]:
    """The same dataset for two training workers

    Federated learning joins what is learned from different data. Two workers on one dataset count
    it twice.
    """
    seen: dict[str, int] = {}
    for index, worker in maps(workload.spec, "trainingWorkers"):
        name = text(mapping(worker, "dataset"), "name")
        first = seen.setdefault(name, index)
        if name and "$" not in name and first != index:
            path = ("spec", "trainingWorkers", index, "dataset", "name")
            message = f'the dataset "{name}" is trainingWorkers[{first}]\'s already'
            yield Problem("SDN604", path, message, "give each worker data of its own")


@rule("SDN605", "warning", FL)
def bucket_is_one(workload: Workload) -> Iterator[Problem]:
    """Path for the s3 transmitter that is no bucket

    Workers of an s3 transmitter meet in a bucket that all of them can reach. A path on a node is
    another one on each node.
    """
    s3 = mapping(mapping(workload.spec, "transmitter"), "s3")
    url = s3.get("aggDataPath")
    if isinstance(url, str) and scheme_of(url) != "s3" and "$" not in url:
        path = ("spec", "transmitter", "s3", "aggDataPath")
        message = f'"{url[:80]}" is no s3 address' if url else "the address is empty"
        yield Problem("SDN605", path, message, "e.g. s3://bucket/aggregation")
