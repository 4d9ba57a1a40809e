"""What a change of a service's autoscalers is: the patch, and whether the cluster has carried it out.

The service's own `hpa` blocks are changed; Sedna's Global Manager carries them
to the autoscalers. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.manifests.autoscaling import autoscaler, missing_request

Json = dict[str, Any]
OFF = "off"


@dataclass(frozen=True)
class SideChange:
    """One side's `hpa` block before and after; None where nothing scales it."""

    side: str
    before: Json | None
    after: Json | None

    @property
    def differs(self) -> bool:
        """Tell whether anything changes."""
        return self.before != self.after

    @property
    def switched_off(self) -> bool:
        """Tell whether the side loses its autoscaler."""
        return self.before is not None and self.after is None


def change_of(service: Mapping[str, Any], side: str, wish: Mapping[str, Any] | None) -> SideChange:
    """Lay settings of `--cloud-hpa` over a side's block; None switches it off.

    Raises InvalidInput for settings that no autoscaler can have, and for a share of
    a request that the side's containers do not make.
    """
    worker = ((service.get("spec") or {}).get(f"{side}Worker")) or {}
    before = worker.get("hpa") or None
    if wish is None:
        return SideChange(side, before, None)
    merged = {**(before or {}), **wish}
    found = autoscaler(merged, side)
    after = {key: value for key, value in found.items() if key != "behavior" or value}
    containers = ((worker.get("template") or {}).get("spec") or {}).get("containers") or ()
    lacking = missing_request(after, containers)
    if lacking is not None and after["metrics"] != (before or {}).get("metrics"):
        resource, container, percent = lacking
        raise InvalidInput(
            f"{side}: {percent}% of what? container {container} requests no {resource}",
            hint=f"give it resources.requests.{resource}, or aim at an amount such as cpu=500m",
        )
    return SideChange(side, before, _as_before(before, after))


def patch_of(changes: tuple[SideChange, ...]) -> Json:
    """Give the merge patch of a service for all sides that change."""
    spec = {
        f"{change.side}Worker": {"hpa": None if change.after is None else _replacing(change)}
        for change in changes
        if change.differs
    }
    return {"spec": spec}


def unlike(wanted: Mapping[str, Any], hpa: Mapping[str, Any]) -> str:
    """Say in which fields an autoscaler is not yet what its service asks for; empty when it is."""
    spec = hpa.get("spec") or {}
    for key in ("minReplicas", "maxReplicas", "metrics", "behavior"):
        if key in wanted and not _holds(spec.get(key), wanted[key]):
            return key
    return ""


def _as_before(before: Json | None, after: Json) -> Json:
    """Leave out what the block did not say and would mean by itself, so that nothing changes for nothing."""
    if before is None:
        return after
    shown = dict(after)
    if "minReplicas" not in before and after["minReplicas"] == 1:
        del shown["minReplicas"]
    if "metrics" not in before and after["metrics"] == autoscaler({"max": 1}, "x")["metrics"]:
        del shown["metrics"]
    return shown


def _replacing(change: SideChange) -> Json:
    """Give the block with null for every key that it no longer has: a merge patch keeps what it does not name."""
    after = change.after or {}
    return {**dict.fromkeys(key for key in (change.before or {}) if key not in after), **after}


def _holds(found: Any, wanted: Any) -> bool:
    """Tell whether `found` says all that `wanted` says; what the API server filled in may be more."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            _holds(found.get(key), value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(_holds(one, other) for one, other in zip(found, wanted, strict=True))
        )
    return bool(found == wanted) or _same_quantity(found, wanted)


def _same_quantity(found: Any, wanted: Any) -> bool:
    from sednactl.sedna.quantity import is_quantity, nano_units

    return (
        isinstance(wanted, str)
        and is_quantity(found)
        and is_quantity(wanted)
        and nano_units(found) == nano_units(wanted)
    )
