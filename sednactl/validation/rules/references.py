"""What can only be seen over all documents together: objects given twice, and names that lead nowhere.

Only names and places are kept, so that a long stream costs little memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sednactl.validation.rulebook import Workload, page
from sednactl.validation.shape import mapping, text
from sednactl.validation.structure import Problem

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.finding import Path

page(
    "SDN103",
    "warning",
    """
    The same object twice

    Two documents have the same kind, namespace and name. create fails at the second one;
    apply lets it overwrite the first.
    """,
)
page(
    "SDN121",
    "info",
    """
    Reference to something that is not in these files

    Models are looked up once, when the service is created: a missing Model makes it Failed
    for good, even when the Model appears later. Where the files hold other Models of that
    namespace, a missing one is a warning, as the name is then more likely wrong.
    """,
)
page(
    "SDN122",
    "info",
    """
    Reference to a Secret that is not in these files

    A missing Secret is no error to Sedna: the worker starts without credentials. A Secret
    without any annotation, used by a Dataset, crashes Sedna 0.7's Global Manager: annotate it
    with s3-endpoint.
    """,
)


class _Reference(NamedTuple):
    rule: str
    kind: str
    namespace: str
    name: str
    document: Document
    path: Path


class Together:
    """Collects what documents define and refer to; `findings` tells at the end what does not match."""

    def __init__(self) -> None:
        self._defined: dict[tuple[str, str, str], str] = {}
        self._spaces: set[tuple[str, str]] = set()
        self._references: list[_Reference] = []

    def define(self, kind: str, namespace: str, name: str, document: Document) -> Problem | None:
        """Note an object; give a problem when it was there before."""
        if not name:
            return None
        key = (kind, namespace, name)
        first = self._defined.get(key)
        if first is None:
            self._defined[key] = f"{document.file}:{document.line}"
            self._spaces.add((kind, namespace))
            return None
        message = f'{kind} "{name}" is given twice, first in {first}'
        return Problem("SDN103", ("metadata", "name"), message, "rename or remove one")

    def refer(self, workload: Workload, document: Document) -> None:
        """Note what a workload refers to."""
        document = replace(document, content=None)  # its text is enough to find the place later
        for side in workload.sides():
            name = text(mapping(side.worker, "model"), "name")
            path = (*side.path, "model", "name")
            if name and "$" not in name:
                self._references.append(
                    _Reference("SDN121", "Model", workload.namespace, name, document, path)
                )
        if workload.kind in ("Model", "Dataset"):
            name = text(workload.spec, "credentialName")
            if name and "$" not in name:
                path = ("spec", "credentialName")
                self._references.append(
                    _Reference("SDN122", "Secret", workload.namespace, name, document, path)
                )

    def dangling(self) -> Iterator[tuple[_Reference, Problem]]:
        """Give every reference that no document answers."""
        for reference in self._references:
            _, kind, namespace, name, _, path = reference
            if (kind, namespace, name) in self._defined:
                continue
            others = (kind, namespace) in self._spaces
            message = f'{kind} "{name}" is not in these files' + (f", other {kind}s are" if others else "")
            hint = (
                "it must be in the same namespace before the workload is created"
                if kind == "Model"
                else ("it must be in the same namespace, annotated with s3-endpoint")
            )
            level = "warning" if others and kind == "Model" else "info"
            yield reference, Problem(reference.rule, path, message, hint, level=level)
