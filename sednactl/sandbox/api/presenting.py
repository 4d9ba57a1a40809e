"""How objects leave: whole, as metadata only, or as a table; one by one, in lists, in watch events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sednactl.sandbox.api.autoscaling_versions import to_v1
from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.requests import Request
from sednactl.sandbox.api.store import Version
from sednactl.sandbox.api.text import Json, encode

_PARTIAL = ("PartialObjectMetadata", "PartialObjectMetadataList")


@dataclass(frozen=True)
class Form:
    """What a client wants to see: `how` is plain, table or partial; `of` the meta.k8s.io version; `include` for tables."""

    how: str = "plain"
    of: str = "v1"
    include: str = "Metadata"


def form_of(request: Request) -> Form:
    """Read the Accept header: the first form in it that we know. Raises Refusal NotAcceptable where there is none."""
    accepted = request.headers.get("accept", "")
    for entry in accepted.split(",") if accepted.strip() else ["*/*"]:
        media, *parameters = (part.strip() for part in entry.split(";"))
        if media not in ("application/json", "*/*", "application/*", "application/yaml"):
            continue
        given = dict(parameter.split("=", 1) for parameter in parameters if "=" in parameter)
        wanted = given.get("as", "")
        if not wanted:
            return Form()
        if given.get("g", "meta.k8s.io") != "meta.k8s.io" or given.get("v") not in ("v1", "v1beta1"):
            continue
        include = request.one("includeObject") or "Metadata"
        if wanted == "Table":
            return Form("table", given["v"], include)
        if wanted in _PARTIAL:
            return Form("partial", given["v"])
    raise Refusal(
        "NotAcceptable",
        "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, "
        "application/vnd.kubernetes.protobuf, application/json;stream=watch, "
        "application/vnd.kubernetes.protobuf;stream=watch",
        detailed=True,
    )


def text_of(kind: Kind, version: Version) -> bytes:
    """Give an object's JSON without kind and apiVersion, in the kind's version."""
    if kind.version != kind.storage_version and kind.custom is None:
        return encode(to_v1(version.object()))
    return version.text


def prefix_of(kind: Kind) -> bytes:
    """Give the beginning of every object of a kind, up to its first own field."""
    if kind.custom is not None:
        return b'{"apiVersion":"%s","kind":"%s",' % (kind.api_version.encode(), kind.kind.encode())
    return b'{"kind":"%s","apiVersion":"%s",' % (kind.kind.encode(), kind.api_version.encode())


def whole(kind: Kind, version: Version) -> bytes:
    """Give one object's JSON."""
    return prefix_of(kind) + text_of(kind, version)[1:]


def typed(kind: Kind, content: Json) -> Json:
    """Give an object with kind and apiVersion in front, as it was stored or would be, in the kind's version."""
    if kind.version != kind.storage_version and kind.custom is None:
        content = to_v1(content)
    rest = {key: value for key, value in content.items() if key not in ("kind", "apiVersion")}
    return {"kind": kind.kind, "apiVersion": kind.api_version, **rest}


def partial(content: Json, of: str) -> Json:
    """Give an object's metadata alone."""
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": f"meta.k8s.io/{of}",
        "metadata": content["metadata"],
    }


def plain_list(kind: Kind, versions: Sequence[Version], meta: Json) -> bytes:
    """Give a list's JSON. Items of built-in kinds carry no kind and apiVersion, those of custom kinds do."""
    head = b'{"kind":"%s","apiVersion":"%s","metadata":%s,"items":[' % (
        kind.lists.encode(),
        kind.api_version.encode(),
        encode(meta),
    )
    if kind.custom is not None:
        prefix = prefix_of(kind)
        return head + b",".join([prefix + version.text[1:] for version in versions]) + b"]}\n"
    if kind.version != kind.storage_version:
        return head + b",".join([text_of(kind, version) for version in versions]) + b"]}\n"
    return head + b",".join([version.text for version in versions]) + b"]}\n"


def partial_list(versions: Sequence[Version], meta: Json, of: str) -> bytes:
    """Give a list of metadata."""
    items: list[Any] = [partial(version.object(), of) for version in versions]
    return (
        encode(
            {
                "kind": "PartialObjectMetadataList",
                "apiVersion": f"meta.k8s.io/{of}",
                "metadata": meta,
                "items": items,
            }
        )
        + b"\n"
    )
