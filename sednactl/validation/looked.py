"""What is said of one document by itself: plain values, so that they can come from another process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sednactl.records import Record

if TYPE_CHECKING:
    from sednactl.errors import InvalidInput
    from sednactl.manifests.document import Document
    from sednactl.validation.finding import Finding, Level
    from sednactl.validation.ignoring import Ignore, Remark
    from sednactl.validation.noted import Note


class Found(Record):
    """A problem with its rule's level, and whether it can be mended in one way only.

    `finding` is None where nobody will see it, so that it has no place.
    """

    rule: str
    level: Level
    finding: Finding | None
    ignore: Ignore | None
    fixable: bool = False


class Looked(Record):
    """What one document gives. `document` has no content; `skipped` says that it is not Sedna's; `title` names it.

    `untold` counts the infos beside `found` that nobody decided about and nobody will see.
    """

    document: Document
    skipped: bool
    found: list[Found]
    noted: Note | None
    remarks: list[Remark]
    about_remarks: list[Finding]
    title: str = ""
    untold: int = 0


class OfFile(Record):
    """What a file, or a stretch of it, holds, up to the error that ends it, if there is one."""

    name: str
    looked: list[Looked]
    error: InvalidInput | None = None
    found: bool = True
    """Not so for a name that no file has, and for all stretches but the first."""
