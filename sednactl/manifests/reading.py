"""Reads manifests exactly as kubectl reads them: YAML streams, JSON streams, lists of objects.

Whatever the bytes are, the outcome is documents or one InvalidInput that says
file, line, column and what is wrong; time and memory are bounded.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sednactl.errors import InvalidInput
from sednactl.manifests import everyday
from sednactl.manifests.chunk import Chunk
from sednactl.manifests.document import Document
from sednactl.manifests.limits import DEEPEST, LARGEST_DOCUMENT, LARGEST_FILE, MOST_DOCUMENTS
from sednactl.manifests.lines import lines_of
from sednactl.records import Record

if TYPE_CHECKING:
    from sednactl.manifests.document import Locate, Origin, Position


def read_documents(data: bytes, file: str) -> list[Document]:
    """Give the documents of one file, in order; empty ones are left out, lists give their items.

    Raises InvalidInput for whatever kubectl could not read, for doubled keys
    (which kubectl takes silently) and for what exceeds the bounds.
    """
    return list(iterate_documents(data, file))


def iterate_documents(data: bytes, file: str) -> Iterator[Document]:
    """Give the documents of one file one by one, as `read_documents` does, holding one at a time."""
    if len(data) > LARGEST_FILE:
        raise too_large(file)
    yield from documents_in(decode(data, file), file)


def documents_in(text: str, file: str, origin: Origin | None = None) -> Iterator[Document]:
    """Give the documents of a file's text one by one. Raises InvalidInput.

    `origin` is the file's name where it can be read again, or the text where somebody keeps it.
    """
    return _documents(
        _json_documents(text, file) if is_json(text) else _yaml_documents(text, file), file, origin
    )


def is_json(text: str) -> bool:
    """Tell whether a file with this text is a stream of JSON, and else of YAML."""
    return text.lstrip().startswith("{")


def _documents(
    read: Iterator[_Read], file: str, origin: Origin | None = None, index: int = 0
) -> Iterator[Document]:
    for content, line, locate, source_line, whole in read:
        for item, where, below in _flatten(content, locate):
            if index >= MOST_DOCUMENTS:
                raise InvalidInput(
                    f"{file}:{line}:1: more than {MOST_DOCUMENTS:,} documents",
                    hint="split it into several files",
                )
            yield Document(
                item,
                file,
                index,
                where((), key=False).line if where is not locate else line,
                where,
                source_line,
                whole,
                origin,
                below,
            )
            index += 1


class Stretch(Record):
    """Some documents of a YAML stream that follow each other, with the lines between them."""

    file: str
    text: str
    lines_before: int


def stretches_of(text: str, file: str, least: int) -> Iterator[Stretch]:
    """Cut a YAML stream into stretches of at least so many characters, the last one aside.

    Lines of `---` end a document wherever they stand, in a block of text too, so that no stretch
    depends on what lies before it. What is wrong with such a line is left to who reads the stretch.
    """
    begin = lines = 0
    while len(text) - begin > least:
        separator = next(_separators(text, begin + least), None)
        if separator is None:
            break
        end = min(separator[0] + 3 + len(separator[1]) + 1, len(text))
        stretch = Stretch(file, text[begin:end], lines)
        yield stretch
        begin = end
        lines += stretch.text.count("\n")
    yield Stretch(file, text[begin:], lines)


def documents_of_stretch(
    stretch: Stretch, index: int = 0, origin: Origin | None = None
) -> Iterator[Document]:
    """Give the documents of a stretch one by one, counted from `index`. Raises InvalidInput."""
    file, text, lines_before = stretch
    read = (one for chunk in _chunks(text, file, lines_before) for one in _of_chunk(chunk))
    return _documents(read, file, origin, index)


class Part(Record):
    """A text that holds one document, or one list of them, and where it lies in its file.

    `begin` is the offset of its first character, `lines_before` counts the lines that lie before it.
    """

    file: str
    text: str
    begin: int
    lines_before: int
    as_json: bool


def parts_of(text: str, file: str) -> Iterator[Part]:
    """Cut a text where its documents are, so that each part can be read alone. Raises InvalidInput."""
    if is_json(text):
        from sednactl.manifests import json_text

        line, counted = 0, 0
        for _, begin, end in json_text.load_stream(text, file, DEEPEST):
            line, counted = line + text.count("\n", counted, begin), begin
            yield Part(file, text[begin:end], begin, line, True)
        return
    begin = 0
    for chunk in _chunks(text, file):
        yield Part(file, chunk.text, begin, chunk.lines_before, False)
        begin = text.find("\n", begin + len(chunk.text)) + 1 or len(text)


def documents_of(part: Part) -> list[Document]:
    """Give the documents of a part. Raises InvalidInput, for JSON with lines counted in the part."""
    if part.as_json:
        return list(_documents(_json_documents(part.text, part.file), part.file))
    return list(_documents(_of_chunk(Chunk(part.file, part.text, part.lines_before)), part.file))


def too_large(file: str) -> InvalidInput:
    """Give the error for a file beyond the bound."""
    return InvalidInput(
        f"{file}: larger than {LARGEST_FILE // 1024**2} MiB", hint="split it into several files"
    )


def decode(data: bytes, file: str) -> str:
    """Give the text of a file: UTF-8, or UTF-16 with its mark. Raises InvalidInput with the place."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding, data = ("utf-16-le" if data[:2] == b"\xff\xfe" else "utf-16-be"), data[2:]
    else:
        encoding, data = "utf-8", data.removeprefix(b"\xef\xbb\xbf")
    nul = data.find(b"\0") if encoding == "utf-8" else -1
    if nul >= 0:
        raise InvalidInput(
            f"{file}:{data.count(10, 0, nul) + 1}:{nul - data.rfind(10, 0, nul)}: not text: a NUL byte"
            if nul > 4096
            else f"{file}: not text but binary data",
            hint=_hint_for(data),
        )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start]
        start = before.rfind(b"\n") + 1
        line = before.count(b"\n") + 1
        column = len(before[start:].decode(encoding, "replace")) + 1
        raise InvalidInput(
            f"{file}:{line}:{column}: not {encoding.upper()}: the byte 0x{data[error.start]:02x}",
            hint=_hint_for(data) if encoding == "utf-8" else "save it as UTF-8: what is in it is not whole",
        ) from None


