"""Carries out the one mend that `doctor --fix` knows: the rights that the Global Manager lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sednactl.lifecycle.diffing import Difference, difference_of
from sednactl.lifecycle.serving import resource_of

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

Json = dict[str, Any]


def foretell(cluster: Cluster, manifests: Sequence[Json]) -> list[Difference]:
    """Ask the API server what applying these would change, storing nothing. Raises what applying would raise."""
    return [difference_of(cluster, manifest) for manifest in manifests]


def apply_mend(cluster: Cluster, manifests: Sequence[Json]) -> Iterator[Json]:
    """Apply server-side, in order, and give each that is applied, before the next is sent.

    Raises Forbidden where the caller may not give those rights away.
    """
    for manifest in manifests:
        cluster.apply(resource_of(cluster, manifest), manifest)
        yield manifest
