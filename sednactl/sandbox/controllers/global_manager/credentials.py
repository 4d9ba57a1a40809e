"""Data sets and their credentials, which the Global Manager copies into what it sends to nodes."""

from __future__ import annotations

from collections.abc import Iterable

from sednactl.sandbox.controllers.global_manager.access import Refusal
from sednactl.sandbox.controllers.global_manager.halting import Panic
from sednactl.sandbox.controllers.global_manager.part import Means
from sednactl.sandbox.controllers.global_manager.tasks import Handle, Task
from sednactl.sandbox.controllers.world import Json
from sednactl.sedna.kinds import DATASET
from sednactl.sedna.resources import SECRET, Resource


def check_credentials(means: Means, namespace: str, name: str | None) -> None:
    """Read a Secret as the real one does. Raises Panic where it has data and no annotation at all.

    The data is written into the map of annotations, which is not there then.
    A Secret that is missing is no problem.
    """
    if not name:
        return
    try:
        secret = means.access.get(SECRET, namespace, name)
    except Refusal:
        return
    if means.faults.crashes and secret.get("data") and not secret["metadata"].get("annotations"):
        raise Panic(f"Secret {namespace}/{name} has no annotation")


class DatasetPart:
    """The part for data sets: each is sent to its node, with its credentials."""

    kind = DATASET

    def __init__(self, means: Means) -> None:
        self._means = means

    def workload_changed(self, before: Json | None, item: Json, *, deleted: bool) -> Iterable[Task]:
        """Send it."""
        del before, deleted
        yield Handle(lambda: self._send(item))

    def child_changed(
        self, resource: Resource, before: Json | None, item: Json, *, deleted: bool
    ) -> Iterable[Task]:
        """Do nothing: it has no children."""
        del resource, before, item, deleted
        return ()

    def resync(self, item: Json) -> Iterable[Task]:
        """Send it again."""
        return self.workload_changed(item, item, deleted=False)

    def sync(self, workload: Json) -> None:
        """Do nothing: all is done when it changes."""

    def _send(self, item: Json) -> None:
        if item["spec"].get("nodeName"):
            check_credentials(self._means, item["metadata"]["namespace"], item["spec"].get("credentialName"))
