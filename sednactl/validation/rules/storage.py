"""Where models and data lie: addresses that crash the Global Manager or that nothing will fetch."""

from __future__ import annotations

from collections.abc import Iterator

from sednactl.validation.go_urls import address_of, go_refuses, scheme_of
from sednactl.validation.mounting import DOWNLOADED
from sednactl.validation.plain.names import placeholder
from sednactl.validation.rulebook import rule
from sednactl.validation.rules.triggers import LEARNING
from sednactl.validation.shape import mapping
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

STORED = ("Model", "Dataset")


_ADDRESSES: dict[str, tuple[tuple[str, ...], ...]] = {
    "Model": (("url",),),
    "Dataset": (("url",),),
    "IncrementalLearningJob": (("outputDir",),),
    "LifelongLearningJob": (("outputDir",),),
    "FederatedLearningJob": (("transmitter", "s3", "aggDataPath"),),
}


def addresses_of(workload: Workload) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give every address that Sedna reads in a workload, and where it stands."""
    for steps in _ADDRESSES.get(workload.kind, ()):
        owner = workload.spec
        for step in steps[:-1]:
            owner = mapping(owner, step)
        if isinstance(owner.get(steps[-1]), str):
            yield ("spec", *steps), owner[steps[-1]]


@rule("SDN401", "error", *_ADDRESSES)
def url_can_be_parsed(workload: Workload) -> Iterator[Problem]:
    """URL that crashes the Global Manager

    Sedna 0.7 parses the address when a worker first uses it and does not look at the error: the
    whole Global Manager crashes, for every workload in the cluster, again and again as long as
    the object exists.

    Wrong: /data/100%/m.pb, 10.0.0.1:9000/models, s3://bucket name/m
    Right: /data/100%25/m.pb, s3://bucket-name/m
    """
    for path, url in addresses_of(workload):
        fault = go_refuses(url)
        if fault and not placeholder(url):
            message = f'"{_clip(url)}" crashes the Global Manager when it is used: {fault}'
            yield Problem("SDN401", path, message, _mended(fault))


@rule("SDN402", "warning", *STORED, *LEARNING)
def url_can_be_fetched(workload: Workload) -> Iterator[Problem]:
    """URL that nothing fetches

    The worker gets s3, http and https addresses downloaded, and absolute paths mounted from its
    node. An address needs a bucket or a host after its "//". Anything else reaches the worker as it stands, and its local controller not at all. The
    local controller reads datasets, and writes to outputDir, only at paths and in s3. Of a dataset in
    txt or csv it reads the index, which is a file.
    """
    for path, url in addresses_of(workload):
        if go_refuses(url) or placeholder(url):
            continue
        scheme, what = scheme_of(url), path[-1]
        if not url:
            yield Problem("SDN402", path, f"the {what} is empty", "a path on the node, or s3://…")
        elif not scheme and not url.startswith("/"):
            yield Problem("SDN402", path, f'"{_clip(url)}" is a relative path', "begin it with '/'")
        elif not scheme and _climbs(url):
            message = f'"{_clip(url)}" holds "..", and Kubernetes refuses such a volume'
            yield Problem("SDN402", path, message, "write the folder's own path", level="error")
        elif scheme and scheme not in DOWNLOADED:
            message = f"nothing downloads {scheme}: addresses"
            yield Problem("SDN402", path, message, "use s3, http, https or a path on the node")
        elif scheme and not address_of(url):
            what = "bucket" if scheme == "s3" else "host"
            yield Problem("SDN402", path, f'"{_clip(url)}" names no {what}', f"e.g. {scheme}://{what}/path")
        elif scheme in ("http", "https") and workload.kind != "Model":
            does = "reads a dataset" if what == "url" else "writes to an outputDir"
            message = f"no local controller {does} over {scheme}"
            yield Problem("SDN402", path, message, "use s3 or a path on the node")
        elif workload.kind == "Dataset" and url.endswith("/") and _read_by_sedna(workload):
            message = f'"{_clip(url)}" is a folder; the local controller reads a file with one sample a line'
            yield Problem("SDN402", path, message, "name the index file")


@rule("SDN405", "info", *_ADDRESSES)
def bucket_needs_keys(workload: Workload) -> Iterator[Problem]:
    """Address in a bucket without credentials

    Without credentialName the worker asks Amazon's own s3 service, without any keys, whatever the
    address says: a store of one's own (MinIO and the like) is never reached.
    """
    for path, url in addresses_of(workload):
        owner = workload.spec
        for step in path[1:-1]:
            owner = mapping(owner, step)
        if scheme_of(url) == "s3" and not owner.get("credentialName"):
            hint = "name a Secret with the keys, annotated with s3-endpoint"
            yield Problem("SDN405", path, f'"{_clip(url)}" in s3 without credentialName', hint)


@rule("SDN403", "info", *STORED)
def format_is_known(workload: Workload) -> Iterator[Problem]:
    """Format that only some workers understand

    For incremental and lifelong learning Sedna reads the index file of a dataset itself and knows txt
    and csv. Federated workers read the data themselves, so that other words may be right there. A
    model's format may be any word, as workers read models themselves, but an empty one says nothing.
    """
    name = workload.spec.get("format")
    if not isinstance(name, str):
        return
    path = ("spec", "format")
    if not name.strip():
        hint = "txt or csv" if workload.kind == "Dataset" else "e.g. pb, onnx or pth"
        yield Problem("SDN403", path, "the format is empty", hint, level="warning")
    elif workload.kind == "Dataset" and name.lower() not in ("txt", "csv"):
        message = f'only workers that read "{name}" themselves can use this dataset'
        yield Problem("SDN403", path, message, "txt or csv for incremental and lifelong learning")


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


def _climbs(url: str) -> bool:
    return ".." in url.split("/")[:-1]  # the folder is what is mounted


def _read_by_sedna(dataset: Workload) -> bool:
    return str(dataset.spec.get("format")).lower() in ("txt", "csv")


def _mended(fault: str) -> str:
    if "escape" in fault:
        return "write % as %25"
    if "colon" in fault or "scheme" in fault:
        return "write s3://, http:// or https:// before a host, '/' before a path"
    return "take the characters out that no address has, blanks in a host or bucket among them"


def _clip(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"
