"""What a cluster's operator may set on the HorizontalPodAutoscaler controller, with its defaults."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ControllerSettings:
    """The flags `--horizontal-pod-autoscaler-*` of kube-controller-manager 1.30 to 1.32.

    All times are in seconds. `tolerance` is how far a ratio may be from 1 without
    anything being done; `scale_down_window` is used where the autoscaler's own
    behavior names none; `cpu_initialization_period` and `initial_readiness_delay`
    decide which young pods' CPU readings count.
    """

    tolerance: float = 0.1
    scale_down_window: float = 300.0
    cpu_initialization_period: float = 300.0
    initial_readiness_delay: float = 30.0
    sync_period: float = 15.0


DEFAULT_SETTINGS = ControllerSettings()
