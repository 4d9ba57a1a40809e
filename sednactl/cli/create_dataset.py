"""`sednactl create dataset`: data on a node, or in a store that the node reads."""

from __future__ import annotations

from sednactl.cli.creating_flags import Flag
from sednactl.cli.creating_kind import creating_app
from sednactl.sedna.kinds import DATASET

_PANEL = "Dataset"
_HELP = """Create a dataset: where its index file is and which node watches it.

    \b
    Examples:
      sednactl create dataset helmets --url /data/helmets.txt --format txt \\
        --node edge-1
      sednactl create dataset helmets --url s3://data/helmets.csv --format csv \\
        --node edge-1 --credential s3-keys
"""
FLAGS = (
    Flag("--url", "text", "URL", (("url",),), "The index file: a path on the node, or s3://.", _PANEL),
    Flag(
        "--format",
        "text",
        "FORMAT",
        (("format",),),
        "txt or csv for training that Sedna triggers itself; incremental learning reads txt only.",
        _PANEL,
    ),
    Flag("--node", "text", "NODE", (("node",),), "Node whose local controller watches the data.", _PANEL),
    Flag(
        "--credential",
        "text",
        "SECRET",
        (("credential",),),
        "Secret with the access keys for the url.",
        _PANEL,
    ),
)

app = creating_app(DATASET, FLAGS, name="Name of the dataset.", words=_HELP)
