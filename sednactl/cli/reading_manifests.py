"""Manifests from `-f`, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sednactl.errors import InvalidInput
from sednactl.sedna.kinds import GROUP

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]


def manifests_from(
    files: Sequence[str],
    *,
    recursive: bool,
    surroundings: Surroundings,
    namespace: str | None = None,
    schema_only: bool = False,
) -> list[Json]:
    """Read and check every manifest that `files` name; lists of kind List are opened.

    `namespace` is the one the user asked for, if any: a manifest may not name another.
    With `schema_only` just what the API server itself would refuse counts.
    Raises InvalidInput for what cannot be read, what its schema refuses, and where
    there is nothing at all.
    """
    from sednactl.manifests.sources import documents_from
    from sednactl.validation.check import require_valid

    documents = [
        document
        for document in documents_from(files, recursive=recursive, surroundings=surroundings)
        if document.content is not None
    ]
    if not documents:
        raise InvalidInput(
            f"no manifest in {', '.join(files)}", hint="an empty file says nothing to the cluster"
        )
    require_valid(documents, schema_only=schema_only)
    manifests = [manifest for document in documents for manifest in _opened(document.content, document.file)]
    for manifest in manifests:
        own = manifest["metadata"].get("namespace")
        if namespace and own and own != namespace:
            raise InvalidInput(
                f"{manifest.get('kind')} {manifest['metadata']['name']} names namespace {own}, not {namespace}",
                hint="leave --namespace out, or take the namespace out of the manifest",
            )
    return manifests


def _opened(content: Any, file: str) -> list[Json]:
    if not isinstance(content, dict):
        raise InvalidInput(
            f"{file}: a manifest is a mapping, this is not", hint="begin with apiVersion: and kind:"
        )
    if str(content.get("kind", "")).endswith("List") and isinstance(content.get("items"), list):
        return [manifest for item in content["items"] for manifest in _opened(item, file)]
    metadata = content.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        raise InvalidInput(f"{file}: a {content.get('kind', 'manifest')} without metadata.name")
    return [_without_nulls(content) if str(content.get("apiVersion")).startswith(f"{GROUP}/") else content]


def _without_nulls(value: Any) -> Any:
    # A create drops a field that is null, as if it were not there; a server-side apply refuses it.
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
