"""Where models and data lie: addresses that crash the Global Manager or that nothing will fetch."""

from __future__ import annotations

from collections.abc import Iterator

from sednactl.validation.go_urls import go_refuses, scheme_of
from sednactl.validation.rulebook import Workload, rule
from sednactl.validation.rules.names import placeholder
from sednactl.validation.shape import text
from sednactl.validation.structure import Problem

STORED = ("Model", "Dataset")


@rule("SDN401", "error", *STORED)
def url_can_be_parsed(workload: Workload) -> Iterator[Problem]:
    """URL that crashes the Global Manager

    Sedna 0.7 parses the address when a worker first uses it and does not look at the error: the
    whole Global Manager crashes, for every workload in the cluster, again and again as long as
    the object exists.

    Wrong: /data/100%/m.pb, 10.0.0.1:9000/models, s3://bucket name/m
    Right: /data/100%25/m.pb, s3://bucket-name/m
    """
    url = text(workload.spec, "url")
    fault = go_refuses(url)
    if fault and not placeholder(url):
        message = f'"{_clip(url)}" crashes the Global Manager when it is used: {fault}'
        yield Problem("SDN401", ("spec", "url"), message, "mend it before anything refers to it")


@rule("SDN402", "warning", *STORED)
def url_can_be_fetched(workload: Workload) -> Iterator[Problem]:
    """URL that nothing fetches

    The worker gets s3, http and https addresses downloaded, and absolute paths mounted from its
    node. Anything else reaches the worker as it stands, and its local controller not at all.
    """
    url = text(workload.spec, "url")
    if go_refuses(url) or placeholder(url) or "url" not in workload.spec:
        return
    scheme = scheme_of(url)
    if not url:
        yield Problem("SDN402", ("spec", "url"), "the url is empty", "a path on the node, or s3://…")
    elif not scheme and not url.startswith("/"):
        yield Problem("SDN402", ("spec", "url"), f'"{_clip(url)}" is a relative path', "begin it with '/'")
    elif scheme and scheme not in ("s3", "http", "https"):
        message = f"nothing downloads {scheme}: addresses"
        yield Problem("SDN402", ("spec", "url"), message, "use s3, http, https or a path on the node")
    elif workload.kind == "Dataset" and scheme in ("http", "https"):
        message = f"no local controller reads a dataset over {scheme}"
        yield Problem("SDN402", ("spec", "url"), message, "use s3 or a path on the node")


@rule("SDN403", "info", "Dataset")
def dataset_format(workload: Workload) -> Iterator[Problem]:
    """Dataset format that only some workers understand

    For incremental and lifelong learning Sedna reads the index file itself and knows txt and csv.
    Federated workers read the data themselves, so that other words may be right there.
    """
    name = text(workload.spec, "format")
    if name and name.lower() not in ("txt", "csv"):
        message = f'only workers that read "{name}" themselves can use this dataset'
        yield Problem(
            "SDN403", ("spec", "format"), message, "txt or csv for incremental and lifelong learning"
        )


@rule("SDN404", "warning", "Dataset")
def dataset_has_a_node(workload: Workload) -> Iterator[Problem]:
    """Dataset that belongs to no node

    The local controller on nodeName counts the samples. With an empty name nobody does, and jobs
    that wait for this dataset never start.
    """
    if workload.spec.get("nodeName") == "":
        yield Problem(
            "SDN404", ("spec", "nodeName"), "the node's name is empty", "name the node that holds the data"
        )


def _clip(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"
