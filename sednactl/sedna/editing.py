"""What Sedna makes of an edit of a workload's spec, as data, for each kind.

Source: the update handlers of Sedna's Global Manager at the tags v0.3.1 to v0.7.0. Those of ReidJob and VideoAnalyticsJob queue the
job again and make no pod anew, as its pods are counted already.
"""

from __future__ import annotations

from typing import Literal

from sednactl.sedna.kinds import (
    DATASET,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    MODEL,
    OBJECT_SEARCH,
    REID,
    VIDEO_ANALYTICS,
)
from sednactl.sedna.releases import DEPLOYMENTS_SINCE, LATEST, Release

Carried = Literal["by side", "by field", "later", "ignored", "harmful"]
"""`by side`: the pods of a side that changed are made anew; `by field`: it depends on the field; `later`: it counts
when pods are next made; `ignored`: what runs stays as it is; `harmful`: pods go, maybe another job's."""

EDITS: dict[str, Carried] = {
    JOINT_INFERENCE.kind: "by side",
    INCREMENTAL_LEARNING.kind: "by field",
    LIFELONG_LEARNING.kind: "by field",
    FEDERATED_LEARNING.kind: "harmful",
    FEATURE_EXTRACTION.kind: "ignored",
    OBJECT_SEARCH.kind: "ignored",
    REID.kind: "ignored",
    VIDEO_ANALYTICS.kind: "ignored",
    MODEL.kind: "later",
    DATASET.kind: "later",
}
"""By kind, for 0.7; of a kind that is not here Sedna takes no notice at all."""
_BEFORE_DEPLOYMENTS: dict[str, Carried] = {
    JOINT_INFERENCE.kind: "ignored",
    FEDERATED_LEARNING.kind: "ignored",
}
"""Where releases before 0.7 differ: they made pods where there were none, and never looked at them again."""


def carried(kind: str, release: Release = LATEST) -> Carried | None:
    """Give what a release makes of an edit of a kind; None where it takes no notice at all."""
    if release < DEPLOYMENTS_SINCE and kind in _BEFORE_DEPLOYMENTS:
        return _BEFORE_DEPLOYMENTS[kind]
    return EDITS.get(kind)
