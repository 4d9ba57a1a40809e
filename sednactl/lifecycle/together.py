"""Creating several objects as one: nothing is made before all of them were tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sednactl.errors import AlreadyExists
from sednactl.lifecycle.apply import create_workload, namespace_of
from sednactl.lifecycle.serving import resource_of
from sednactl.sedna.kinds import DATASET, MODEL

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.surroundings import Surroundings

_REFERRED_TO = (MODEL.kind, DATASET.kind)


def try_together(
    cluster: Cluster,
    manifests: Sequence[Mapping[str, Any]],
    *,
    allow_taken_names: bool = False,
    surroundings: Surroundings | None = None,
) -> None:
    """Ask the API server about all of them while nothing is stored, so that a refusal leaves nothing half made.

    What goes into a namespace that is made along with it cannot be tried beforehand.
    Raises what `create_workload` raises.
    """
    new = {
        (manifest.get("metadata") or {}).get("name")
        for manifest in manifests
        if manifest.get("kind") == "Namespace"
    }
    for manifest in manifests:
        if new and _namespace_in(cluster, manifest) in new:
            continue
        try:
            create_workload(
                cluster,
                manifest,
                dry_run=True,
                allow_taken_names=allow_taken_names,
                surroundings=surroundings,
            )
        except AlreadyExists as error:
            if manifest.get("kind") not in _REFERRED_TO:
                raise
            raise AlreadyExists(
                error.message,
                status=error.status,
                reason=error.reason,
                hint=f"--without-{str(manifest['kind']).lower()}s takes what is there already; nothing was created",
            ) from None


def _namespace_in(cluster: Cluster, manifest: Mapping[str, Any]) -> str | None:
    return namespace_of(cluster, resource_of(cluster, manifest), manifest)
