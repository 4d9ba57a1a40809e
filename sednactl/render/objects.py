"""Objects of the cluster in machine formats: yaml, json, name, jsonpath, as kubectl writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sednactl.errors import UsageError

Json = dict[str, Any]
FORMATS = ("table", "wide", "yaml", "json", "name")


def object_name(item: Mapping[str, Any]) -> str:
    """Write `kind.group/name` as kubectl does, e.g. `jointinferenceservice.sedna.io/helmet`."""
    group = str(item.get("apiVersion", "")).rpartition("/")[0]
    kind = str(item.get("kind", "")).lower()
    return f"{kind}.{group}/{item['metadata']['name']}" if group else f"{kind}/{item['metadata']['name']}"


def without_managed_fields(item: Mapping[str, Any]) -> Json:
    """Give an object without its managed fields, which are noise to people."""
    metadata = {key: value for key, value in (item.get("metadata") or {}).items() if key != "managedFields"}
    return {**item, "metadata": metadata}


def write_objects(items: Sequence[Mapping[str, Any]], output: str, *, single: bool = False) -> str:
    """Write objects in a machine format; several, or any number that was listed, as a v1 List.

    `single` tells that exactly one object was asked for. Raises UsageError for an
    unknown format.
    """
    if output == "name":
        return "".join(f"{object_name(item)}\n" for item in items)
    cleaned = [without_managed_fields(item) for item in items]
    whole: Json = (
        cleaned[0]
        if single and len(cleaned) == 1
        else {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": cleaned}
    )
    if output == "json":
        from sednactl.manifests.json_writing import json_text

        return json_text(whole, indent=4)
    if output == "yaml":
        from sednactl.manifests.writing import to_yaml

        return to_yaml([whole])
    if output.startswith("jsonpath="):
        from sednactl.render.jsonpath import evaluate

        return evaluate(output.removeprefix("jsonpath="), whole)
    raise unknown_format(output, (*FORMATS, "jsonpath=…"))


def unknown_format(output: str, known: Sequence[str]) -> UsageError:
    """Say that an output format does not exist, and which do."""
    return UsageError(f"there is no output format '{output}'", hint=f"use one of: {', '.join(known)}")
