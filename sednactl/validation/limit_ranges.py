"""What the LimitRanges of a namespace make of a pod: the amounts that they give it, and why they refuse it.

Source: Kubernetes' LimitRanger admission (1.32). It looks at pods, not at the Deployments that make
them: what it refuses is never there, and only the events of a ReplicaSet tell. A LimitRange that is stored
has its defaults filled in: a default limit from max, a default request from that or from min.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sednactl.records import Record
from sednactl.sedna.quantity import NANO, nanos_of
from sednactl.validation.pod_amounts import Amounts, amounts_of, total_of
from sednactl.validation.rules.pod_parts import INIT, MAIN
from sednactl.validation.rules.resources import shown
from sednactl.validation.shape import listed, mapping, maps, text

Json = dict[str, Any]
Place = tuple[str | int, ...]


class Refusal(Record):
    """Why no such pod is ever made: a place in the pod's spec, what is wrong there and what to do."""

    place: Place
    message: str
    hint: str


def defaulted(pod: Json, ranges: Sequence[Json]) -> Json:
    """Give a pod's spec with the requests and limits that LimitRanges give to containers that say none."""
    limits, requests = _defaults(ranges)
    if not limits and not requests:
        return pod
    filled = dict(pod)
    for group in (INIT, MAIN):
        containers = pod.get(group)
        if isinstance(containers, list):
            filled[group] = [
                _filled(one, limits, requests) if isinstance(one, dict) else one for one in containers
            ]
    return filled


def stored(content: Json) -> Json:
    """Give a LimitRange as the API server keeps it: what it says of containers gives limits and requests too."""
    limits = []
    for item in listed(mapping(content, "spec"), "limits"):
        if text(item, "type") == "Container":
            default = {**mapping(item, "max"), **mapping(item, "default")}
            request = {**mapping(item, "min"), **default, **mapping(item, "defaultRequest")}
            limits.append({**item, "default": default, "defaultRequest": request})
        else:
            limits.append(item)
    return {**content, "spec": {**mapping(content, "spec"), "limits": limits}}


def refusals(pod: Json, ranges: Sequence[Json]) -> Iterator[Refusal]:
    """Give why LimitRanges, or the limits that they give, keep a pod from being made."""
    made = defaulted(pod, ranges)
    for group in (INIT, MAIN):
        before = dict(maps(pod, group))
        for index, container in maps(made, group):
            at = (group, index)
            given = mapping(before[index], "resources")
            yield from _overtaken(given, container, at, ranges)
            what = f'the container "{text(container, "name")}"'
            asked, most = amounts_of(container, "requests"), amounts_of(container, "limits")
            place = functools.partial(_place, at, given)
            yield from _of_amounts(asked, most, ranges, "Container", what, place)
    asked, most = total_of(made, "requests"), total_of(made, "limits")
    yield from _of_amounts(asked, most, ranges, "Pod", "the pod", _whole_pod)


def _place(at: Place, given: Json, of: str, name: str) -> Place:
    """Give where a container says an amount, or where it could."""
    return (*at, "resources", *((of, name) if name in mapping(given, of) else ()))


def _whole_pod(_of: str, _name: str) -> Place:
    return ()


def _defaults(ranges: Sequence[Json]) -> tuple[Json, Json]:
    limits: Json = {}
    requests: Json = {}
    for one in ranges:
        of_one: tuple[Json, Json] = {}, {}
        for _, item in _items(one, "Container"):
            of_one[0].update(mapping(item, "default"))
            of_one[1].update(mapping(item, "defaultRequest"))
        limits, requests = {**of_one[0], **limits}, {**of_one[1], **requests}
    return limits, requests


def _filled(container: Json, limits: Json, requests: Json) -> Json:
    resources = mapping(container, "resources")
    own = {name: one for name, one in mapping(resources, "limits").items() if one is not None}
    asked = {name: one for name, one in mapping(resources, "requests").items() if one is not None}
    made = {"limits": {**limits, **own}, "requests": {**requests, **own, **asked}}
    return {**container, "resources": {**resources, **made}}


