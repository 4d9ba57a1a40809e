"""Tells a story to both servers and gives what each made of it."""

from __future__ import annotations

import functools
from typing import Any

from sednactl.sandbox.api.writing import Structure, structure_of_builtin, structure_of_crd
from sednactl.validation.crd import crd_of
from tests.live.plane.bare import BarePlane
from tests.sandbox.writing.story import PATHS, Story, body_of
from tests.sandbox.writing.twin import Outcome, Twin, comparable

_VERBS = {"create": "POST", "update": "PUT"}
_CONTENT = {"create": "json", "update": "json", "apply": "apply-patch+yaml"}


@functools.cache
def structure_for(kind: str) -> Structure:
    """Give the structure of a kind of the stories; Sedna's by our own CRDs, which other tests hold to upstream's."""
    version, _ = PATHS[kind]
    if version != "sedna.io/v1alpha1":
        return structure_of_builtin(version, kind.partition("/")[0])
    definition = crd_of(kind)
    return structure_of_crd(definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"], version, kind)


def told_to_us(story: Story) -> list[Outcome]:
    """Tell the story to our functions."""
    twin = Twin(structure_for(story.kind))
    return [twin.write(write.how, body_of(story, write), **write.options) for write in story.writes]


def told_to_kubernetes(story: Story, plane: BarePlane) -> list[Outcome]:
    """Tell the story to a real kube-apiserver, and remove what it made."""
    _, path = PATHS[story.kind]
    result = []
    try:
        for write in story.writes:
            query: dict[str, str] = {"fieldManager": write.options.get("manager", "tester")}
            if write.options.get("force"):
                query["force"] = "true"
            query["fieldValidation"] = write.options.get("validation", "Strict")
            place = path if write.how == "create" else f"{path}/{story.name}"
            if write.options.get("subresource"):
                place += f"/{write.options['subresource']}"
            content = f"application/{_CONTENT.get(write.how, write.how)}"
            sent = body_of(story, write)
            if write.how == "update":
                sent["metadata"]["resourceVersion"] = plane.ask("GET", place)[1]["metadata"][
                    "resourceVersion"
                ]
            code, body = plane.ask(_VERBS.get(write.how, "PATCH"), place, sent, content, **query)
            result.append(Outcome(code, body))
    finally:
        plane.ask(
            "PATCH",
            f"{path}/{story.name}",
            {"metadata": {"finalizers": None}},
            "application/merge-patch+json",
        )
        plane.ask("DELETE", f"{path}/{story.name}", {"gracePeriodSeconds": 0})
    return result


def differences(ours: Any, theirs: Any, path: str = "") -> list[str]:
    """Give where two comparable bodies differ, one line each."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        lines = []
        for key in {**ours, **theirs}:
            if key not in theirs:
                lines.append(f"{path}.{key}: only ours: {ours[key]!r}")
            elif key not in ours:
                lines.append(f"{path}.{key}: only theirs: {theirs[key]!r}")
            else:
                lines += differences(ours[key], theirs[key], f"{path}.{key}")
        return lines
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [
            line
            for index, (mine, other) in enumerate(zip(ours, theirs, strict=True))
            for line in differences(mine, other, f"{path}[{index}]")
        ]
    return [] if ours == theirs else [f"{path}: ours {ours!r}, theirs {theirs!r}"]


def compared(ours: list[Outcome], theirs: list[Outcome]) -> list[str]:
    """Give where two tellings of a story differ."""
    lines = []
    for step, (mine, other) in enumerate(zip(ours, theirs, strict=True), 1):
        if mine.code != other.code:
            lines.append(
                f"write {step}: ours {mine.code} {mine.body.get('message')}, theirs {other.code} {other.body.get('message')}"
            )
        else:
            lines += [
                f"write {step}: {line}" for line in differences(comparable(mine.body), comparable(other.body))
            ]
    return lines
