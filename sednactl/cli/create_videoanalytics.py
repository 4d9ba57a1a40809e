"""`sednactl create videoanalytics`: one worker that watches a video, from flags or values."""

from __future__ import annotations

from sednactl.cli.creating_kind import creating_app
from sednactl.cli.worker_flags import KAFKA, POD, RESTART, WITH_MODELS, pull_policy, worker_flags
from sednactl.sedna.kinds import VIDEO_ANALYTICS

_PANEL = "Worker"
_HELP = """Create a video analytics job: one worker that finds and follows objects in a video.

    \b
    Examples:
      sednactl create va crossing --model yolox --image example/video:v1 \\
        --node edge-1 --env video_address=rtsp://camera/0 --env fps=5 \\
        --request cpu=1,memory=2Gi --model-url yolox=/models/yolox.pth
      sednactl create va crossing -f values.yaml --kafka --wait
      sednactl create va crossing -f values.yaml --with-models
"""
FLAGS = (
    *worker_flags("", (), _PANEL, ("model", *POD, "host-network"), {"node": "Pin it to this node."}),
    KAFKA,
    RESTART,
    pull_policy(_PANEL, ()),
    *WITH_MODELS,
)

app = creating_app(
    VIDEO_ANALYTICS,
    FLAGS,
    name="Name of the job: a DNS label of at most 48 characters.",
    words=_HELP,
)
