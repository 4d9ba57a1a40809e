"""What manifests are judged for: a release of Sedna, and of Kubernetes where the user names one."""

from __future__ import annotations

from sednactl.errors import UsageError
from sednactl.records import Record
from sednactl.sedna.releases import LATEST, Release, release_named


class Target(Record):
    """The cluster that manifests are meant for. `kubernetes` is major and minor, None when nobody said."""

    release: Release = LATEST
    kubernetes: tuple[int, int] | None = None

    def older_than(self, major: int, minor: int) -> bool:
        """Tell whether the user named a Kubernetes that is older than this."""
        return self.kubernetes is not None and self.kubernetes < (major, minor)


def target_named(sedna: str | None, kubernetes: str | None) -> Target:
    """Give the target that two words from the command line name. Raises UsageError for what is no version."""
    release = release_named(sedna) if sedna else LATEST
    if not kubernetes:
        return Target(release)
    # As clusters name themselves: v1.32.1+k3s1, v1.30.2-eks-1552ad0, 1.29.0-rc.1
    plain = kubernetes.strip().removeprefix("v").partition("-")[0].partition("+")[0]
    parts = plain.split(".")
    if not (2 <= len(parts) <= 3 and all(part.isascii() and part.isdigit() for part in parts)):
        raise UsageError(f"'{kubernetes}' is no version of Kubernetes", hint="write e.g. 1.30")
    return Target(release, (int(parts[0]), int(parts[1])))