def _overtaken(given: Json, container: Json, at: Place, ranges: Sequence[Json]) -> Iterator[Refusal]:
    """Give the requests that are above a limit which a LimitRange puts beside them."""
    asked, most = amounts_of(container, "requests"), amounts_of(container, "limits")
    for name, limit in most.items():
        if mapping(given, "limits").get(name) is None and asked.get(name, 0) > limit:
            giver = next(
                text(mapping(one, "metadata"), "name")
                for one in ranges
                if any(name in mapping(item, "default") for _, item in _items(one, "Container"))
            )
            yield Refusal(
                (*at, "resources", "requests", name),
                f'the LimitRange "{giver}" gives the container "{text(container, "name")}" a limit of '
                f"{shown(limit, name)} {name}, below its request of {shown(asked[name], name)}",
                f"write resources.limits.{name} beside the request",
            )


def _of_amounts(
    asked: Amounts,
    most: Amounts,
    ranges: Sequence[Json],
    of: str,
    what: str,
    place: Callable[[str, str], Place],
) -> Iterator[Refusal]:
    for one in ranges:
        name = f'the LimitRange "{text(mapping(one, "metadata"), "name")}"'
        for _, item in _items(one, of):
            yield from _least(name, mapping(item, "min"), asked, most, what, place)
            yield from _most(name, mapping(item, "max"), asked, most, what, place)
            yield from _ratio(name, mapping(item, "maxLimitRequestRatio"), asked, most, what, place)


def _least(
    by: str, bounds: Json, asked: Amounts, most: Amounts, what: str, place: Callable[[str, str], Place]
) -> Iterator[Refusal]:
    for name, bound in bounds.items():
        least = nanos_of(bound) or 0
        says = f"{by} wants at least {bound} {name}, but {what}"
        if name not in asked:
            hint = f"add resources.requests.{name} of {bound} or more"
            yield Refusal(place("requests", name), f"{says} requests none", hint)
        elif asked[name] < least:
            yield _outside(says, "requests", name, asked, place, f"{bound} or more")
        elif name in most and most[name] < least:
            yield _outside(says, "limits", name, most, place, f"{bound} or more")


def _most(
    by: str, bounds: Json, asked: Amounts, most: Amounts, what: str, place: Callable[[str, str], Place]
) -> Iterator[Refusal]:
    for name, bound in bounds.items():
        largest = nanos_of(bound) or 0
        says = f"{by} allows at most {bound} {name}, but {what}"
        if name not in most:
            message = f"{by} allows at most {bound} {name}, and {what} has no limit"
            yield Refusal(place("limits", name), message, f"add resources.limits.{name} of {bound} or less")
        elif most[name] > largest:
            yield _outside(says, "limits", name, most, place, f"{bound} or less")
        elif asked.get(name, 0) > largest:
            yield _outside(says, "requests", name, asked, place, f"{bound} or less")


def _outside(
    says: str, of: str, name: str, amounts: Amounts, place: Callable[[str, str], Place], right: str
) -> Refusal:
    """Give the refusal of an amount that is too small or too large, after what is said of the bound."""
    has, do = ("requests", "request") if of == "requests" else ("has a limit of", "a limit of")
    return Refusal(place(of, name), f"{says} {has} {shown(amounts[name], name)}", f"{do} {right}")


def _ratio(
    by: str, bounds: Json, asked: Amounts, most: Amounts, what: str, place: Callable[[str, str], Place]
) -> Iterator[Refusal]:
    for name, bound in bounds.items():
        largest = nanos_of(bound) or 0
        request, limit = asked.get(name, 0), most.get(name, 0)
        if not request or not limit:
            lacking = "limits" if request else "requests"
            message = f"{by} allows a limit of {bound} times the request of {name}, but {what} has no {lacking[:-1]}"
            yield Refusal(place(lacking, name), message, f"add resources.{lacking}.{name}")
        elif limit * NANO > largest * request:
            message = (
                f"{by} allows a limit of {bound} times the request of {name}, but {what} has "
                f"{shown(limit, name)} for {shown(request, name)}"
            )
            yield Refusal(place("limits", name), message, "raise the request, or lower the limit")


def _items(one: Json, of: str) -> list[tuple[int, Json]]:
    return [entry for entry in maps(mapping(one, "spec"), "limits") if text(entry[1], "type") == of]
