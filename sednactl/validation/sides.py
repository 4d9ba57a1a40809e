"""The workers of a service and the metrics of their autoscalers, as rules see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sednactl.records import Record

if TYPE_CHECKING:
    from sednactl.validation.finding import Path


class Side(Record):
    """One worker of a service: its name (edge, cloud), where it stands, what it says, and its pod's spec."""

    name: str
    path: Path
    worker: dict[str, Any]
    pod: dict[str, Any]

    @property
    def pod_path(self) -> Path:
        """Give where the pod's spec stands."""
        return (*self.path, "template", "spec")


BLOCKS = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}
"""The types of metrics, and the block that each says the rest in."""


class Metric(Record):
    """One metric of one side, where it stands, and the block that its type calls for ({} when missing)."""

    side: Side
    path: tuple[Any, ...]
    spec: dict[str, Any]
    type: str
    block: dict[str, Any]

    @property
    def block_path(self) -> tuple[Any, ...]:
        """Give where the block stands."""
        return (*self.path, BLOCKS[self.type])
