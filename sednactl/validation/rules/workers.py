"""What becomes of a worker that the schema takes: one that never ends, one that is not told what was meant, none at all.

Source: the controllers of Sedna's Global Manager 0.7, which put their own variables behind those of the
manifest, and wait for pods of jobs to succeed.
"""

from __future__ import annotations

from collections.abc import Iterator

from sednactl.validation.plain.variables import HOT_UPDATE, SET_BY_SEDNA, plain_variables
from sednactl.validation.rulebook import rule
from sednactl.validation.rules.pod_parts import MAIN, Place
from sednactl.validation.shape import mapping, maps, text
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

_LEARNING = ("IncrementalLearningJob", "LifelongLearningJob")
_ONE_POD = ("ReidJob", "VideoAnalyticsJob")


@rule("SDN706", "warning", *sorted({kind for kind, _ in SET_BY_SEDNA}), about={"env": plain_variables})
def variables_of_sedna(workload: Workload) -> Iterator[Problem]:
    """Environment variable that Sedna sets itself

    The Global Manager puts its own variables behind those of the manifest, in every container but init
    containers, and of two variables of one name the later counts. What the manifest says under such a
    name never reaches the worker: a BIG_MODEL_BIND_PORT of one's own does not move the port.

    Wrong:
      env:
      - name: MODEL_URL
        value: /models/other.pb
    """
    for path, group, container in workload.containers():
        names = _set_by_sedna(workload, path) if group == MAIN else frozenset()
        for index, variable in maps(container, "env") if names else ():
            name = text(variable, "name")
            if name in names:
                message = f"Sedna sets {name} itself, and its value is the one that counts"
                hint = "remove it, or give it a name that only your worker reads"
                yield Problem("SDN706", (*path, "env", index, "name"), message, hint)


def _set_by_sedna(workload: Workload, path: Place) -> frozenset[str]:
    names = SET_BY_SEDNA.get((workload.kind, path[1]), frozenset())
    if workload.spec.get("kafkaSupport") is True:
        names |= {"KAFKA_ENABLED"}
    model = mapping(mapping(workload.spec, "deploySpec"), "model")
    if path[1] == "deploySpec" and model.get("hotUpdateEnabled") is True:
        names |= HOT_UPDATE
    transmitter = mapping(workload.spec, "transmitter")
    if path[1] == "aggregationWorker" and mapping(transmitter, "s3"):
        names |= {"AGG_DATA_PATH"}
    return names


@rule("SDN707", "warning", "ObjectSearchService")
def somebody_tracks(workload: Workload) -> Iterator[Problem]:
    """Object search without tracking workers

    Tracking workers are the ones that look at the cameras. Without any, users can ask, and nothing is
    ever found.
    """
    if workload.spec.get("trackingWorkers") == []:
        path = ("spec", "trackingWorkers")
        yield Problem(
            "SDN707", path, "no tracking worker: nothing is ever found", "add one for each camera", True
        )


@rule("SDN708", "warning", "FederatedLearningJob", *_LEARNING, *_ONE_POD)
def workers_end(workload: Workload) -> Iterator[Problem]:
    """Worker of a job that never ends

    Sedna goes on when a worker's pod has succeeded: training is followed by evaluation, and a job is done.
    With restartPolicy: Always Kubernetes starts the worker again whenever it ends, and the pod never
    succeeds; an incremental or lifelong learning job stays in that stage for good. Where nothing is said,
    Sedna sets OnFailure for learning jobs; a ReidJob or VideoAnalyticsJob gets Kubernetes' default, which
    is Always. A worker that watches a live video may be meant so.

    Right: OnFailure, Never
    """
    for path, pod in workload.pods():
        policy = text(pod, "restartPolicy")
        if path[1] == "deploySpec" or policy in ("OnFailure", "Never"):
            continue
        if policy == "Always":
            message = '"Always" starts the worker again whenever it ends'
            if workload.kind in _LEARNING:
                message += ", and this stage never ends"
                yield Problem(
                    "SDN708",
                    (*path, "restartPolicy"),
                    message,
                    "write OnFailure, which Sedna sets itself where nothing is said",
                    level="error",
                )
            else:
                yield Problem("SDN708", (*path, "restartPolicy"), message, "write OnFailure or Never")
        elif workload.kind in _ONE_POD and pod and pod.get("restartPolicy") is None:
            message = "without a restartPolicy the worker is started again whenever it ends"
            level = "info" if workload.kind == "VideoAnalyticsJob" else None
            yield Problem("SDN708", path, message, "add restartPolicy: OnFailure, or Never", True, level)
