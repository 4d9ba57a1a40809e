"""What is wrong with the real Global Manager, each fault with a switch of its own."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Faults:
    """Which faults the Global Manager has. The defaults are those of v0.7.0 as it is shipped.

    Without a fault it does what its users expect in that place.
    """

    false_failed: bool = True
    """A joint inference service is `Failed` for good when the last condition of a Deployment is not Progressing."""

    foreground_livelock: bool = True
    """Children are made again although their workload is being deleted in the foreground."""

    resurrection: bool = True
    """A deleted Deployment comes back because of its name alone, whoever owned it."""

    missing_rbac: bool = True
    """The shipped role has no rule for autoscalers, so that none can be made, read or deleted."""

    masked_conflicts: bool = True
    """Where an autoscaler is asked for, the error of the Deployment before it is lost."""

    lost_service: bool = True
    """A deleted Service of a joint inference service does not come back: the re-creation lacks the kind."""

    fl_shared_selector: bool = True
    """An edit of one federated learning job replaces the pods of the job that was looked at last."""

    fl_service_wedge: bool = True
    """A Service under the aggregator's name leaves a federated learning job without trainers, yet `Running`."""

    ignored_references: bool = True
    """Federated learning and video analytics start although their Model or Dataset is missing."""

    fe_always_failed: bool = True
    """A feature extraction service waits for three Deployments, has one, and is `Failed` at the second look."""

    object_search_blind: bool = True
    """Object search never gets a status, and its children are made again for a while after it was deleted."""

    crashes: bool = True
    """Some inputs end the whole process, again at each start while they exist."""

    @classmethod
    def none(cls) -> Faults:
        """Give a Global Manager without any of them."""
        return cls(**{each.name: False for each in fields(cls)})
