"""`sednactl create featureextraction`: workers that turn pictures into features, from flags or values."""

from __future__ import annotations

from sednactl.cli.creating_flags import Flag
from sednactl.cli.creating_kind import creating_app
from sednactl.cli.worker_flags import KAFKA, POD, WITH_MODELS, pull_policy, worker_flags
from sednactl.sedna.kinds import FEATURE_EXTRACTION

_PANEL = "Workers"
_HELP = """Create a feature extraction service: workers that turn pictures into features.

    \b
    Examples:
      sednactl create fe features --model m3l --image example/features:v1 \\
        --node-selector role=gpu --kafka --env KAFKA_BIND_IPS=kafka-service \\
        --env KAFKA_BIND_PORTS=9092 --model-url m3l=/models/m3l.pth
      sednactl create fe features -f values.yaml --replicas 2
      sednactl create fe features -f values.yaml --with-models
"""
FLAGS = (
    *worker_flags("", (), _PANEL, ("model", *POD, "host-network")),
    Flag("--replicas", "whole", "COUNT", (("replicas",),), "How many workers (default: 1).", _PANEL),
    KAFKA,
    pull_policy(_PANEL, ()),
    *WITH_MODELS,
)

app = creating_app(
    FEATURE_EXTRACTION,
    FLAGS,
    name="Name of the service: a DNS label of at most 56 characters.",
    words=_HELP,
)