def _hint_for(data: bytes) -> str:
    from sednactl.manifests.mending_hints import of_bytes

    return of_bytes(data)


_Read = tuple[Any, int, "Locate", Any, Any]


def _yaml_documents(text: str, file: str) -> Iterator[_Read]:
    for chunk in _chunks(text, file):
        yield from _of_chunk(chunk)


def _of_chunk(chunk: Chunk) -> Iterator[_Read]:
    if not chunk.text.strip(" \r\n"):
        return
    if len(chunk.text) > LARGEST_DOCUMENT:
        raise InvalidInput(
            f"{chunk.file}:{chunk.lines_before + 1}:1: "
            f"a document larger than {LARGEST_DOCUMENT // 1024**2} MiB",
            hint="split it with lines of '---'",
        )
    loaded = _loaded(chunk)
    if loaded is not None and loaded[0] is not None:
        yield (
            *loaded,
            functools.partial(_chunk_place, chunk),
            functools.partial(_chunk_line, chunk),
            functools.partial(_chunk_text, chunk),
        )


def _chunks(text: str, file: str, lines: int = 0) -> Iterator[Chunk]:
    """Cut a stream where kubectl cuts it: at lines of `---` alone, before any YAML is parsed.

    `lines` counts those before the text.
    """
    begin = 0
    for at, rest in _separators(text):
        part = text[begin:at]
        if rest.strip() and not rest.strip().startswith("#"):
            line = lines + part.count("\n") + 1
            raise InvalidInput(
                f"{file}:{line}:4: nothing but a comment may follow '---' on its line",
                hint="begin the document on the next line; kubectl refuses it too",
            )
        yield Chunk(file, part, lines)
        lines += part.count("\n") + 1
        begin = min(at + 3 + len(rest) + 1, len(text))
    yield Chunk(file, text[begin:], lines)


