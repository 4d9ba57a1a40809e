"""What children a workload has: every object the Global Manager makes at the first look, in its order.

Pure: from the workload and what it refers to. Children that a learning job gets
later, stage by stage, are in `stages`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sednactl.sandbox.controllers.global_manager import (
    children_federated,
    children_jobs,
    children_joint,
    children_search,
    stage_pods,
)
from sednactl.sandbox.controllers.global_manager.recipe import Child, Recipe, References
from sednactl.sedna.kinds import (
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    OBJECT_SEARCH,
    REID,
    VIDEO_ANALYTICS,
)

_OF_KIND: dict[str, Callable[[Mapping[str, Any], References, Recipe], Iterator[Child]]] = {
    JOINT_INFERENCE.kind: children_joint.children,
    FEDERATED_LEARNING.kind: children_federated.children,
    INCREMENTAL_LEARNING.kind: stage_pods.inference_of_incremental,
    FEATURE_EXTRACTION.kind: children_joint.feature_extraction,
    OBJECT_SEARCH.kind: lambda service, _, recipe: children_search.children(service, recipe),
    REID.kind: lambda job, _, recipe: children_jobs.reid(job, recipe),
    VIDEO_ANALYTICS.kind: children_jobs.video_analytics,
}


def children_of(
    workload: Mapping[str, Any], references: References, recipe: Recipe | None = None
) -> Iterator[Child]:
    """Give a workload's children one after the other, none for kinds that get none at first.

    Raises CannotCreate or Panic in the place where the Global Manager stops;
    what was given before is made all the same, and nothing is taken back.
    """
    make = _OF_KIND.get(workload["kind"])
    return iter(()) if make is None else make(workload, references, recipe or Recipe())
