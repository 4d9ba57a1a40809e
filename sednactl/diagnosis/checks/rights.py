"""What the caller may do, of what sednactl's commands need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sednactl.diagnosis.book import Result, check
from sednactl.diagnosis.observed import Observed
from sednactl.diagnosis.own_rights import ANY_KIND, NEEDED
from sednactl.sedna.kinds import GROUP
from sednactl.validation.rbac import Right


@check("DOC601", "Your rights", "rights")
def own_rights(observed: Observed, _: datetime) -> Iterator[Result]:
    """Own rights

    Each command of sednactl asks the cluster for certain things. Where the caller may not do one of
    them, the command says so and shows the rest, or cannot do its work. The API server is asked by
    SelfSubjectAccessReviews, in the namespace that is looked at.
    """
    refused = observed.refused_rights
    details = []
    for command, needed in NEEDED.items():
        missing = sorted(_missing(needed, refused), key=lambda one: (one.full_resource, one.verb))
        if missing:
            message = f"{command}: you may not {_spelled(missing)} {observed.scope.place}"
            yield Result("DOC601", "warning", message, _mend(missing))
        else:
            details.append(f"{command}: allowed")
    if not refused:
        yield Result("DOC601", "ok", "you may do all that sednactl's commands need", details=tuple(details))


def _missing(needed: Iterable[Right], refused: frozenset[Right]) -> Iterator[Right]:
    for right in needed:
        if (right.group, right.resource) == (GROUP, ANY_KIND):
            yield from (one for one in refused if one.group == GROUP and one.verb == right.verb)
        elif right in refused:
            yield right


def _by_verbs(rights: Iterable[Right]) -> dict[tuple[str, ...], list[str]]:
    verbs: dict[str, list[str]] = {}
    for right in rights:
        verbs.setdefault(right.full_resource, []).append(right.verb)
    resources: dict[tuple[str, ...], list[str]] = {}
    for resource, some in verbs.items():
        resources.setdefault(tuple(some), []).append(resource)
    return resources


def _spelled(rights: Iterable[Right]) -> str:
    return "; ".join(
        f"{', '.join(verbs)} {', '.join(resources)}" for verbs, resources in _by_verbs(rights).items()
    )


def _mend(rights: Iterable[Right]) -> str:
    verbs, resources = next(iter(_by_verbs(rights).items()))
    return (
        "an administrator may allow it: kubectl create clusterrole sednactl-user "
        f"--verb={','.join(verbs)} --resource={','.join(resources)}, and bind it to you"
    )
