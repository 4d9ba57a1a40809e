"""`sednactl create objecttracking`: objects followed across cameras, from flags or values."""

from __future__ import annotations

from sednactl.cli.creating_kind import creating_app
from sednactl.cli.tracking_flags import REID, TRACKING
from sednactl.cli.worker_flags import pull_policy
from sednactl.sedna.kinds import OBJECT_TRACKING

_HELP = """Create an object tracking service. Sedna stores it; nothing will run.

    Sedna 0.7 has the kind, but its Global Manager has no controller for it: no worker
    is ever made. 'sednactl create objectsearch' makes one that runs.

    \b
    Examples:
      sednactl create ot people --tracking-image example/tracking:v1 \\
        --track-on edge-1 --track-on edge-2 --reid-image example/reid:v1
      sednactl create ot people -f values.yaml --dry-run=client -o yaml
"""
FLAGS = (*TRACKING, *REID, pull_policy("Service", ("tracking",), ("reid",), of="Of all workers"))

app = creating_app(OBJECT_TRACKING, FLAGS, name="Name of the service, at most 63 characters.", words=_HELP)
