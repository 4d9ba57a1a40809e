"""Bodies of writes: JSON or YAML that must be one object of the kind it was sent to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sednactl.sandbox.api.autoscaling_versions import to_v2
from sednactl.sandbox.api.go_words import json_error, shown
from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.protobuf import PROTOBUF, read_protobuf
from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.text import Json, decode, encode

_JSON = ("", "application/json")
YAML = ("application/yaml", "application/apply-patch+yaml")


def read_body(data: bytes, content_type: str, kind: str = "") -> Any:
    """Read a body meant for a kind. Raises Refusal BadRequest for what is neither JSON nor YAML, and for other types."""
    if content_type == PROTOBUF:
        return read_protobuf(data)
    if content_type in YAML:
        return _json_or_yaml(data)
    if content_type not in (*_JSON, *YAML):
        raise Refusal(
            "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: "
            "application/json, application/yaml, application/vnd.kubernetes.protobuf",
        )
    try:
        return decode(data)
    except ValueError:
        raise unrecognized(
            kind, f"couldn't get version/kind; json parse error: {json_error(data)}", data
        ) from None


def read_patch(data: bytes) -> Any:
    """Read a patch. Raises Refusal BadRequest."""
    try:
        return decode(data)
    except ValueError:
        raise Refusal("BadRequest", f"error decoding patch: {json_error(data)}") from None


def part_of(content: Any, *path: str) -> Json:
    """Give the object that lies below a body, empty where nothing does. Raises Refusal BadRequest for anything else."""
    here = content
    for step in ("", *path):
        here = here.get(step) if step else here
        if here is None and step:
            return {}
        if not isinstance(here, dict):
            where = f" field {step}" if step else ""
            raise Refusal("BadRequest", f"json: cannot unmarshal {word_of(here)} into Go struct{where}")
    return dict(here)


def word_of(value: Any) -> str:
    """Give Go's word for the type of a JSON value."""
    return {list: "array", str: "string", bool: "bool", dict: "object", type(None): "null"}.get(
        type(value), "number"
    )


def unrecognized(kind: str, why: str, data: bytes) -> Refusal:
    """Give the 400 for a body that is no object of the kind."""
    return Refusal(
        "BadRequest", f"the object provided is unrecognized (must be of type {kind}): {why} ({shown(data)})"
    )


def _json_or_yaml(data: bytes) -> Any:
    try:
        return decode(data)  # what most clients send under YAML's name, and read much faster
    except ValueError:
        return _yaml(data)


def _yaml(data: bytes) -> Any:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _plain(yaml.load(data, loader))  # noqa: S506 - a safe loader, the fast one where it is built in
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Refusal("BadRequest", f"error decoding YAML: {error}") from None


def _plain(value: Any) -> Any:
    """Give what YAML said as JSON can say it. Raises ValueError for what it cannot."""
    if isinstance(value, dict):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and not -(1 << 63) <= value < 1 << 64:
        return float(value)
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise ValueError(f"{type(value).__name__} is no JSON")


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, (str, int, float)):
        return str(key)
    raise ValueError("a key is no string")


def object_of(kind: Kind, content: Any, raw: bytes = b"") -> Json:
    """Give a body as an object of the kind. Raises Refusal for another kind or version; `raw` is shown then."""
    if not isinstance(content, dict):
        why = (
            f"couldn't get version/kind; json parse error: json: cannot unmarshal {word_of(content)} into Go value of type "
            'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
        )
        raise unrecognized(kind.kind, why, raw)
    said_kind, said_version = content.get("kind"), content.get("apiVersion")
    for field, said in (("kind", said_kind), ("apiVersion", said_version)):
        if not isinstance(said, (str, type(None))):
            why = f"json: cannot unmarshal {word_of(said)} into Go struct field .{field} of type string"
            raise unrecognized(kind.kind, f"couldn't get version/kind; json parse error: {why}", raw)
    if kind.custom is not None:
        _check_custom(kind, content, raw)
    elif said_version and said_version != kind.api_version:
        raise Refusal(
            "BadRequest",
            f'{said_kind or kind.kind} in version "{said_version.rpartition("/")[2]}" cannot be handled as a '
            f'{kind.kind}: no kind "{said_kind or kind.kind}" is registered for version "{said_version}" '
            f'in scheme "{_SCHEME}"',
        )
    elif said_kind and said_kind != kind.kind:
        package = kind.group.partition(".")[0] or "core"
        raise Refusal(
            "BadRequest",
            f'{said_kind} in version "{kind.version}" cannot be handled as a {kind.kind}: converting '
            f"({kind.version}.{said_kind}) to ({package}.{kind.kind}): unknown conversion",
        )
    meta = content.get("metadata")
    if not isinstance(meta, (dict, type(None))):
        raise Refusal(
            "BadRequest",
            f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: json: cannot unmarshal '
            f"{word_of(meta)} into Go struct field {kind.kind}.metadata of type v1.ObjectMeta",
        )
    return {
        **content,
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": dict(meta or {}),
    }


