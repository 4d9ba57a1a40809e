"""The releases of Sedna that manifests may be judged for, and which kinds came with which.

Source: the CRDs and the library at the tags v0.3.0 to v0.7.0. Within 0.3, 0.5 and
later minors the CRDs never changed; 0.4.3 added two kinds to those of 0.4.0.
"""

from __future__ import annotations

from sednactl.errors import UsageError
from sednactl.records import Record


class Release(Record):
    """One release; compares by age."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def series(self) -> str:
        """Give major and minor, which decide the schemas, e.g. `0.7`."""
        return f"{self.major}.{self.minor}"


RELEASES = (Release(0, 3, 1), Release(0, 4, 3), Release(0, 5, 1), Release(0, 6, 0), Release(0, 7, 0))
"""The last release of each series, oldest first."""
LATEST = RELEASES[-1]
SINCE = {
    "ObjectSearchService": Release(0, 4, 3),
    "ObjectTrackingService": Release(0, 4, 3),
    "FeatureExtractionService": Release(0, 5, 0),
    "ReidJob": Release(0, 5, 0),
    "VideoAnalyticsJob": Release(0, 5, 0),
}
"""The first release with a kind, for kinds that are younger than 0.3."""

DEPLOYMENTS_SINCE = Release(0, 7, 0)
"""The release from which a joint inference service's workers are Deployments, which may scale; bare pods before."""


def release_named(word: str) -> Release:
    """Give the release a user means: `0.6`, `0.6.0` or `v0.6.0`; a series stands for its last release.

    Raises UsageError for what is no release, and for releases that are not known here.
    """
    parts = word.strip().removeprefix("v").split(".")
    if not (2 <= len(parts) <= 3 and all(part.isascii() and part.isdigit() for part in parts)):
        raise UsageError(f"'{word}' is no release of Sedna", hint="write e.g. 0.7 or 0.6.0")
    series = f"{int(parts[0])}.{int(parts[1])}"
    for last in RELEASES:
        if last.series == series:
            return last if len(parts) == 2 else Release(last.major, last.minor, int(parts[2]))
    known = ", ".join(last.series for last in RELEASES)
    raise UsageError(f"Sedna {word} is not known here", hint=f"known are {known}")
