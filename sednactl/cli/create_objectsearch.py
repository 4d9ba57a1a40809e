"""`sednactl create objectsearch`: objects searched across cameras, from flags or values."""

from __future__ import annotations

from sednactl.cli.creating_kind import creating_app
from sednactl.cli.tracking_flags import REID, TRACKING
from sednactl.cli.worker_flags import POD, pull_policy, worker_flags
from sednactl.sedna.kinds import OBJECT_SEARCH

_HELP = """Create an object search service: users ask, tracking workers follow, others compare.

    Every --track-on makes one tracking worker on the node it names. A values file can
    say more of a single one, such as its camera ('sednactl templates show os --values').

    \b
    Examples:
      sednactl create os people --user-image example/user:v1 \\
        --user-node cloud-1 --tracking-image example/tracking:v1 \\
        --track-on edge-1 --track-on edge-2 \\
        --reid-image example/reid:v1 --reid-replicas 2
      sednactl create os people -f values.yaml --dry-run=client -o yaml
"""
FLAGS = (
    *worker_flags("user", ("user",), "User worker", POD, {"node": "Pin it to this node."}),
    *TRACKING,
    *REID,
    pull_policy("Service", ("user",), ("tracking",), ("reid",), of="Of all workers"),
)

app = creating_app(
    OBJECT_SEARCH,
    FLAGS,
    name="Name of the service: a DNS label of at most 48 characters.",
    words=_HELP,
)
