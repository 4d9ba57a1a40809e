"""`sednactl create incrementallearning`: a deployed model that goes on learning, from flags or values."""

from __future__ import annotations

from sednactl.cli.creating_flags import Flag
from sednactl.cli.creating_kind import creating_app
from sednactl.cli.learning_flags import ALL_STAGES, DATA, DEPLOY, DEPLOY_PANEL, EVAL, JOB, TRAIN
from sednactl.cli.worker_flags import WITH_DATASETS, WITH_MODELS
from sednactl.sedna.kinds import INCREMENTAL_LEARNING

_HELP = """Create an incremental learning job: it trains on new samples and deploys what is better.

    What --image, --node, --env … say holds for all three stages; --train-…, --eval-…
    and --deploy-… go before it.

    \b
    Examples:
      sednactl create il helmet --dataset helmets --initial-model base \\
        --deploy-model base --output-dir /output \\
        --image example/helmet:v1 --node edge-1 \\
        --train-args train.py --eval-args eval.py --deploy-args inference.py \\
        --train-when 'num_of_samples>=500' --train-hours 02:00-24:00 \\
        --deploy-when 'precision_delta[0]>0.1' --hot-update
      sednactl create il helmet -f values.yaml --with-models --with-datasets
      sednactl create il helmet -f values.yaml --dry-run=client -o yaml \\
        --dataset-url incremental-dataset=/data/helmets.txt \\
        --model-url initial-model=s3://models/base.pb,credential=s3-keys

    \b
    Conditions are METRIC OPERATOR NUMBER, with > >= = != <= < between them:
      num_of_samples>=500       new samples for training; the only metric it has
      precision_delta[0]>0.1    new model's first precision less the old one's;
                                any metric that the evaluation reports, with or
                                without _delta. Figures are lists; without an
                                index the first is meant
"""
FLAGS = (
    *DATA,
    Flag("--initial-model", "text", "NAME", (("initialModel",),), "Model object to begin with.", JOB),
    *ALL_STAGES,
    *TRAIN,
    *EVAL,
    Flag(
        "--eval-model",
        "text",
        "NAME",
        (("eval", "model"),),
        "Model object to compare with at first (default: the deployed one).",
        "Evaluation",
    ),
    Flag(
        "--deploy-model",
        "text",
        "NAME",
        (("deploy", "model"),),
        "Model object that is deployed.",
        DEPLOY_PANEL,
    ),
    Flag(
        "--deploy-when",
        "text",
        "CONDITION",
        (("deploy", "when"),),
        "What makes a model better: precision_delta[0]>0.1.",
        DEPLOY_PANEL,
    ),
    Flag(
        "--deploy-hours",
        "text",
        "START-END",
        (("deploy", "hours"),),
        "Time of day for it (default: any).",
        DEPLOY_PANEL,
    ),
    Flag(
        "--hot-update",
        "switch",
        "",
        (("deploy", "hotUpdate"),),
        "Exchange the model without a restart of the worker.",
        DEPLOY_PANEL,
    ),
    Flag(
        "--poll-seconds",
        "whole",
        "SECONDS",
        (("deploy", "pollSeconds"),),
        "How often it looks for a new model then (default: 60).",
        DEPLOY_PANEL,
    ),
    Flag(
        "--hem",
        "text",
        "NAME",
        (("deploy", "hem", "name"),),
        "Hard example mining: which samples are kept for training (default: IBT).",
        DEPLOY_PANEL,
    ),
    Flag(
        "--hem-param",
        "pairs",
        "KEY=VALUE",
        (("deploy", "hem", "parameters"),),
        "Parameter of it. Repeats.",
        DEPLOY_PANEL,
    ),
    *DEPLOY,
    *WITH_MODELS,
    *WITH_DATASETS,
)

app = creating_app(INCREMENTAL_LEARNING, FLAGS, name="Name of the job, at most 47 characters.", words=_HELP)
