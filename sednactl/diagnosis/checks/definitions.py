"""Sedna's CustomResourceDefinitions: whether they are there, of which release, and whole."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sednactl.diagnosis.book import Result, Subject, check
from sednactl.diagnosis.observed import Observed
from sednactl.diagnosis.words import counted, some
from sednactl.sedna.kinds import SEDNA_KINDS, VERSION
from sednactl.sedna.releases import LATEST, Release
from sednactl.sedna.resources import CRD
from sednactl.validation.crd_state import (
    Likeness,
    condition,
    definition_name,
    likeness_of,
    served_schemas,
    stored_versions,
)
from sednactl.validation.schema_difference import FieldChange, same_verdicts

AREA = "Sedna's CRDs"
Json = dict[str, Any]
MOST_DIFFERENCES = 20


@check("DOC301", AREA, "definitions")
def installed(observed: Observed, _: datetime) -> Iterator[Result]:
    """CRDs are installed

    Sedna 0.7 has eleven kinds, each with a CustomResourceDefinition. What is missing cannot be created,
    and the Global Manager waits for it: at its start it watches all of them.
    """
    missing = [kind.kind for kind in SEDNA_KINDS if kind.kind not in observed.definitions]
    if missing:
        message = f"{len(missing)} of {len(SEDNA_KINDS)} kinds are not installed: {some(missing, 11)}"
        yield Result("DOC301", "failed", message, "sednactl crd install")
    else:
        yield Result("DOC301", "ok", f"all {len(SEDNA_KINDS)} kinds are installed")


@check("DOC302", AREA, "definitions")
def release(observed: Observed, _: datetime) -> Iterator[Result]:
    """Release of the CRDs

    The CRDs are those of the latest release. Older ones do not know hpa: they drop it without a word.
    Helm installs CRDs and never upgrades them, so that after helm upgrade those of the first
    installation are still there.
    """
    found = likenesses_of(observed)
    if not found:
        yield Result("DOC302", "unknown", "there is no CRD of Sedna whose release could be told")
        return
    common = common_release(found)
    mend = "sednactl crd diff shows what an upgrade changes, sednactl crd upgrade does it"
    details = tuple(f"{kind}: {_of(near)}" for kind, near in sorted(found.items()))
    if common is None:
        by_release: dict[str, list[str]] = {}
        for kind, near in sorted(found.items()):
            by_release.setdefault(_of(near), []).append(kind)
        mixed = "; ".join(f"{of} ({some(kinds, 3)})" for of, kinds in sorted(by_release.items()))
        yield Result("DOC302", "warning", f"the CRDs are of several releases: {mixed}", mend, details=details)
    elif common < LATEST:
        lost = "" if common >= Release(0, 7, 0) else ", which do not know hpa"
        message = f"the CRDs are those of Sedna {common}{lost}; the latest is {LATEST}"
        yield Result("DOC302", "warning", message, mend, details=details)
    else:
        yield Result("DOC302", "ok", f"the CRDs are those of Sedna {common}", details=details)


@check("DOC303", AREA, "definitions")
def drifted(observed: Observed, _: datetime) -> Iterator[Result]:
    """CRDs are as they were shipped

    A CRD whose schema was edited drops fields that Sedna reads, or refuses objects that Sedna would
    take. It is compared with that of the release it is nearest to, as by crd diff. Descriptions and how
    lists are merged are not compared.
    """
    found = likenesses_of(observed)
    edited = {kind: near for kind, near in found.items() if near.changes}
    for kind, near in sorted(edited.items()):
        told = tuple(_said(change) for change in near.changes)
        more = f" and {counted(len(told) - 1, 'more difference')}" if told[1:] else ""
        message = f"the CRD is not the one that Sedna {near.release} ships: {told[0]}{more}"
        mend = "sednactl crd diff shows all of it, sednactl crd upgrade puts it right"
        yield Result("DOC303", "warning", message, mend, _subject(kind), told[:MOST_DIFFERENCES])
    if not found:
        yield Result("DOC303", "unknown", "there is no CRD of Sedna that could be compared")
    elif not edited:
        yield Result("DOC303", "ok", f"{counted(len(found), 'CRD')} as shipped")


def _said(change: FieldChange) -> str:
    """Say what a cluster's definition has otherwise; a change is what the shipped one would make of it."""
    place = change.path.replace("(", "").replace(")", "")
    if change.change == "added":
        return f"{place} is missing"
    if change.change == "removed":
        return f"{place} is not Sedna's"
    return f"{place} is otherwise in Sedna's ({change.detail})"


@check("DOC304", AREA, "definitions")
def served(observed: Observed, _: datetime) -> Iterator[Result]:
    """CRDs are served, the same in every version

    Sedna 0.7 reads and writes v1alpha1 and nothing else. Each CRD is established, serves and stores that
    version, has the same schema in every other version that it serves (else an object loses fields on
    the way from one to the other), has no old version among those stored, and is not being deleted.
    """
    found = observed.definitions
    for kind, definition in sorted(found.items()):
        for said, mend in _faults(definition):
            yield Result("DOC304", "failed", said, mend, _subject(kind))
    if not found:
        yield Result("DOC304", "unknown", "there is no CRD of Sedna")
    elif not any(next(_faults(definition), None) for definition in found.values()):
        yield Result("DOC304", "ok", f"{counted(len(found), 'CRD')} established, serving {VERSION}")


def _faults(definition: Json) -> Iterator[tuple[str, str]]:
    if definition["metadata"].get("deletionTimestamp"):
        yield (
            "the CRD is being deleted, and every object of the kind with it",
            "sednactl crd install, once it is gone",
        )
        return
    for kind in ("Established", "NamesAccepted"):
        holds, why = condition(definition, kind)
        if not holds:
            said = f"the CRD is not {kind}: {why or 'nothing is said about why'}"
            yield said, "kubectl describe crd tells which other CRD has its names"
    schemas = served_schemas(definition)
    if VERSION not in schemas:
        yield f"the CRD does not serve {VERSION}, the one version that Sedna uses", "sednactl crd upgrade"
        return
    others = [name for name, schema in schemas.items() if not same_verdicts(schema, schemas[VERSION])]
    if others:
        said = f"version {some(others)} has another schema than {VERSION}: objects lose fields between them"
        yield said, "sednactl crd upgrade"
    stored = [name for name in stored_versions(definition) if name != VERSION]
    if stored:
        said = f"objects may still be stored as {some(stored)}, which Sedna does not use"
        yield said, "rewrite them, then take the version out of the CRD's status.storedVersions"


def likenesses_of(observed: Observed) -> dict[str, Likeness]:
    """Give the release of every CRD that can be compared, and its differences from that, by kind."""
    found = {
        kind: observed.remembered(f"likeness/{kind}", functools.partial(likeness_of, kind, definition))
        for kind, definition in observed.definitions.items()
    }
    return {kind: near for kind, near in found.items() if near is not None}


def common_release(found: dict[str, Likeness]) -> Release | None:
    """Give the latest release that all of these CRDs may be of; None where there is none."""
    possible = [frozenset(near.releases) for near in found.values()]
    return max(frozenset.intersection(*possible), default=None) if possible else None


def _of(near: Likeness) -> str:
    first, last = near.releases[0], near.releases[-1]
    span = str(first) if first == last else f"{first} to {last}"
    return f"like {span}" if near.changes else span


def _subject(kind: str) -> Subject:
    return Subject(CRD.kind, "", definition_name(kind))
