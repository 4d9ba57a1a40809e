"""Bodies of writes: JSON or YAML that must be one object of the kind it was sent to."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.autoscaling_versions import to_v2
from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.text import Json, decode

_JSON = ("", "application/json")
YAML = ("application/yaml", "application/apply-patch+yaml")


def read_body(data: bytes, content_type: str) -> Any:
    """Read a body. Raises Refusal BadRequest for what is neither JSON nor YAML, UnsupportedMediaType for other types."""
    if content_type in _JSON or content_type.endswith("+json") or data[:1] == b"{":
        try:
            return decode(data)
        except ValueError as error:
            if content_type not in YAML:
                raise Refusal("BadRequest", f"couldn't get version/kind; json parse error: {error}") from None
    if content_type in YAML:
        return _yaml(data)
    raise Refusal(
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json, application/yaml",
    )


def _yaml(data: bytes) -> Any:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(data, loader)  # noqa: S506 - a safe loader, the fast one where it is built in
    except yaml.YAMLError as error:
        raise Refusal("BadRequest", f"error decoding YAML: {error}") from None


def object_of(kind: Kind, content: Any) -> Json:
    """Give a body as an object of the kind. Raises Refusal BadRequest for another kind or version."""
    if not isinstance(content, dict):
        raise Refusal("BadRequest", "couldn't get version/kind; json parse error: the body is no object")
    said_kind, said_version = content.get("kind"), content.get("apiVersion")
    if kind.custom is not None and not (said_kind and said_version):
        missing = "Kind" if not said_kind else "apiVersion"
        raise Refusal("BadRequest", f"Object '{missing}' is missing in the body")
    if said_version and said_version != kind.api_version:
        raise Refusal(
            "BadRequest",
            f"the API version in the data ({said_version}) does not match the expected API version ({kind.api_version})",
        )
    if said_kind and said_kind != kind.kind:
        raise Refusal(
            "BadRequest",
            f'{said_kind} in version "{kind.version}" cannot be handled as a {kind.kind}: '
            "the kind in the data does not match the kind of the path",
        )
    meta = content.get("metadata")
    return {
        **content,
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": dict(meta) if isinstance(meta, dict) else meta if meta is not None else {},
    }


def stored_form(kind: Kind, content: Json) -> Json:
    """Give an object in the version in which its kind is kept."""
    if kind.custom is None and kind.version != kind.storage_version:
        return to_v2(content)
    return content
