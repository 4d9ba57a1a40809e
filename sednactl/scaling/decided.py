"""What one reconciliation of an autoscaler comes to: replicas, status, events, and what is remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sednactl.scaling.metrics import ScaleMetric
from sednactl.scaling.normalization import Frame, Normalized
from sednactl.scaling.proposals import Proposal
from sednactl.scaling.scale_history import ScaleHistory

Json = dict[str, Any]


@dataclass(frozen=True)
class Notice:
    """An event that the controller would record: type Normal or Warning, reason, message."""

    type: str
    reason: str
    message: str


@dataclass(frozen=True)
class Decision:
    """One reconciliation.

    `rescale` tells that the target is to be set to `desired`; `status` is the whole
    `status` block to write. `asked` is what the metrics ask for, None where they
    were not asked or none could be had. `history` goes into the next decision.
    `next_scale_down` is in seconds, None when nothing points downwards. `error` is
    what the controller would log; it may have scaled nevertheless.
    """

    hpa: str
    current: int
    desired: int
    rescale: bool
    status: Json
    frame: Frame
    proposals: tuple[Proposal, ...]
    metrics: tuple[ScaleMetric, ...]
    asked: int | None
    normalized: Normalized | None
    events: tuple[Notice, ...]
    history: ScaleHistory
    before: ScaleHistory
    now: float
    next_scale_down: float | None = None
    error: str = ""

    @property
    def conditions(self) -> list[Json]:
        """Give the conditions that the status will hold."""
        return list(self.status.get("conditions") or ())
