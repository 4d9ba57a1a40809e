"""Cuts what is to be looked at into portions for several processes, and joins what they give.

Small files go by handfuls, and by name. Of a long stream each process gets a stretch of text and
counts its documents from 0; the numbers that they have in the stream are put in here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from sednactl.errors import InvalidInput
from sednactl.manifests.again import ReadAgain
from sednactl.manifests.document import KeptText, Origin
from sednactl.manifests.limits import MOST_DOCUMENTS
from sednactl.manifests.reading import (
    Stretch,
    documents_in,
    documents_of_stretch,
    is_json,
    stretches_of,
)
from sednactl.manifests.sources import Source
from sednactl.validation.looked import OfFile
from sednactl.validation.sent import received, sent

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.looked import Looked
    from sednactl.validation.looking import Looker
    from sednactl.validation.processes import Portion
    from sednactl.validation.sent import Sent

FEWEST = 200
"""Files from which on more than one process pays: starting them costs as much as some 100 files do."""
_USUAL_SIZE = 2500
"""Bytes that count as one file."""
FILES_AT_A_TIME = 64
_STRETCH = FILES_AT_A_TIME * _USUAL_SIZE
"""Characters of a stream that are given to a process at a time."""


class Stream:
    """A text of many documents that stretches are cut from, and how many of them were given back."""

    def __init__(self, name: str, text: str, origin: Origin) -> None:
        self.name = name
        self.text = text
        self.origin = origin
        self.ended = False
        """An error ends a stream; what lies behind it is not looked at."""
        self._begun = False
        self._documents = 0

    def documents(self) -> Iterator[Document]:
        """Give its documents one by one. Raises InvalidInput."""
        return documents_in(self.text, self.name, self.origin)

    def joined(self, stretch: Stretch, of_stretch: OfFile, looker: Looker) -> OfFile:
        """Give what the next stretch holds as a part of the whole."""
        first, self._begun = not self._begun, True
        if self.ended:
            return OfFile(self.name, [], None, first)
        before = self._documents
        if before + len(of_stretch.looked) > MOST_DOCUMENTS:  # the error names the document that is too many
            documents = documents_of_stretch(stretch, before, self.origin)
            of_stretch = _looked_at(looker, self.name, documents)
        else:
            looked = [self._shifted(one, before) for one in of_stretch.looked]
            of_stretch = of_stretch._replace(looked=looked)
        self._documents += len(of_stretch.looked)
        self.ended = of_stretch.error is not None
        return of_stretch._replace(found=first)

    def _shifted(self, looked: Looked, by: int) -> Looked:
        at = looked.document
        document = ReadAgain(self.origin, at.file, at.index + by, at.line, at.below)
        found = [
            one._replace(finding=one.finding and one.finding._replace(document=one.finding.document + by))
            for one in looked.found
        ]
        about = [one._replace(document=one.document + by) for one in looked.about_remarks]
        return looked._replace(document=document, found=found, about_remarks=about)


Item = Source | Stream | OfFile


class Look:
    """What a process does: look at files by their names, or at a stretch of a stream."""

    def __init__(self, looker: Looker) -> None:
        self._looker = looker

    def __call__(self, asks: list[str] | Stretch) -> Sent:
        """Give what the files or the stretch hold."""
        if isinstance(asks, Stretch):
            return sent([_looked_at(self._looker, asks.file, documents_of_stretch(asks, 0, asks.file))])
        from sednactl.surroundings import Surroundings

        surroundings = Surroundings.of_process()
        return sent([of_file(self._looker, Source(name, surroundings)) for name in asks])


def of_file(looker: Looker, source: Source | Stream) -> OfFile:
    """Look at every document of a file; what cannot be read is noted."""
    try:
        documents = source.documents()
    except InvalidInput as error:
        return OfFile(source.name, [], error.to_keep())
    return _looked_at(looker, source.name, documents)


def _looked_at(looker: Looker, name: str, documents: Iterator[Document]) -> OfFile:
    looked: list[Looked] = []
    try:
        looked.extend(looker.look(document) for document in documents)
    except InvalidInput as error:
        return OfFile(name, looked, error.to_keep())
    return OfFile(name, looked)


def looked_at(items: Iterable[Item], looker: Looker, jobs: int | None) -> Iterator[Item]:
    """Give what is to be looked at or, where processes pay or are wanted, what they found in it."""
    from sednactl.validation.processes import processes_for

    items = iter(items)
    processes = processes_for(jobs)
    if processes == 1:
        return items
    first: list[Item] = []
    weight = 0
    for item in items:
        first.append(_opened(item))
        weight += max(1, _size(first[-1]) // _USUAL_SIZE)
        if weight >= FEWEST or (jobs and (len(first) > 1 or _size(first[-1]) > _STRETCH)):
            return look_at(chain(first, items), looker, processes)
    return iter(first)


def look_at(
    items: Iterable[Item],
    looker: Looker,
    processes: int,
    *,
    method: str | None = None,
    stretch: int = _STRETCH,
) -> Iterator[OfFile]:
    """Give what each file holds, in the order of the files, a long one in several pieces.

    `method` is how processes are started, `stretch` how many characters of a stream one gets at a
    time. Raises PartlyDone when a process died, and RuntimeError for a fault in a rule.
    """
    from sednactl.validation.processes import worked_at

    for portion in worked_at(_portions(items, looker, stretch), Look(looker), processes, method):
        if portion.about is None:
            yield from received(portion.answer)
        else:
            stream, text = portion.about
            (of_stretch,) = received(portion.answer)
            yield stream.joined(text, of_stretch, looker)


def _portions(items: Iterable[Item], looker: Looker, stretch: int) -> Iterator[Portion]:
    """Put files together and cut streams; what is known already, and what only we can read, stay alone."""
    from sednactl.validation.processes import Portion

    handful: list[str] = []
    for given in items:
        item = _opened(given, stretch)
        if handful and (not isinstance(item, Source) or len(handful) >= FILES_AT_A_TIME):
            yield Portion(handful)
            handful = []
        if isinstance(item, Source):
            handful.append(item.name)
        elif isinstance(item, OfFile):
            yield Portion(answer=sent([item]))
        elif is_json(item.text) or len(item.text) <= stretch:
            yield Portion(answer=sent([of_file(looker, item)]))
        else:
            for each in stretches_of(item.text, item.name, stretch):
                if item.ended:
                    break
                yield Portion(each, about=(item, each))
    if handful:
        yield Portion(handful)


def _opened(item: Item, longest: int | None = None) -> Item:
    """Read what only we can read, and with `longest` a file that has more bytes than that."""
    if not isinstance(item, Source):
        return item
    size = item.lasting_size
    lasts = size is not None
    if size is not None and (longest is None or size <= longest or item.name.endswith(".json")):
        return item
    try:
        text = item.text()
    except InvalidInput as error:
        return OfFile(item.name, [], error.to_keep())
    return Stream(item.name, text, item.name if lasts else KeptText(text))


def _size(item: Item) -> int:
    """Give the bytes, about, of a file that lasts or of a stream."""
    if isinstance(item, Stream):
        return len(item.text)
    return (item.lasting_size or 0) if isinstance(item, Source) else 0
