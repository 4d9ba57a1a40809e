"""The LimitRanges and ResourceQuotas that pods meet: those among the files, and those of a cluster that was asked.

What stands in a file is what will be there: of two of one name it takes the place of the cluster's, whose use goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from sednactl.validation.limit_ranges import stored
from sednactl.validation.shape import mapping, text

if TYPE_CHECKING:
    from sednactl.validation.all_together import Together
    from sednactl.validation.in_cluster import Survey
    from sednactl.validation.noted import Key

Json = dict[str, Any]
RANGE, QUOTA = "LimitRange", "ResourceQuota"


class Bounds:
    """LimitRanges and ResourceQuotas by the namespace that a document is for, and what runs there already.

    Without a cluster a document that names no namespace is for the same one as others that name none.
    """

    def __init__(self, together: Together, survey: Survey | None = None) -> None:
        self.live: Collection[Key] = survey.live if survey else ()
        self.place_of: Callable[[str], str] = survey.place_of if survey else str
        self._found: dict[tuple[str, str], dict[str, Json]] = {}
        for kind, by_place in ((RANGE, survey.ranges), (QUOTA, survey.quotas)) if survey else ():
            for place, listed in by_place.items():
                self._found[kind, place] = {_name(one): one for one in listed}
        for kind, namespace, name, spec in together.bounds:
            of_place = self._found.setdefault((kind, self.place_of(namespace)), {})
            content: Json = {"metadata": {"name": name}, "spec": spec}
            if kind == RANGE:
                content = stored(content)
            elif name in of_place:
                content["status"] = {"used": mapping(mapping(of_place[name], "status"), "used")}
            of_place[name] = content

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return any(self._found.values())

    def holds(self, namespace: str) -> bool:
        """Tell whether there are any in a document's namespace."""
        return bool(self.ranges_of(namespace) or self.quotas_of(namespace))

    def ranges_of(self, namespace: str) -> list[Json]:
        """Give the LimitRanges of a document's namespace, by name."""
        return self._by_name(RANGE, namespace)

    def quotas_of(self, namespace: str) -> list[Json]:
        """Give the ResourceQuotas of a document's namespace, by name."""
        return self._by_name(QUOTA, namespace)

    def _by_name(self, kind: str, namespace: str) -> list[Json]:
        found = self._found.get((kind, self.place_of(namespace)), {})
        return [found[name] for name in sorted(found)]


def _name(content: Json) -> str:
    return text(mapping(content, "metadata"), "name")
