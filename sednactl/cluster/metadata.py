"""An object's metadata as typed fields, decoded without making a dict of everything: for lists of a whole fleet.

msgspec skips what has no field here (managedFields is most of the metadata of a
real object) without building it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from sednactl.cluster.answers import Answer, Asked, decoded
from sednactl.cluster.paging import Part
from sednactl.errors import ServerFault

Json = dict[str, Any]


class Owner(msgspec.Struct, gc=False, omit_defaults=True):
    """One owner reference, by the API's names."""

    apiVersion: str = ""  # noqa: N815
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None
    blockOwnerDeletion: bool | None = None  # noqa: N815


class Metadata(msgspec.Struct, gc=False, omit_defaults=True):
    """What tells whose an object is and what has become of it, by the API's names; the rest was never decoded."""

    name: str
    uid: str = ""
    namespace: str = ""
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    ownerReferences: list[Owner] | None = None  # noqa: N815
    creationTimestamp: str | None = None  # noqa: N815
    deletionTimestamp: str | None = None  # noqa: N815
    finalizers: list[str] | None = None

    def as_dict(self) -> Json:
        """Give it as a raw object's metadata, without what is empty."""
        content: Json = msgspec.to_builtins(self)
        return content


class _Item(msgspec.Struct, gc=False):
    metadata: Metadata


class _ListMetadata(msgspec.Struct, gc=False, rename={"token": "continue", "version": "resourceVersion"}):
    version: str = ""
    token: str = ""


class _List(msgspec.Struct, gc=False):
    metadata: _ListMetadata
    items: list[_Item] | None = None


_decoder = msgspec.json.Decoder(_List)


def decoded_metadata(answer: Answer, asked: Asked, server: str, context: str) -> Part[Metadata]:
    """Give the metadata of a page of a list. Raises as `decoded` does, and ServerFault for what is no list."""
    if answer.status < 300:
        try:
            page = _decoder.decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            decoded(answer, asked, server, context)
            raise ServerFault(f"the API server's list of {asked.thing} is no list of objects") from None
        items = [item.metadata for item in page.items or ()]
        return Part(items, page.metadata.version, page.metadata.token or None)
    decoded(answer, asked, server, context)
    raise AssertionError("unreachable")  # an answer from 300 on was raised


def place_of(metadata: Metadata) -> str:
    """Give the key in whose order the API server lists."""
    return f"{metadata.namespace}/{metadata.name}" if metadata.namespace else metadata.name