def _separators(text: str, since: int = 0) -> Iterator[tuple[int, str]]:
    """Give where lines begin with `---`, from an offset on, and the rest of each."""
    at = 0 if since == 0 and text.startswith("---") else text.find("\n---", max(0, since - 1)) + 1 or -1
    while at >= 0:
        end = text.find("\n", at)
        end = end if end >= 0 else len(text)
        yield at, text[at + 3 : end]
        at = text.find("\n---", end) + 1 or -1


def _loaded(chunk: Chunk) -> tuple[Any, int] | None:
    quickly = everyday.load(chunk.text)
    if quickly is not None:
        return quickly[0], quickly[1] + 1 + chunk.lines_before
    from sednactl.manifests import yaml_text

    return yaml_text.load(chunk)


def _chunk_place(chunk: Chunk, path: tuple[str | int, ...], *, key: bool = False) -> Position:
    from sednactl.manifests import everyday_places

    quickly = everyday_places.locate(chunk.text, path, key=key)
    if quickly is not None:
        return quickly._replace(line=quickly.line + chunk.lines_before)
    from sednactl.manifests import yaml_text

    return yaml_text.locate(chunk, path, key=key)


def _chunk_line(chunk: Chunk, line: int) -> str:
    return lines_of(chunk.text).line(line - chunk.lines_before)


def _chunk_text(chunk: Chunk) -> tuple[int, str]:
    return chunk.lines_before + 1, chunk.text


def _no_comments() -> tuple[int, str]:
    return 1, ""


def _json_documents(text: str, file: str) -> Iterator[_Read]:
    from sednactl.manifests import json_text

    if len(text) > LARGEST_DOCUMENT:
        raise InvalidInput(
            f"{file}:1:1: JSON larger than {LARGEST_DOCUMENT // 1024**2} MiB",
            hint="split it into several files",
        )
    line, counted = 1, 0
    for value, begin, _ in json_text.load_stream(text, file, DEEPEST):
        locate = functools.partial(json_text.locate, text, begin)
        line, counted = line + text.count("\n", counted, begin), begin
        yield value, line, locate, functools.partial(_text_line, text), _no_comments


def _text_line(text: str, line: int) -> str:
    return lines_of(text).line(line)


def _flatten(
    content: Any, locate: Locate, prefix: tuple[str | int, ...] = ()
) -> Iterator[tuple[Any, Locate, tuple[str | int, ...]]]:
    """Give the items of a list object (anything with `items`), as kubectl does, else the object itself."""
    items = content.get("items") if isinstance(content, dict) else None
    if not isinstance(items, list):
        yield content, (functools.partial(_locate_below, locate, prefix) if prefix else locate), prefix
        return
    kind = content.get("kind")
    for index, item in enumerate(items):
        if isinstance(item, dict) and isinstance(kind, str) and kind != "List" and not _names_itself(item):
            item = item | {"apiVersion": content.get("apiVersion"), "kind": kind.removesuffix("List")}
        yield from _flatten(item, locate, (*prefix, "items", index))


def _names_itself(item: dict[str, Any]) -> bool:
    # kubectl gives an item the kind of its list only when it says neither kind nor apiVersion.
    return bool(item.get("kind") or item.get("apiVersion"))


def _locate_below(
    locate: Locate, prefix: tuple[str | int, ...], path: tuple[str | int, ...], *, key: bool = False
) -> Any:
    return locate(prefix + path, key=key)
