"""What the user said about the cluster to talk to. Plain data, cheap to import."""

from __future__ import annotations

from sednactl.records import Record


class ClusterAccess(Record):
    """The cluster flags of a command, as typed; None and empty mean "as the kubeconfig says".

    `request_timeout` is in seconds; None means 30 s for each request but a watch.
    """

    kubeconfig: str | None = None
    context: str | None = None
    namespace: str | None = None
    request_timeout: float | None = None
    as_user: str | None = None
    as_groups: tuple[str, ...] = ()
