"""Hard example mining: names and settings that Sedna's library knows.

The algorithm runs in the worker's image, and images may bring their own: what
is unknown here is a warning, never an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sednactl.sedna.releases import RELEASES, Release
from sednactl.validation.plain.mining import ALGORITHMS, is_share, usual_mining
from sednactl.validation.rulebook import Plain, rule
from sednactl.validation.shape import mapping, maps, text
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

MINING: Final = ("JointInferenceService", "IncrementalLearningJob")
ALGORITHMS_SINCE: Final = {"Random": Release(0, 6, 0)}
"""The first release with an algorithm, for those that are younger than 0.3."""
LATER_ALGORITHMS: Final = ("CloudOnly", "EdgeOnly", "BertRouter")
"""Algorithms that came after 0.7."""


def minings_of(workload: Workload) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Give where hard example mining stands in a workload, and what it says."""
    part = "edgeWorker" if workload.kind == "JointInferenceService" else "deploySpec"
    mining = mapping(mapping(workload.spec, part), "hardExampleMining")
    if mining:
        yield ("spec", part, "hardExampleMining"), mining


_ABOUT: Final[dict[str, Plain | None]] = {"hardExampleMining": usual_mining}


@rule("SDN301", "warning", *MINING, about=_ABOUT, within="hardExampleMining")
def algorithm_is_known(workload: Workload) -> Iterator[Problem]:
    """Hard example mining algorithm that Sedna's library does not have

    Names are case-sensitive. A name that the worker image's library does not know ends in a
    ValueError when the worker starts, again and again. Sedna 0.7 has IBT, Threshold,
    CrossEntropy and Random (Random since 0.6); CloudOnly, EdgeOnly and BertRouter came later.
    """
    release = workload.target.release
    for place, mining in minings_of(workload):
        name, path = text(mining, "name"), (*place, "name")
        since = ALGORITHMS_SINCE.get(name, RELEASES[0])
        if name in ALGORITHMS and release < since:
            message = f'"{name}" came with Sedna {since.series}; the library of {release.series} lacks it'
            yield Problem("SDN301", path, message, "make sure that the worker's image has a newer library")
            continue
        if name in ALGORITHMS or "$" in name:
            continue
        if not name:
            if "name" in mining and isinstance(mining["name"], str):
                hint = f"one of {', '.join(ALGORITHMS)}, unless the image brings its own"
                yield Problem("SDN301", path, "the algorithm has no name", hint)
            continue
        close = next((known for known in ALGORITHMS if known.lower() == name.lower()), "")
        if close:
            yield Problem("SDN301", path, f'"{name}" is unknown to Sedna\'s library', f'write "{close}"')
        elif name in LATER_ALGORITHMS:
            message = f'"{name}" came after Sedna 0.7'
            yield Problem("SDN301", path, message, "make sure that the worker's image has a newer library")
        else:
            hint = f"one of {', '.join(ALGORITHMS)}, unless the image brings its own"
            yield Problem("SDN301", path, f'"{name}" is unknown to Sedna\'s library', hint)


@rule("SDN302", "warning", *MINING, about=_ABOUT, within="hardExampleMining")
def settings_are_known(workload: Workload) -> Iterator[Problem]:
    """Setting that the algorithm ignores

    Settings that an algorithm does not know are swallowed without a word, and the default is
    used. A misspelt threshold therefore changes nothing. Of a setting given twice the last one counts.
    """
    for place, mining in minings_of(workload):
        known = ALGORITHMS.get(text(mining, "name"))
        if known is None:
            continue
        last = {text(parameter, "key"): index for index, parameter in maps(mining, "parameters")}
        for index, parameter in maps(mining, "parameters"):
            key = text(parameter, "key")
            if key in known and last[key] != index:
                path = (*place, "parameters", index, "key")
                message = f"{key} is given again in parameters[{last[key]}], which counts"
                yield Problem("SDN302", path, message, "keep one of them")
            elif key and key not in known:
                path = (*place, "parameters", index, "key")
                settings = ", ".join(f"{name} ({value})" for name, value in known.items())
                message = f'{text(mining, "name")} has no setting "{key}" and ignores it'
                yield Problem("SDN302", path, message, f"its settings and defaults: {settings}")


@rule("SDN303", "warning", *MINING, about=_ABOUT, within="hardExampleMining")
def settings_are_usable(workload: Workload) -> Iterator[Problem]:
    """Setting whose value the algorithm cannot use

    Thresholds are shares between 0 and 1. Random compares its ratio without turning the text
    into a number first, so that any random_ratio given here ends in a TypeError: only its
    default can be used.
    """
    for place, mining in minings_of(workload):
        name = text(mining, "name")
        for index, parameter in maps(mining, "parameters"):
            key, value = text(parameter, "key"), parameter.get("value")
            if key not in ALGORITHMS.get(name, ()) or not isinstance(value, str):
                continue
            path = (*place, "parameters", index, "value")
            if name == "Random":
                message = "Random fails with any random_ratio given here"
                yield Problem("SDN303", path, message, "leave it out; the default is 0.3")
            elif not is_share(value):
                yield Problem(
                    "SDN303", path, f'{key} is "{value}", not a share between 0 and 1', 'e.g. "0.9"'
                )
