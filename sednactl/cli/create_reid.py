"""`sednactl create reid`: one worker that recognises objects again, from flags or values."""

from __future__ import annotations

from sednactl.cli.creating_kind import creating_app
from sednactl.cli.worker_flags import KAFKA, POD, RESTART, pull_policy, worker_flags
from sednactl.sedna.kinds import REID

_PANEL = "Worker"
_HELP = """Create a re-identification job: one worker that recognises objects again.

    \b
    Examples:
      sednactl create reid search --image example/reid:v1 --node cloud-1 \\
        --env match_thresh=0.35 --volume /data/reid:/data
      sednactl create reid search -f values.yaml --dry-run=client -o yaml
"""
FLAGS = (
    *worker_flags("", (), _PANEL, (*POD, "host-network"), {"node": "Pin it to this node."}),
    KAFKA,
    RESTART,
    pull_policy(_PANEL, ()),
)

app = creating_app(REID, FLAGS, name="Name of the job, at most 63 characters.", words=_HELP)
