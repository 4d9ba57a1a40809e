"""Which resource of the cluster a manifest belongs to.

Sedna's kinds and those its Global Manager makes are known by heart, so that the
common case costs no request; everything else is asked of discovery.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sednactl.errors import InvalidInput, NotFound
from sednactl.sedna.kinds import API_VERSION, BY_KIND, GROUP, SEDNA_KINDS
from sednactl.sedna.resources import (
    CHILD_RESOURCES,
    CRD,
    ENDPOINT_SLICE,
    EVENT,
    NAMESPACE,
    NODE,
    SECRET,
    Resource,
)

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

_KNOWN = {
    (resource.api_version, resource.kind): resource
    for resource in (
        *(kind.resource for kind in SEDNA_KINDS),
        *CHILD_RESOURCES,
        CRD,
        ENDPOINT_SLICE,
        EVENT,
        NAMESPACE,
        NODE,
        SECRET,
    )
}


def resource_of(cluster: Cluster, manifest: Mapping[str, Any]) -> Resource:
    """Find the resource of a manifest by its apiVersion and kind.

    Raises InvalidInput where the manifest has neither, NotFound where the
    cluster does not serve that kind in that version.
    """
    api_version, kind = manifest.get("apiVersion"), manifest.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str) or not api_version or not kind:
        raise InvalidInput("a manifest without apiVersion or kind", hint="every manifest names both")
    known = _KNOWN.get((api_version, kind))
    if known is not None:
        return known
    return _discover(cluster, api_version, kind)


def _discover(cluster: Cluster, api_version: str, kind: str) -> Resource:
    group, slash, version = api_version.rpartition("/")
    path = f"/apis/{api_version}" if slash else f"/api/{api_version}"
    try:
        served = cluster.request("GET", path).get("resources") or ()
    except NotFound:
        served = ()
    for entry in served:
        if entry.get("kind") == kind and "/" not in entry.get("name", "/"):
            return Resource(group, version, entry["name"], kind, bool(entry.get("namespaced")))
    raise not_served(cluster, api_version, kind)


def not_served(cluster: Cluster, api_version: str, kind: str) -> NotFound:
    """Say that the cluster has no such kind, and how to get it."""
    hint = "install what serves it, or check apiVersion and kind for a slip"
    if api_version.partition("/")[0] == GROUP:
        hint = f"install Sedna's CRDs; this release knows {API_VERSION}: {', '.join(BY_KIND)}"
    return NotFound(f"{cluster.server} does not serve kind {kind} of {api_version}", status=404, hint=hint)
