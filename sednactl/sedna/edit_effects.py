"""What an edit of a workload does to what runs: rolled out, counted later, ignored, or harmful.

Source: the update handlers of Sedna's Global Manager v0.3.1 to v0.7.0, and for incremental
and lifelong learning the Local Controllers of the same releases, which read parts
of a job once, when they take the job up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sednactl.sedna.editing import carried
from sednactl.sedna.kinds import INCREMENTAL_LEARNING, LIFELONG_LEARNING, SednaKind
from sednactl.sedna.releases import LATEST, Release

Json = Mapping[str, Any]
Path = tuple[str, ...]
How = Literal["rollout", "restart", "unscaled", "later", "ignored", "harmful"]


@dataclass(frozen=True)
class EditEffect:
    """One thing an edit does, or fails to do, as a `sentence`; `path` is the first field of the spec that it is about.

    `how` is `rollout` (Sedna carries it out, and pods restart), `restart` (pods restart, though
    no more than the autoscaler changes), `unscaled` (the autoscaler goes, the replicas of the moment stay),
    `later` (it counts when pods are next made), `ignored` (Sedna never carries it to what runs)
    or `harmful`.
    """

    how: How
    sentence: str
    path: Path = ()

    @property
    def needs_replacement(self) -> bool:
        """Tell whether only deleting and creating the workload anew brings the edit about, without harm."""
        return self.how in ("ignored", "harmful")


def effects_of_edit(
    kind: SednaKind,
    before: Json,
    after: Json,
    *,
    without_deployment: Collection[str] = (),
    release: Release = LATEST,
) -> tuple[EditEffect, ...]:
    """Give what an edit from `before` to `after` will do where a release runs, one effect a thing.

    `without_deployment` are the sides of a joint inference service that have no
    Deployment, to which no edit can be carried.
    """
    old, new = before.get("spec") or {}, after.get("spec") or {}
    if old == new:
        return ()
    how = carried(kind.kind, release)
    if how == "by side":
        return tuple(_of_joint_inference(old, new, without_deployment))
    if how == "by field":
        return tuple(_of_learning(kind, old, new, release))
    if how == "harmful":
        return (
            EditEffect(
                "harmful",
                "Sedna 0.7 answers an edit of a federated learning job by deleting the pods of whichever job it "
                "looked at last, maybe another one's, and leaves surplus pods of this one",
            ),
        )
    if how == "ignored":
        return (
            EditEffect(
                "ignored",
                f"Sedna {release.series} does not carry this change to what runs: the pods stay as the first version made them",
            ),
        )
    if how == "later":
        return (
            EditEffect(
                "later",
                f"running workers keep what they started with; a new {kind.kind} counts when pods are made anew",
            ),
        )
    return ()


def _of_joint_inference(before: Json, after: Json, without: Collection[str]) -> Iterator[EditEffect]:
    for side in ("cloud", "edge"):
        worker = f"{side}Worker"
        old, new = before.get(worker) or {}, after.get(worker) or {}
        if old == new:
            continue
        if side in without:
            yield EditEffect(
                "ignored",
                f"the {side} side has no Deployment that Sedna could change, and Sedna makes none at an edit",
                (worker,),
            )
            continue
        was, is_now = old.get("hpa"), new.get("hpa")
        rest_same = {key: value for key, value in old.items() if key != "hpa"} == {
            key: value for key, value in new.items() if key != "hpa"
        }
        restart = f"all {side} pods restart, one after the other"
        if rest_same:
            at = (worker, "hpa") if is_now else (worker,)
            yield EditEffect("restart", f"{restart}: Sedna renders them anew even when only hpa changes", at)
        else:
            yield EditEffect("rollout", f"{restart}, with the new settings", (worker,))
        if was and not is_now:
            yield EditEffect(
                "unscaled",
                f"the {side} side loses its autoscaler and keeps the replicas it has at this moment",
                (worker,),
            )


_READ_ONCE = (
    ("dataset", "name"),
    ("initialModel",),
    ("trainSpec", "trigger"),
    ("evalSpec", "initialEvalModel"),
    ("deploySpec", "trigger"),
    ("outputDir",),
    ("credentialName",),
)
"""What the Local Controller reads when it takes a job up, and not again before it is restarted."""

_NEXT_TIME = (
    (("trainSpec", "template"), "training"),
    (("evalSpec", "template"), "evaluation"),
    (("dataset", "trainProb"), "training"),
)

_CREDENTIALS_ONCE_SINCE = Release(0, 5, 0)
"""Before it the Local Controller took a lifelong learning job's credentials from every edit."""

_INFERENCE = (("deploySpec", "template"), ("deploySpec", "model"), ("deploySpec", "hardExampleMining"))


def _of_learning(kind: SednaKind, before: Json, after: Json, release: Release) -> Iterator[EditEffect]:
    def changed(path: tuple[str, ...]) -> bool:
        return bool(_dig(before, path) != _dig(after, path))

    anew = kind is LIFELONG_LEARNING and release < _CREDENTIALS_ONCE_SINCE
    credentials = ("credentialName",) if anew else ()
    if read_once := [path for path in _READ_ONCE if path != credentials and changed(path)]:
        moved = (
            "; and if the new Dataset lies on another node, the old node goes on with its own copy of the job"
            if ("dataset", "name") in read_once
            else ""
        )
        yield EditEffect(
            "ignored",
            f"the node's Local Controller has read {_joined(read_once)} when it took the job up, and goes on with "
            f"that until it is restarted{moved}",
            read_once[0],
        )
    rounds: dict[str, list[tuple[str, ...]]] = {}
    next_time = (*_NEXT_TIME, (credentials, "training")) if credentials else _NEXT_TIME
    for path, stage in next_time:
        if changed(path):
            rounds.setdefault(stage, []).append(path)
    for stage, paths in rounds.items():
        yield EditEffect(
            "later",
            f"{_joined(paths)} counts from the next {stage} on; a pod that runs goes on as it is",
            paths[0],
        )
    inference = [path for path in _INFERENCE if changed(path)]
    if not inference:
        return
    hot = kind is INCREMENTAL_LEARNING and bool(_dig(after, ("deploySpec", "model", "hotUpdateEnabled")))
    if hot:
        yield EditEffect(
            "ignored",
            f"the inference pod is never made anew where models are updated hot, so {_joined(inference)} stays as it was",
            inference[0],
        )
    else:
        yield EditEffect(
            "later",
            f"{_joined(inference)} counts when the next trained model is deployed; until then inference goes on as it is",
            inference[0],
        )


def _dig(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _joined(paths: Sequence[tuple[str, ...]]) -> str:
    words = [".".join(path) for path in paths]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
