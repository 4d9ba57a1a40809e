"""One command line a kind, with flags alone: what the tests of rendering and of a real control plane create."""

from __future__ import annotations

from sednactl.sedna.kinds import (
    DATASET,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    MODEL,
    OBJECT_SEARCH,
    OBJECT_TRACKING,
    REID,
    VIDEO_ANALYTICS,
)

FLAGS: dict[str, tuple[str, ...]] = {
    JOINT_INFERENCE.word: (
        "--cloud-model=big", "--cloud-image=example/big:v1", "--cloud-node=cloud-node", "--edge-model=little",
        "--edge-image=example/little:v1", "--edge-node=edge-node",
        "--model-url=big=/models/big.pb", "--model-url=little=s3://models/little.pb,credential=s3-keys",
    ),
    FEDERATED_LEARNING.word: (
        "--aggregation-model=defects", "--aggregation-image=example/aggregation:v1", "--aggregation-node=cloud-node",
        "--aggregation-env=exit_round=3", "--train-image=example/train:v1", "--train-env=epochs=2", "--train-limit=memory=2Gi",
        "--train-on=data1@edge-node", "--train-on=data2@edge-node",
        "--model-url=defects=/model,format=pb", "--dataset-url=data1=/data/1.txt", "--dataset-url=data2=/data/2.txt",
    ),
    INCREMENTAL_LEARNING.word: (
        "--dataset=helmets", "--initial-model=base", "--deploy-model=base", "--output-dir=/output",
        "--image=example/helmet:v1", "--node=edge-node", "--env=input_shape=352,640", "--train-args=train.py --fast",
        "--eval-args=eval.py", "--deploy-args=inference.py", "--train-when=num_of_samples>=500", "--train-hours=2:00-24:00",
        "--deploy-when=precision_delta>0.1", "--hot-update", "--poll-seconds=30", "--hem=IBT", "--hem-param=threshold_img=0.9",
        "--deploy-volume=/he:/he_saved_url:create", "--deploy-limit=memory=2Gi", "--image-pull-policy=Always",
        "--model-url=base=/models/base.pb", "--dataset-url=helmets=/data/helmets.txt",
    ),
    LIFELONG_LEARNING.word: (
        "--dataset=scenes", "--output-dir=s3://models/scenes", "--credential=s3-keys", "--train-prob=0.7",
        "--image=example/scenes:v1", "--train-node=edge-node", "--eval-node=edge-node", "--deploy-node=edge-node",
        "--train-args=train.py", "--eval-image=example/evaluate:v1", "--eval-env=operator=<", "--deploy-args=predict.py",
        "--train-when=num_of_samples > 100", "--train-request=cpu=4,memory=10Gi",
        "--dataset-url=scenes=/data/scenes.csv",
    ),
    FEATURE_EXTRACTION.word: (
        "--model=m3l", "--image=example/features:v1", "--node=cloud-node", "--env=KAFKA_BIND_PORTS=9092", "--kafka",
        "--request=cpu=1,memory=1Gi", "--model-url=m3l=/models/m3l.pth",
    ),
    OBJECT_SEARCH.word: (
        "--user-image=example/user:v1", "--user-node=cloud-node", "--tracking-image=example/tracking:v1",
        "--tracking-env=model=/models/t.pb", "--track-on=edge-node", "--track-on=edge-node", "--reid-image=example/reid:v1",
        "--reid-node=cloud-node", "--reid-replicas=2",
    ),
    OBJECT_TRACKING.word: (
        "--tracking-image=example/tracking:v1", "--track-on=edge-node", "--reid-image=example/reid:v1",
    ),
    REID.word: (
        "--image=example/reid:v1", "--node=cloud-node", "--env=match_thresh=0.35", "--no-kafka", "--restart-policy=Never",
    ),
    VIDEO_ANALYTICS.word: (
        "--model=yolox", "--image=example/video:v1", "--node=edge-node", "--env=video_address=rtsp://camera/0", "--env=fps=5",
        "--host-network", "--volume=/videos:/data:ro", "--model-url=yolox=http://models.example/yolox.pth",
    ),
    MODEL.word: ("--url=s3://b/m.pb", "--format=pb", "--credential=s3-keys"),
    DATASET.word: ("--url=/data/x.txt", "--format=txt", "--node=edge-node"),
}  # fmt: skip
"""Flags that make one object of each kind, and the models and datasets it refers to."""
