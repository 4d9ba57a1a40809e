"""What existing objects would lose, or be refused for, under another release's definition.

A field that the new schema does not know is pruned: it is gone from everything the API
server gives out as soon as the new definition is served, and from its store with the next
write to the object; the Global Manager's status updates are writes, too. An object that the
new schema refuses stays readable, but Kubernetes before 1.30 refuses every write to it until
it is mended; later ones tolerate what a write leaves as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sednactl.errors import Forbidden
from sednactl.sedna.kinds import BY_KIND, GROUP
from sednactl.sedna.resources import Resource
from sednactl.validation.crd_state import served_version
from sednactl.validation.finding import Path, spell_path
from sednactl.validation.structure import NOT_YET, TOO_LARGE, UNKNOWN_FIELD, structural_problems

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.sedna.releases import Release

Json = dict[str, Any]

MOST_NAMED = 200
"""Objects of a kind that are kept by name, so that memory does not grow with the fleet; all are counted."""
_EVERY = 500


@dataclass(frozen=True)
class Harm:
    """What one object would lose, and for what it would be refused, by path; `places` are those paths without indexes."""

    namespace: str
    name: str
    lost: tuple[str, ...]
    refused: tuple[str, ...]
    places: frozenset[str]


@dataclass
class KindHarm:
    """What a new definition would do to the objects of its kind.

    `lost` and `refused` count objects by place in the schema (list indexes left out). `named` are the first
    MOST_NAMED objects concerned, of `harmed` in all. `unread` says why the objects could not be looked at.
    """

    kind: str
    objects: int = 0
    harmed: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    named: list[Harm] = field(default_factory=list)
    unread: str = ""


def harm_of(
    content: Mapping[str, Any], kind: str, release: Release
) -> tuple[list[Path], list[tuple[Path, str]]]:
    """Give the fields that an object would lose under a release's schema, and what that would refuse in it."""
    lost, refused = [], []
    for problem in structural_problems(kind, dict(content), release):
        if problem.rule in (UNKNOWN_FIELD, NOT_YET):
            lost.append(problem.path)
        elif problem.rule != TOO_LARGE:  # that one is the Global Manager's trouble, not the API server's
            refused.append((problem.path, problem.message))
    return lost, refused


def survey_harm(
    cluster: Cluster,
    kind: str,
    definition: Mapping[str, Any],
    release: Release,
    tell: Callable[[str], None] = lambda _: None,
) -> KindHarm:
    """Read all objects of a kind, page by page, and judge each by the schema of `release`."""
    from sednactl.cluster.door import Selection

    found = KindHarm(kind)
    version = served_version(definition)
    if version is None:
        found.unread = "no version of the kind is served"
        return found
    resource = Resource(GROUP, version, BY_KIND[kind].plural, kind)
    try:
        for item in cluster.list(Selection(resource, None)):
            found.objects += 1
            if found.objects % _EVERY == 0:
                tell(f"looking at what objects would lose: {kind} {found.objects}")
            _note(found, item, release)
    except Forbidden as error:
        found.unread = error.message
    return found


def _note(found: KindHarm, item: Json, release: Release) -> None:
    lost, refused = harm_of(item, found.kind, release)
    if not lost and not refused:
        return
    found.harmed += 1
    gone, wrong = {_place(path) for path in lost}, {_place(path) for path, _ in refused}
    found.lost.update(sorted(gone))
    found.refused.update(sorted(wrong))
    if len(found.named) < MOST_NAMED:
        metadata = item["metadata"]
        found.named.append(
            Harm(
                str(metadata.get("namespace") or ""),
                str(metadata.get("name") or ""),
                tuple(spell_path(path) for path in lost),
                tuple(f"{spell_path(path)}: {message}" for path, message in refused),
                frozenset(gone | wrong),
            )
        )


def _place(path: Path) -> str:
    text = ""
    for step in path:
        text += "[]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text
