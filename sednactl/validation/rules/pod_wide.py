"""What a pod as a whole may not say: names of its containers, numbers, places, network, rights.

Source: Kubernetes' validation of a pod's spec, and of the templates of Deployments.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sednactl.validation.plain.pods import is_not_none, not_below_zero
from sednactl.validation.rulebook import Plain, rule
from sednactl.validation.rules.pod_parts import INIT, MAIN, Place, deployed
from sednactl.validation.shape import EACH, has, listed, mapping, maps, text, values_at, whole
from sednactl.validation.structure import Problem
from sednactl.validation.words import (
    are_labels,
    is_dns_label,
    is_dns_subdomain,
    label_key_fault,
    label_value_fault,
)
from sednactl.validation.workload import Workload

_LARGEST = 2**31 - 1
_OBJECT_NAME = "lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit"


_CONTAINERS_APART = (INIT, "ephemeralContainers", "restartPolicy")


@rule("SDN144", "error", about=_CONTAINERS_APART)
def containers_apart(workload: Workload) -> Iterator[Problem]:
    """Init container that has the name of another container, or what only init containers may say

    Names of containers differ within a pod, init containers included. A container of its own
    restartPolicy is a sidecar and stands under initContainers. ephemeralContainers are for pods that
    run already.
    """
    for path, pod in workload.pods():
        names = {text(container, "name") for _, container in maps(pod, MAIN)}
        for index, container in maps(pod, INIT):
            name = text(container, "name")
            if name and name in names:
                message = f'the pod has a container "{name}" already'
                yield Problem("SDN144", (*path, INIT, index, "name"), message, "give it a name of its own")
        if listed(pod, "ephemeralContainers"):
            message = "ephemeralContainers come to a pod that runs, and cannot be written before"
            yield Problem("SDN144", (*path, "ephemeralContainers"), message, "kubectl debug adds them", True)
        for index, container in maps(pod, MAIN):
            if has(container, "restartPolicy"):
                message = "only init containers have a restartPolicy of their own"
                hint = "move it to the pod's spec, or the container to initContainers"
                yield Problem("SDN144", (*path, MAIN, index, "restartPolicy"), message, hint, True)


_NUMBERS: dict[str, Plain | None] = {
    **dict.fromkeys(("terminationGracePeriodSeconds", "replicas"), not_below_zero),
    **dict.fromkeys(("activeDeadlineSeconds", "securityContext", "reidWorkers")),
}


@rule("SDN146", "error", about=_NUMBERS)
def numbers_in_range(workload: Workload) -> Iterator[Problem]:
    """Number out of range in a pod

    replicas are not below 0. activeDeadlineSeconds runs from 1 to 2147483647, and pods of
    Deployments cannot have it: they run until they are deleted. User and group numbers are not
    below 0 either. A negative terminationGracePeriodSeconds counts as 1.
    """
    for path, pod in workload.pods():
        yield from _deadline(workload, pod, path)
        grace = whole(pod, "terminationGracePeriodSeconds")
        if grace is not None and grace < 0:
            message = f"a grace period of {grace} seconds counts as 1"
            place = (*path, "terminationGracePeriodSeconds")
            yield Problem("SDN146", place, message, "say how long the pod may take to end", level="warning")
        yield from _identities(mapping(pod, "securityContext"), (*path, "securityContext"))
    for path, _, container in workload.containers():
        yield from _identities(mapping(container, "securityContext"), (*path, "securityContext"))
    for steps in (("replicas",), ("reidWorkers", "replicas")):
        for place, count in values_at(workload.spec, steps, ("spec",)):
            if isinstance(count, int) and count < 0:
                yield Problem("SDN146", place, f"{count} replicas", "0 or more")


def _deadline(workload: Workload, pod: dict[str, Any], path: Place) -> Iterator[Problem]:
    deadline, place = whole(pod, "activeDeadlineSeconds"), (*path, "activeDeadlineSeconds")
    if deadline is None:
        return
    if deployed(workload, path):
        message = "the pods of a Deployment have no deadline"
        yield Problem("SDN146", place, message, "remove the line", True)
    elif not 1 <= deadline <= _LARGEST:
        yield Problem(
            "SDN146",
            place,
            f"a deadline of {deadline} seconds; 1 to {_LARGEST} are allowed",
            "or leave it out for none",
        )


def _identities(context: dict[str, Any], path: Place) -> Iterator[Problem]:
    for key in ("runAsUser", "runAsGroup", "fsGroup"):
        number = whole(context, key)
        if number is not None and not 0 <= number <= _LARGEST:
            yield Problem(
                "SDN146",
                (*path, key),
                f"{key} {number}; 0 to {_LARGEST} are allowed",
                "leave it out for the image's own",
            )


_PLACES: dict[str, Plain | None] = {
    "nodeSelector": are_labels,
    **dict.fromkeys(("tolerations", "topologySpreadConstraints", "affinity")),
}


@rule("SDN147", "error", about=_PLACES)
def places_in_order(workload: Workload) -> Iterator[Problem]:
    """Choice of nodes that Kubernetes refuses

    nodeSelector has a label's key and value. A toleration without a key tolerates everything and
    says operator: Exists; with Exists it has no value; tolerationSeconds are for the effect
    NoExecute. A spread has a maxSkew of at least 1 and a topologyKey, a preferred affinity a weight
    from 1 to 100. In and NotIn compare with values, Gt and Lt with one, Exists with none.
    """
    for path, pod in workload.pods():
        for key, value in mapping(pod, "nodeSelector").items():
            fault = label_key_fault(key) or (label_value_fault(value) if isinstance(value, str) else "")
            if fault and "$" not in str(value):
                place = (*path, "nodeSelector", key)
                yield Problem("SDN147", place, f'no node can be labelled {key}: "{value}"', fault)
        for index, toleration in maps(pod, "tolerations"):
            yield from _toleration(toleration, (*path, "tolerations", index))
        for index, spread in maps(pod, "topologySpreadConstraints"):
            yield from _spread(spread, (*path, "topologySpreadConstraints", index))
        yield from _expressions(pod, path)
        for kind in ("nodeAffinity", "podAffinity", "podAntiAffinity"):
            steps = ("affinity", kind, "preferredDuringSchedulingIgnoredDuringExecution", EACH, "weight")
            for place, weight in values_at(pod, steps, path):
                if isinstance(weight, int) and not 1 <= weight <= 100:
                    yield Problem(
                        "SDN147", place, f"a weight of {weight}; 1 to 100 are allowed", "100 counts most"
                    )


_EXPRESSIONS = (
    ("requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms", EACH, "matchExpressions", EACH),
    ("preferredDuringSchedulingIgnoredDuringExecution", EACH, "preference", "matchExpressions", EACH),
)


def _expressions(pod: dict[str, Any], path: Place) -> Iterator[Problem]:
    needed = (
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    )
    for place, terms in values_at(pod, needed, path):
        if terms == []:
            yield Problem("SDN147", place, "no term: no node would do", "add one, or remove it all", True)
    for steps in _EXPRESSIONS:
        for place, expression in values_at(pod, ("affinity", "nodeAffinity", *steps), path):
            operator, values = text(expression, "operator"), listed(expression, "values")
            fault = label_key_fault(text(expression, "key"))
            if fault:
                yield Problem("SDN147", place, f'"{text(expression, "key")}" is no key of a label', fault)
            if operator in ("In", "NotIn") and not values:
                yield Problem("SDN147", place, f"{operator} without values", "add values", True)
            elif operator in ("Exists", "DoesNotExist") and values:
                yield Problem("SDN147", place, f"{operator} with values", "remove values, or write In", True)
            elif operator in ("Gt", "Lt") and len(values) != 1:
                yield Problem(
                    "SDN147", place, f"{operator} compares with one value", "give exactly one", True
                )


def _toleration(toleration: dict[str, Any], place: Place) -> Iterator[Problem]:
    key, operator = text(toleration, "key"), text(toleration, "operator")
    fault = label_key_fault(key) if key else ""
    if fault:
        yield Problem("SDN147", (*place, "key"), f'"{key}" is no key of a taint', fault)
    if not key and operator != "Exists":
        yield Problem("SDN147", place, "a toleration without a key", "add key, or operator: Exists for all")
    value = text(toleration, "value")
    if operator == "Exists" and value:
        yield Problem("SDN147", (*place, "value"), "a value beside the operator Exists", "remove one", True)
    elif label_value_fault(value):
        yield Problem(
            "SDN147", (*place, "value"), f'"{value}" is no value of a taint', label_value_fault(value)
        )
    if has(toleration, "tolerationSeconds") and toleration.get("effect") != "NoExecute":
        message = "tolerationSeconds without the effect NoExecute"
        yield Problem("SDN147", (*place, "tolerationSeconds"), message, "write effect: NoExecute", True)


def _spread(spread: dict[str, Any], place: Place) -> Iterator[Problem]:
    skew = whole(spread, "maxSkew")
    if skew is not None and skew < 1:
        yield Problem("SDN147", (*place, "maxSkew"), f"maxSkew {skew}; at least 1 is needed", "1 or more")
    if spread.get("topologyKey") == "":
        yield Problem(
            "SDN147", (*place, "topologyKey"), "topologyKey is empty", "e.g. kubernetes.io/hostname"
        )
    least = whole(spread, "minDomains")
    if least is not None and least < 1:
        yield Problem(
            "SDN147", (*place, "minDomains"), f"minDomains {least}; at least 1 is needed", "1 or more"
        )


_NETWORK: dict[str, Plain | None] = {
    "dnsPolicy": is_not_none,
    **dict.fromkeys(("hostname", "subdomain", "dnsConfig", "readinessGates", "hostAliases")),
}


@rule("SDN148", "error", about=_NETWORK)
def network_in_order(workload: Workload) -> Iterator[Problem]:
    """Network of a pod that Kubernetes refuses

    hostname and subdomain are DNS labels, hostAliases and name servers IP addresses. dnsPolicy None
    needs dnsConfig with one to three name servers. A readiness gate has the form of a label's key.
    """
    for path, pod in workload.pods():
        for key in ("hostname", "subdomain"):
            name = text(pod, key)
            if name and not is_dns_label(name):
                hint = "lower-case letters, digits and '-', at most 63 characters"
                yield Problem("SDN148", (*path, key), f'"{name}" is no {key}', hint)
        servers = mapping(pod, "dnsConfig").get("nameservers") or []
        if pod.get("dnsPolicy") == "None" and not servers:
            message = "dnsPolicy None without a name server"
            yield Problem("SDN148", (*path, "dnsPolicy"), message, "add dnsConfig.nameservers")
        if isinstance(servers, list) and len(servers) > 3:
            place = (*path, "dnsConfig", "nameservers")
            yield Problem(
                "SDN148",
                place,
                f"{len(servers)} name servers; at most 3 are allowed",
                "keep the nearest three",
            )
        for place, name in values_at(pod, ("dnsConfig", "options", EACH, "name"), path):
            if not name:
                yield Problem("SDN148", place[:-1], "the option has no name", "e.g. name: ndots", True)
        for place, name in values_at(pod, ("readinessGates", EACH, "conditionType"), path):
            if isinstance(name, str) and label_key_fault(name):
                yield Problem("SDN148", place, f'"{name}" is no type of a condition', label_key_fault(name))
        for steps in (("dnsConfig", "nameservers", EACH), ("hostAliases", EACH, "ip")):
            for place, address in values_at(pod, steps, path):
                if isinstance(address, str) and not _is_address(address):
                    yield Problem(
                        "SDN148", place, f'"{address}" is no IP address', "write the address, e.g. 10.0.0.10"
                    )
        for index, alias in maps(pod, "hostAliases"):
            for place, name in values_at(alias, ("hostnames", EACH), (*path, "hostAliases", index)):
                if isinstance(name, str) and not is_dns_subdomain(name):
                    yield Problem(
                        "SDN148", place, f'"{name}" is no name of a host', "a DNS name in lower case"
                    )


def _is_address(text: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


_NAMES = ("serviceAccountName", "serviceAccount", "priorityClassName", "runtimeClassName")
_RIGHTS = (*_NAMES, "shareProcessNamespace", "securityContext")


@rule("SDN149", "error", about=_RIGHTS)
def rights_in_order(workload: Workload) -> Iterator[Problem]:
    """Rights of a pod that contradict each other, or names of what is no object

    A privileged container cannot forbid allowPrivilegeEscalation, shareProcessNamespace excludes
    hostPID. The names of the service account, the priority class and the runtime class are DNS names.
    """
    for path, pod in workload.pods():
        for key in _NAMES:
            name = text(pod, key)
            named = name or (
                key == "runtimeClassName" and has(pod, key)
            )  # of the others an empty one is none
            if named and not is_dns_subdomain(name):
                yield Problem(
                    "SDN149", (*path, key), f'"{name}" is no name that an object can have', _OBJECT_NAME
                )
        if pod.get("shareProcessNamespace") is True and pod.get("hostPID") is True:
            message = "shareProcessNamespace and hostPID exclude each other"
            yield Problem("SDN149", (*path, "shareProcessNamespace"), message, "keep one of them", True)
    for path, _, container in workload.containers():
        context = mapping(container, "securityContext")
        if context.get("privileged") is True and context.get("allowPrivilegeEscalation") is False:
            message = "a privileged container cannot forbid the escalation of privileges"
            place = (*path, "securityContext", "allowPrivilegeEscalation")
            yield Problem("SDN149", place, message, "remove privileged, or this line", True)