def patched_object(kind: Kind, content: Json, content_type: str) -> Json:
    """Give the result of a patch as an object of the kind.

    A strategic merge is told what it makes; the others say it themselves. Raises Refusal: BadRequest for what
    cannot be decoded, Invalid for another kind or version than a custom object's own.
    """
    said_kind, said_version = content.get("kind"), content.get("apiVersion")
    meta = content.get("metadata")
    if kind.custom is not None:
        if not said_kind:
            raise Refusal("BadRequest", f"Object 'Kind' is missing in '{encode(content).decode()}'")
        if not isinstance(meta, (dict, type(None))):
            why = f"json: cannot unmarshal {word_of(meta)} into Go value of type v1.ObjectMeta"
            raise Refusal("BadRequest", why)
        if said_kind == kind.kind and said_version != kind.api_version:
            raise _not_its_own(kind, content, "apiVersion", said_version, kind.api_version)
        _check_custom(kind, content, b"")
    elif not content_type.endswith("strategic-merge-patch+json") and (
        (said_kind or kind.kind, said_version or kind.api_version) != (kind.kind, kind.api_version)
    ):
        why = f'no kind "{said_kind or kind.kind}" is registered for version "{said_version}" in scheme "{_SCHEME}"'
        raise Refusal("BadRequest", why)
    elif not isinstance(meta, (dict, type(None))):
        return {**content, "apiVersion": kind.api_version, "kind": kind.kind}
    return {**content, "apiVersion": kind.api_version, "kind": kind.kind, "metadata": dict(meta or {})}


_SCHEME = "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"


def _not_its_own(kind: Kind, content: Json, field: str, said: Any, wanted: str) -> Refusal:
    problem = f'Invalid value: "{said}": must be {wanted}'
    meta = content.get("metadata")
    name = str(meta.get("name") or "") if isinstance(meta, dict) else ""
    of = str(content.get("kind"))
    return Refusal(
        "Invalid",
        f'{of}.{kind.group} "{name}" is invalid: {field}: {problem}',
        name=name,
        group=kind.group,
        kind=of,
        causes=[Cause("FieldValueInvalid", problem, field)],
    )


def _check_custom(kind: Kind, content: Json, raw: bytes) -> None:
    said_kind, said_version = content.get("kind"), content.get("apiVersion")
    for field, said in (("Kind", said_kind), ("apiVersion", said_version)):
        if not said:
            text = shown(raw)
            raise unrecognized(kind.kind, f"Object '{field}' is missing in '{text}'", raw)
    if said_version != kind.api_version:
        raise Refusal(
            "BadRequest",
            f"the API version in the data ({said_version}) does not match the expected API version ({kind.api_version})",
        )
    if said_kind != kind.kind:
        raise _not_its_own(kind, content, "kind", said_kind, kind.kind)


def stored_form(kind: Kind, content: Json) -> Json:
    """Give an object in the version in which its kind is kept; a custom one with sorted keys, as the API writes it."""
    if kind.custom is not None:
        return {key: _sorted(value) for key, value in content.items()}
    if kind.version != kind.storage_version:
        return to_v2(content)
    return content


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value
