"""What Sedna makes of an edit of a workload's spec, as data, for each kind.

Source: the update handlers of Sedna's Global Manager 0.7. Those of ReidJob and VideoAnalyticsJob queue the
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
"""By kind; of a kind that is not here Sedna takes no notice at all."""
