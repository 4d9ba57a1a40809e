"""Where the API server serves what: the path and query of each request."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from sednactl.errors import InvalidInput
from sednactl.sedna.resources import Resource


def path_of(
    resource: Resource,
    namespace: str | None,
    name: str | None = None,
    subresource: str | None = None,
    query: Mapping[str, str] | None = None,
) -> str:
    """Give the path of a collection or an object; `namespace` None means all (or a cluster-wide kind).

    Raises InvalidInput for a name that no object can have and that would lead
    elsewhere (the API server's rule for path segments).
    """
    for value, what in ((namespace, "namespace"), (name, f"name of {resource.full_name}")):
        if value in (".", "..") or (value and any(character in value for character in "/%")):
            raise InvalidInput(
                f'"{value}" is no {what}', hint="names hold lower case letters, digits, '-' and '.'"
            )
    root = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
    parts = [root]
    if namespace and resource.namespaced:
        parts.append(f"namespaces/{quote(namespace, safe='')}")
    parts.append(resource.plural)
    if name:
        parts.append(quote(name, safe=""))
    if subresource:
        parts.append(quote(subresource, safe="/"))
    return with_query("/".join(parts), query)


def with_query(path: str, query: Mapping[str, str] | None) -> str:
    """Append a query to a path."""
    return f"{path}?{urlencode(query)}" if query else path
