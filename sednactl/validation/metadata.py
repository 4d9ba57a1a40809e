"""What the API server asks of an object's metadata: types, names, labels, annotations, owners.

Metadata is decoded into a Go struct, not by a schema: null is the empty value
anywhere in it, while an unknown field or a wrong type is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.naming import longest_name
from sednactl.validation.structure import (
    _TYPES,
    MISSING,
    UNKNOWN_FIELD,
    WRONG_TYPE,
    Guesses,
    Problem,
    _describe,
    _show,
)
from sednactl.validation.verdict import is_integer
from sednactl.validation.words import (
    are_labels,
    is_dns_label,
    is_dns_subdomain,
    label_key_fault,
    label_value_fault,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sednactl.validation.finding import Path
    from sednactl.validation.schemas import Node

METADATA: Final = "SDN008"
MOST_ANNOTATION_BYTES: Final = 256 * 1024
TEXTS: Final = frozenset(("name", "namespace"))
MAPS_OF_TEXTS: Final = frozenset(("labels", "annotations"))
"""Fields of metadata that nearly all manifests have no others than; a test holds them against the schemas."""
_NO_MAP: Final[dict[str, Any]] = {}


def metadata_problems(node: Node, content: dict[str, Any], root: Node) -> list[Problem]:
    """Give everything the API server would refuse in `metadata`."""
    metadata = content.get("metadata")
    if metadata is None:
        metadata = _NO_MAP
    if not _is_everyday(metadata):
        shape = list(_shape(node, metadata, ("metadata",), Guesses(root)))
        if shape:
            return shape
    elif not _tells_more(metadata):
        return []
    return [
        *_names(metadata, content.get("kind")),
        *_labels(metadata),
        *_owners(metadata),
        *_finalizers(metadata),
    ]


def _tells_more(metadata: dict[str, Any]) -> bool:
    """Tell, of everyday metadata, whether it says more than a right name, namespace and labels."""
    for name, value in metadata.items():
        if name == "name":
            if not is_dns_subdomain(value):
                return True
        elif name == "namespace":
            if not is_dns_label(value):
                return True
        elif name != "labels" or not are_labels(value):
            return True
    return "name" not in metadata


def _is_everyday(metadata: Any) -> bool:
    """Tell, quickly, whether metadata holds but texts, and maps of texts, where it may: as nearly all does."""
    if type(metadata) is not dict:
        return False
    for name, value in metadata.items():
        if type(value) is str:
            if name not in TEXTS:
                return False
        elif type(value) is not dict or name not in MAPS_OF_TEXTS:
            return False
        else:
            for item in value.values():
                if type(item) is not str:
                    return False
    return True


def _shape(node: Node, value: Any, path: Path, guesses: Guesses) -> Iterator[Problem]:
    if value is None or path[-1] == "fieldsV1":  # the server keeps that one as it is
        return
    kind = node.type
    fits = {
        "object": type(value) is dict,
        "array": type(value) is list,
        "string": type(value) is str,
        "integer": is_integer(value),
        "boolean": type(value) is bool,
    }.get(kind, True)
    if not fits:
        hint = ""
        if kind == "string" and isinstance(value, (int, float)):
            from sednactl.validation.as_written import quoting

            hint = quoting(value)
        yield Problem(WRONG_TYPE, path, f"must be {_TYPES[kind]}, is {_describe(value)}", hint)
    elif kind == "object":
        for name, item in value.items():
            child = node.field(name) or node.additional
            if child is not None:
                yield from _shape(child, item, (*path, name), guesses)
            elif node.closed:
                hint = guesses.hint(path, node, name)
                yield Problem(UNKNOWN_FIELD, (*path, name), f"unknown field {_show(name)}", hint, True)
    elif kind == "array" and node.items is not None:
        for index, item in enumerate(value):
            yield from _shape(node.items, item, (*path, index), guesses)
    elif node.limit("format") == "date-time" and not _is_time(value):
        yield Problem(METADATA, path, f"{_show(value)} is no time", "write e.g. 2025-04-20T08:00:00Z")


_KEY_HINT: Final = "write NAME or DOMAIN/NAME, e.g. example.org/team"


def _names(metadata: dict[str, Any], kind: object) -> Iterator[Problem]:
    name, prefix = metadata.get("name") or "", metadata.get("generateName") or ""
    if not name and not prefix:
        at = ("metadata",)
        yield Problem(
            MISSING, at, 'required field "name" is missing', "every object needs metadata.name", True
        )
    if name and not is_dns_subdomain(name):
        yield Problem(METADATA, ("metadata", "name"), f"{_show(name)} is no valid name", _name_hint(kind))
    masked = prefix[:-2] + "a" if len(prefix) > 1 and prefix.endswith("-") else prefix
    if prefix and not is_dns_subdomain(masked):
        message = f"{_show(prefix)} begins no valid name"
        yield Problem(METADATA, ("metadata", "generateName"), message, _name_hint(kind))
    namespace = metadata.get("namespace") or ""
    if namespace and not is_dns_label(namespace):
        yield Problem(
            METADATA,
            ("metadata", "namespace"),
            f"{_show(namespace)} is no valid namespace",
            "lower-case letters, digits and '-', at most 63 characters",
        )


def _name_hint(kind: object) -> str:
    """Say what a name may be; where children will carry it, what they can carry (SDN101)."""
    known = BY_KIND.get(str(kind))
    if known is None or not known.makes_children:
        return "lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit, at most 253 characters"
    most = f"at most {longest_name(known)} characters"
    if known.services:
        return f"lower-case letters, digits and '-', beginning with a letter, ending with a letter or digit, {most}"
    return f"lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit, {most}"


def _labels(metadata: dict[str, Any]) -> Iterator[Problem]:
    for key, value in (metadata.get("labels") or _NO_MAP).items():
        path = ("metadata", "labels", key)
        fault = label_key_fault(key)
        if fault:
            yield Problem(METADATA, path, f"label key {_show(key)}: {fault}", _KEY_HINT, True)
        fault = label_value_fault(value or "")
        if fault:
            yield Problem(
                METADATA, path, f"label value {_show(value)}: {fault}", "an annotation may hold any text"
            )
    annotations = metadata.get("annotations") or _NO_MAP
    size = 0
    for key, value in annotations.items():
        size += len(key.encode()) + len((value or "").encode())
        fault = label_key_fault(key.lower())
        if fault:
            yield Problem(
                METADATA,
                ("metadata", "annotations", key),
                f"annotation key {_show(key)}: {fault}",
                _KEY_HINT,
                True,
            )
    if size > MOST_ANNOTATION_BYTES:
        message = f"annotations of {size:,} bytes; {MOST_ANNOTATION_BYTES:,} are allowed"
        yield Problem(METADATA, ("metadata", "annotations"), message, "keep large texts elsewhere", True)


def _finalizers(metadata: dict[str, Any]) -> Iterator[Problem]:
    names = [name or "" for name in metadata.get("finalizers") or ()]
    for index, name in enumerate(names):
        fault = label_key_fault(name)
        if fault:
            yield Problem(
                METADATA, ("metadata", "finalizers", index), f"finalizer {_show(name)}: {fault}", _KEY_HINT
            )
    if {"orphan", "foregroundDeletion"} <= set(names):
        yield Problem(
            METADATA,
            ("metadata", "finalizers"),
            "orphan and foregroundDeletion exclude each other",
            "keep one of them",
            True,
        )


def _owners(metadata: dict[str, Any]) -> Iterator[Problem]:
    controllers: set[str] = set()
    for index, owner in enumerate(metadata.get("ownerReferences") or ()):
        owner = owner or _NO_MAP
        path: Path = ("metadata", "ownerReferences", index)
        for name in ("apiVersion", "kind", "name", "uid"):
            if not owner.get(name):
                yield Problem(MISSING, path, f'required field "{name}" is missing', f"add {name}", True)
        version = owner.get("apiVersion") or ""
        if version.count("/") > 1 or version.endswith("/"):
            yield Problem(
                METADATA,
                (*path, "apiVersion"),
                f"{_show(version)} is no apiVersion",
                "write GROUP/VERSION, e.g. apps/v1",
            )
        if owner.get("apiVersion") == "v1" and owner.get("kind") == "Event":
            yield Problem(METADATA, path, "an Event cannot own anything", "remove the entry")
        if owner.get("controller") is True:
            controllers.add(repr(sorted((key, value) for key, value in owner.items() if value)))
    if len(controllers) > 1:  # the server takes the same owner twice as one
        yield Problem(
            METADATA,
            ("metadata", "ownerReferences"),
            "more than one owner is the controller",
            "leave controller: true with one of them",
            True,
        )


def _is_time(text: str) -> bool:
    return read_time(text) is not None


def read_time(text: str) -> tuple[datetime, str] | None:
    """Read a time as Go reads RFC 3339, which takes a little more; gives it in UTC and its fraction's digits.

    None for what is no time. The year 0 counts as 2000, which Python can hold.
    """
    import re
    from datetime import datetime, timedelta, timezone

    found = re.fullmatch(
        r"(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))",
        text,
        re.ASCII,
    )
    if not found:
        return None
    year, *rest = (int(part) for part in found.groups()[:6])
    hours, minutes = int(found.group(9) or 0), int(found.group(10) or 0)
    if hours > 24 or minutes > 60:  # Go takes both ends
        return None
    ahead = timedelta(hours=hours, minutes=minutes) * (-1 if found.group(8) == "-" else 1)
    try:
        return datetime(year or 2000, *rest, tzinfo=timezone.utc) - ahead, found.group(7) or ""  # type: ignore[arg-type, misc]
    except (ValueError, OverflowError):
        return None
