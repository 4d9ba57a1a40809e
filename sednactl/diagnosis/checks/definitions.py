"""Sedna's CustomResourceDefinitions: whether they are there, of which release, and whole."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sednactl.diagnosis.book import Result, Subject, check
from sednactl.diagnosis.drift import Drift, drift_of, releases_of, schemas_of
from sednactl.diagnosis.observed import Observed
from sednactl.diagnosis.words import counted, some
from sednactl.sedna.kinds import BY_KIND, GROUP, SEDNA_KINDS, VERSION
from sednactl.sedna.releases import LATEST, Release
from sednactl.sedna.resources import CRD

AREA = "Sedna's CRDs"
Json = dict[str, Any]


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
    drifts = drifts_of(observed)
    if not drifts:
        yield Result("DOC302", "unknown", "there is no CRD of Sedna whose release could be told")
        return
    common = common_release(drifts)
    mend = "sednactl crd diff shows what an upgrade changes, sednactl crd upgrade does it"
    details = tuple(f"{kind}: {_of(kind, drift)}" for kind, drift in sorted(drifts.items()))
    if common is None:
        by_release: dict[str, list[str]] = {}
        for kind, drift in sorted(drifts.items()):
            by_release.setdefault(_of(kind, drift), []).append(kind)
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
    take. Descriptions, defaults and how lists are merged are not compared.
    """
    drifts = drifts_of(observed)
    edited = {kind: drift for kind, drift in drifts.items() if drift.differences}
    for kind, drift in sorted(edited.items()):
        first = drift.differences[0]
        more = (
            f" and {counted(len(drift.differences) - 1, 'more difference')}" if drift.differences[1:] else ""
        )
        message = f"the CRD is not the one that Sedna {drift.release} ships: {first}{more}"
        mend = "sednactl crd diff shows all of it, sednactl crd upgrade puts it right"
        yield Result("DOC303", "warning", message, mend, _subject(kind), drift.differences)
    if not drifts:
        yield Result("DOC303", "unknown", "there is no CRD of Sedna that could be compared")
    elif not edited:
        yield Result("DOC303", "ok", f"{counted(len(drifts), 'CRD')} as shipped")


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
    status = definition.get("status") or {}
    conditions = {one.get("type"): one for one in status.get("conditions") or ()}
    if definition["metadata"].get("deletionTimestamp"):
        yield (
            "the CRD is being deleted, and every object of the kind with it",
            "sednactl crd install, once it is gone",
        )
        return
    for kind in ("Established", "NamesAccepted"):
        condition = conditions.get(kind, {})
        if condition.get("status") != "True":
            why = condition.get("message") or condition.get("reason") or "nothing is said about why"
            yield f"the CRD is not {kind}: {why}", "kubectl describe crd tells which other CRD has its names"
    schemas = schemas_of(definition)
    if VERSION not in schemas:
        yield f"the CRD does not serve {VERSION}, the one version that Sedna uses", "sednactl crd upgrade"
        return
    others = [name for name, schema in schemas.items() if schema != schemas[VERSION]]
    if others:
        said = f"version {some(others)} has another schema than {VERSION}: objects lose fields between them"
        yield said, "sednactl crd upgrade"
    stored = [name for name in status.get("storedVersions") or () if name != VERSION]
    if stored:
        said = f"objects may still be stored as {some(stored)}, which Sedna does not use"
        yield said, "rewrite them, then take the version out of the CRD's status.storedVersions"


def drifts_of(observed: Observed) -> dict[str, Drift]:
    """Give the release and the differences of every CRD that can be compared, by kind."""
    found = {
        kind: observed.remembered(f"drift/{kind}", functools.partial(drift_of, kind, definition))
        for kind, definition in observed.definitions.items()
    }
    return {kind: drift for kind, drift in found.items() if drift is not None}


def common_release(drifts: dict[str, Drift]) -> Release | None:
    """Give the latest release that all of these CRDs may be of; None where there is none."""
    possible = [releases_of(kind, drift) for kind, drift in drifts.items()]
    return max(frozenset.intersection(*possible), default=None) if possible else None


def _of(kind: str, drift: Drift) -> str:
    releases = sorted(releases_of(kind, drift))
    span = str(releases[0]) if len(releases) == 1 else f"{releases[0]} to {releases[-1]}"
    return f"like {span}" if drift.differences else span


def _subject(kind: str) -> Subject:
    return Subject(CRD.kind, "", f"{BY_KIND[kind].plural}.{GROUP}")
