"""`sednactl create lifelonglearning`: learning that never ends, from flags or values."""

from __future__ import annotations

from sednactl.cli.creating_kind import creating_app
from sednactl.cli.learning_flags import ALL_STAGES, DATA, DEPLOY, EVAL, TRAIN
from sednactl.cli.worker_flags import WITH_DATASETS
from sednactl.sedna.kinds import LIFELONG_LEARNING

_HELP = """Create a lifelong learning job: it gathers knowledge of many tasks and never ends.

    What --image, --node, --env … say holds for all three stages; --train-…, --eval-…
    and --deploy-… go before it.

    \b
    Examples:
      sednactl create ll scenes --dataset scenes --output-dir /output \\
        --node edge-1 --image example/scenes:v1 --train-args train.py \\
        --eval-args evaluate.py --deploy-args predict.py \\
        --train-when 'num_of_samples>100'
      sednactl create ll scenes -f values.yaml --with-datasets
      sednactl create ll scenes -f values.yaml \\
        --dataset-url lifelong-dataset=/data/scenes.txt
"""
FLAGS = (*DATA, *ALL_STAGES, *TRAIN, *EVAL, *DEPLOY, *WITH_DATASETS)

app = creating_app(LIFELONG_LEARNING, FLAGS, name="Name of the job, at most 47 characters.", words=_HELP)
