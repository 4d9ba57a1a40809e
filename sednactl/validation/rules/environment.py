"""Environment variables that a container may not have.

Source: Kubernetes' validation of env and envFrom; names may be nearly anything since 1.32.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sednactl.validation.plain.variables import plain_variables
from sednactl.validation.rulebook import rule
from sednactl.validation.rules.pod_parts import Place
from sednactl.validation.shape import has, mapping, maps, text
from sednactl.validation.structure import Problem
from sednactl.validation.words import is_dns_subdomain, label_key_fault
from sednactl.validation.workload import Workload

_SOURCES: Final = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef")
_FIELDS: Final = (
    *("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName"),
    *("status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"),
)
_AMOUNTS: Final = tuple(
    f"{side}.{name}" for side in ("limits", "requests") for name in ("cpu", "memory", "ephemeral-storage")
)
_HUGE: Final = ("limits.hugepages-", "requests.hugepages-")
_WORD: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


@rule("SDN141", "error", about={"env": plain_variables, "envFrom": None})
def environment_in_order(workload: Workload) -> Iterator[Problem]:
    """Environment variable that Kubernetes refuses

    A name is not empty and has no '='; before Kubernetes 1.32 it only has letters, digits, '-', '_'
    and '.', and no digit first. A variable has a value or one source in valueFrom, and the source
    names what it reads.

    Wrong:
      name: "THRESHOLD="
    """
    for path, _, container in workload.containers():
        for index, variable in maps(container, "env"):
            name = variable.get("name")
            if isinstance(name, str) and not (name.isascii() and name.isidentifier()):
                yield from _name(workload, name, (*path, "env", index, "name"))
            if isinstance(variable.get("valueFrom"), dict):
                yield from _source(variable, (*path, "env", index, "valueFrom"))
        for index, source in maps(container, "envFrom"):
            place = (*path, "envFrom", index)
            if text(source, "prefix"):
                yield from _name(workload, source["prefix"], (*place, "prefix"))
            yield from _one_source(source, ("configMapRef", "secretRef"), place)
            for key in ("configMapRef", "secretRef"):
                if has(source, key):
                    yield from _object_name(mapping(source, key), (*place, key))


def _name(workload: Workload, name: str, place: Place) -> Iterator[Problem]:
    if not name:
        yield Problem("SDN141", place, "the variable's name is empty", "e.g. THRESHOLD")
    elif "=" in name or not name.isascii() or not name.isprintable():
        message = f'"{name}" is no name of a variable'
        yield Problem("SDN141", place, message, "printable ASCII characters but for '='")
    elif not _WORD.issuperset(name) or name[0].isdigit() or name in (".", "..") or name.startswith(".."):
        old = workload.target.older_than(1, 32)
        if old or workload.target.kubernetes is None:
            message = f'"{name}" is no name of a variable before Kubernetes 1.32'
            hint = "letters, digits, '-', '_' and '.', no digit first"
            yield Problem("SDN141", place, message, hint, level=None if old else "warning")


def _source(variable: dict[str, Any], place: Place) -> Iterator[Problem]:
    source = mapping(variable, "valueFrom")
    yield from _one_source(source, _SOURCES, place)
    if variable.get("value") and any(has(source, key) for key in _SOURCES):
        yield Problem("SDN141", place, "the variable has a value and a source", "keep one of them", True)
    for key in ("configMapKeyRef", "secretKeyRef"):
        if has(source, key):
            yield from _object_name(mapping(source, key), (*place, key))
            if mapping(source, key).get("key") == "":
                yield Problem(
                    "SDN141", (*place, key, "key"), "the key's name is empty", "name one of its keys"
                )
    field = text(mapping(source, "fieldRef"), "fieldPath")
    if has(source, "fieldRef") and not _is_field(field):
        message = f'the variable cannot read the field "{field}"'
        hint = f"one of {', '.join(_FIELDS)}, metadata.labels['KEY'], metadata.annotations['KEY']"
        yield Problem("SDN141", (*place, "fieldRef"), message, hint)
    amount = text(mapping(source, "resourceFieldRef"), "resource")
    if has(source, "resourceFieldRef") and amount not in _AMOUNTS and not amount.startswith(_HUGE):
        message = f'the variable cannot read the resource "{amount}"'
        yield Problem("SDN141", (*place, "resourceFieldRef"), message, f"one of {', '.join(_AMOUNTS)}")


def _one_source(owner: dict[str, Any], sources: tuple[str, ...], place: Place) -> Iterator[Problem]:
    given = [key for key in sources if has(owner, key)]
    if not given:
        yield Problem("SDN141", place, "no source is named", f"one of {', '.join(sources)}", True)
    for key in given[1:]:
        message = f"{given[0]} and {key} exclude each other"
        yield Problem("SDN141", (*place, key), message, "keep one of them", True)


def _object_name(reference: dict[str, Any], place: Place) -> Iterator[Problem]:
    name = reference.get("name")
    if name is None or name == "":
        yield Problem("SDN141", place, "the reference has no name", "name the ConfigMap or Secret", True)
    elif isinstance(name, str) and not is_dns_subdomain(name):
        yield Problem(
            "SDN141",
            (*place, "name"),
            f'"{name}" is no name that an object can have',
            "name the ConfigMap or Secret",
        )


def _is_field(path: str) -> bool:
    for owner in ("metadata.labels['", "metadata.annotations['"):
        if path.startswith(owner) and path.endswith("']"):
            return not label_key_fault(path[len(owner) : -2])
    return path in _FIELDS
