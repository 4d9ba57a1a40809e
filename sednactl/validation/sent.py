"""What a process gives of files: those of which there is little to say go as plain values, all others as they are.

Nearly all are of the first kind, and sending and receiving the records of many of them would take as long as looking at them.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from typing import Any

from sednactl.manifests.again import ReadAgain
from sednactl.validation.looked import Looked, OfFile

Sent = tuple[bytes, list[OfFile]]
"""Plain values for each file, packed, and the files that have none."""


def sent(files: list[OfFile]) -> Sent:
    """Give what files hold as it is sent."""
    plain = [_plain(file) for file in files]
    return marshal.dumps(plain), [file for file, known in zip(files, plain, strict=True) if known is None]


def received(answer: Sent) -> Iterator[OfFile]:
    """Give what was sent, file by file."""
    packed, files = answer
    others = iter(files)
    # Only what `sent` packed, in this process or in one of its own, is ever read.
    for plain in marshal.loads(packed):  # noqa: S302
        if plain is None:
            yield next(others)
        else:
            name, documents = plain
            looked = []
            for index, line, skipped, untold, note in documents:
                at = ReadAgain(name, name, index, line)
                looked.append(Looked(at, skipped, [], note, [], [], "", untold))
            yield OfFile(name, looked)


def _plain(file: OfFile) -> tuple[str, list[Any]] | None:
    """Give the name and the documents of a file that can be read again and was read whole, if nothing was found in it."""
    if file.error is not None or not file.found:
        return None
    documents = []
    for document, skipped, found, noted, remarks, about, title, untold in file.looked:
        if found or remarks or about or title or noted is None or not isinstance(noted[-1], bytes):
            return None
        if document.origin != file.name or document.below:
            return None
        documents.append((document.index, document.line, skipped, untold, noted))
    return file.name, documents
