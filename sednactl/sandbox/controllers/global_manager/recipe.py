"""What goes into children beside the workload itself: its references, the release, the Global Manager's settings."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from sednactl.sandbox.controllers.global_manager.halting import CannotCreate
from sednactl.sandbox.controllers.global_manager.rendering import Release
from sednactl.sandbox.controllers.global_manager.storage import Mount, Source
from sednactl.sedna.kinds import DATASET, MODEL
from sednactl.sedna.resources import SECRET, Resource

Json = dict[str, Any]

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""The letters of Kubernetes' generated names."""


def random_name() -> str:
    """Give five letters as Kubernetes appends them to generated names."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(5))


@dataclass(frozen=True)
class Recipe:
    """How children are made. `strict_references` makes a missing Model or Dataset an error for every kind."""

    release: Release = "0.7"
    random_name: Callable[[], str] = random_name
    lc_server: str = "http://localhost:9100"
    kb_server: str = "http://localhost:9020"
    strict_references: bool = False


@dataclass(frozen=True)
class Child:
    """One object to create.

    `failure` comes before the API's words where it cannot be made, `masked` tells
    that its error is lost. `completes` names the counter that is raised once it
    is there: a worker counts when its last object is made.
    """

    resource: Resource
    manifest: Json
    failure: str = ""
    masked: bool = False
    completes: Literal["", "deployment", "pod"] = ""


class Lookup(Protocol):
    """Objects by name, such as a dict."""

    def get(self, name: str, /) -> Json | None:
        """Give the object of that name, None where there is none."""


@dataclass(frozen=True)
class References:
    """The Models, Datasets and Secrets of a workload's namespace that exist, by name."""

    models: Lookup = field(default_factory=dict[str, Json])
    datasets: Lookup = field(default_factory=dict[str, Json])
    secrets: Lookup = field(default_factory=dict[str, Json])

    def model(self, name: str, failure: str) -> Json:
        """Give a Model. Raises CannotCreate with the API's words after `failure`."""
        return _there(self.models, MODEL.resource, name, failure)

    def dataset(self, name: str, failure: str) -> Json:
        """Give a Dataset. Raises CannotCreate with the API's words after `failure`."""
        return _there(self.datasets, DATASET.resource, name, failure)

    def secret(self, name: str | None, owner: str, failure: str = "") -> Json | None:
        """Give a Secret, None where none is named. Raises CannotCreate where it is missing."""
        if not name:
            return None
        return _there(self.secrets, SECRET, name, f"{failure}failed to get the secret {name} for {owner}: ")


def source_of(item: Mapping[str, Any], references: References) -> Source:
    """Give where a Model or Dataset lies; a Secret that is missing is as none."""
    spec = item["spec"]
    return Source(spec.get("url", ""), references.secrets.get(spec.get("credentialName") or ""))


def unminded_source(
    resource: Resource, name: str, references: References, recipe: Recipe, failure: str = ""
) -> Source | None:
    """Give where a Model or Dataset lies for the kinds that do not mind if it is missing: None then.

    A Secret that is missing is an error all the same. Raises CannotCreate.
    """
    known = references.models if resource == MODEL.resource else references.datasets
    found = known.get(name)
    if found is None:
        if recipe.strict_references:
            _there(known, resource, name, f"{failure}failed to get the {resource.kind.lower()} {name}: ")
        return None
    # "model" is what the Global Manager says of a Dataset too.
    secret = references.secret(found["spec"].get("credentialName"), f"model {name}", failure)
    return Source(found["spec"].get("url", ""), secret)


def needed(variable: str, source: Source | None) -> tuple[Mount, ...]:
    """Give the mount of one URL, none where there is no URL."""
    return () if source is None or not source.url else (Mount(variable, (source,)),)


def model_mount(variable: str, source: Source) -> tuple[Mount, ...]:
    """Give the mount of one URL."""
    return (Mount(variable, (source,)),)


def flag(value: bool) -> str:
    """Write a boolean as Go does."""
    return "true" if value else "false"


def _there(known: Lookup, resource: Resource, name: str, failure: str) -> Json:
    found = known.get(name)
    if found is None:
        raise CannotCreate(f'{failure}{resource.full_name} "{name}" not found')
    return found
