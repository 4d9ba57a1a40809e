"""The flags that incremental and lifelong learning share: data, output, and three stages of workers."""

from __future__ import annotations

from sednactl.cli.creating_flags import Flag
from sednactl.cli.worker_flags import POD, STAGE, pull_policy, worker_flags

JOB = "Job"
_EVERY, _TRAIN = "Every stage", "Training"
_PINNED = {"node": "Pin it to this node."}

DATA = (
    Flag(
        "--dataset",
        "text",
        "NAME",
        (("dataset",),),
        "Dataset object to learn from (format txt, for lifelong learning also csv).",
        JOB,
    ),
    Flag(
        "--train-prob",
        "number",
        "SHARE",
        (("trainProb",),),
        "Share of new samples used for training, the rest is for evaluation (default: 0.8).",
        JOB,
    ),
    Flag(
        "--output-dir", "text", "URL", (("outputDir",),), "Where models are written: a folder or s3://.", JOB
    ),
    Flag("--credential", "text", "SECRET", (("credential",),), "Secret with the access keys for it.", JOB),
)
ALL_STAGES = (
    *worker_flags(
        "",
        (),
        _EVERY,
        POD,
        {"image": "Image of the workers of all stages.", "node": "Pin all workers to this node."},
    ),
    pull_policy(_EVERY, (), of="Of all workers"),
)
TRAIN = (
    Flag(
        "--train-when",
        "text",
        "CONDITION",
        (("train", "when"),),
        "What starts a training: num_of_samples>=500.",
        _TRAIN,
    ),
    Flag(
        "--train-hours",
        "text",
        "START-END",
        (("train", "hours"),),
        "Time of day for it, e.g. 02:00-24:00 (default: any).",
        _TRAIN,
    ),
    *worker_flags("train", ("train",), _TRAIN, STAGE, _PINNED),
)
EVAL = worker_flags("eval", ("eval",), "Evaluation", STAGE, _PINNED)
DEPLOY_PANEL = "Deployment"
DEPLOY = worker_flags("deploy", ("deploy",), DEPLOY_PANEL, STAGE, _PINNED)
