"""`sednactl create federatedlearning`: one model learned at many nodes, from flags or values."""

from __future__ import annotations

from sednactl.cli.creating_flags import Flag
from sednactl.cli.creating_kind import creating_app
from sednactl.cli.worker_flags import POD, WITH_DATASETS, WITH_MODELS, pull_policy, worker_flags
from sednactl.sedna.kinds import FEDERATED_LEARNING

_JOB, _TRAIN = "Job", "Training workers"
_HELP = """Create a federated learning job: training where the data lies, one worker that joins the models.

    Every --train-on makes one training worker, for the dataset it names, on the node
    that has the data; the other --train flags hold for all of them. A values file can
    say more of a single one ('sednactl templates show fl --values').

    \b
    Examples:
      sednactl create fl defects --aggregation-model defects \\
        --aggregation-image example/agg:v1 --aggregation-node cloud-1 \\
        --train-image example/train:v1 --train-env epochs=2 \\
        --train-on edge1-data@edge-1 --train-on edge2-data@edge-2 \\
        --model-url defects=/model/defects,format=pb \\
        --dataset-url edge1-data=/data/1.txt --dataset-url edge2-data=/data/2.txt
      sednactl create fl defects -f values.yaml --with-models --with-datasets
      sednactl create fl defects -f values.yaml --transmitter s3://bucket/agg \\
        --transmitter-credential s3-keys
"""
FLAGS = (
    *worker_flags(
        "aggregation",
        ("aggregation",),
        "Aggregation worker",
        ("model", *POD, "host-network"),
        {"model": "Model object that is trained.", "node": "Pin it to this node."},
    ),
    Flag(
        "--train-on",
        "trainers",
        "DATASET@NODE",
        (("train", "workers"),),
        "A training worker for this dataset, on this node. Repeats.",
        _TRAIN,
    ),
    *worker_flags(
        "train",
        ("train",),
        _TRAIN,
        POD,
        {"image": "Image of all of them.", "node": "Node of those that --train-on names none for."},
    ),
    Flag("--pretrained-model", "text", "NAME", (("pretrained",),), "Model object to begin with.", _JOB),
    Flag(
        "--transmitter",
        "text",
        "ws|s3://BUCKET",
        (("transmitter",),),
        "How models travel: by websocket (default), or through a bucket.",
        _JOB,
    ),
    Flag(
        "--transmitter-credential",
        "text",
        "SECRET",
        (("transmitterCredential",),),
        "Secret with the keys of that bucket.",
        _JOB,
    ),
    pull_policy(_JOB, ("aggregation",), ("train",), of="Of all workers"),
    *WITH_MODELS,
    *WITH_DATASETS,
)

app = creating_app(
    FEDERATED_LEARNING,
    FLAGS,
    name="Name of the job: a DNS label of at most 51 characters.",
    words=_HELP,
)
