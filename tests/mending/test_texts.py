"""Changes in a text: only what is meant changes, comments stay, and what cannot be done safely is not done."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sednactl.manifests.changes import Change, Insert, Quote, Remove, Rename, Replace, Unquote
from sednactl.manifests.document import Document
from sednactl.manifests.mending import Mended, Wish, encoded, mended
from sednactl.manifests.reading import decode, read_documents


def made(text: str, *changes: Change, of: Any = None) -> Mended:
    """Give a text after changes that are asked for once, by the documents whose content is `of` if that is given."""
    asked: set[Change] = set()

    def wishes(found: Document) -> list[Wish]:
        if of is not None and found.content != of:
            return []
        new = [change for change in changes if change not in asked]
        asked.update(new)
        return [Wish("SDN000", change) for change in new]

    return mended(text, "m.yaml", wishes)


CHANGED: list[tuple[str, Change, str]] = [
    ("a: 0.90 # c\n", Quote(("a",)), 'a: "0.90" # c\n'),
    ("a: yes", Quote(("a",)), 'a: "yes"'),
    ("#\n{a: 1, b: [2, 3]}\n", Quote(("b", 1)), '#\n{a: 1, b: [2, "3"]}\n'),
    ('{"a": 1}', Quote(("a",)), '{"a": "1"}'),
    ("a: &x 5\n", Quote(("a",)), 'a: &x "5"\n'),
    ("a: '5'\n", Unquote(("a",)), "a: 5\n"),
    ('a: "true" # c\n', Unquote(("a",)), "a: true # c\n"),
    ("a: GT # c\r\nb: 1\r\n", Replace(("a",), "gt"), "a: gt # c\r\nb: 1\r\n"),
    ("a: 'GT'\n", Replace(("a",), "gt"), "a: 'gt'\n"),
    ("a: [=>, x]\n", Replace(("a", 0), ">="), 'a: [">=", x]\n'),
    ("a: m\n", Replace(("a",), "m[0]"), 'a: "m[0]"\n'),
    ("a:\nb: 1\n", Replace(("a",), "x"), "a: x\nb: 1\n"),
    ("a:\n- b: 1\n  Cc: 2\n", Rename(("a", 0, "Cc"), "cc"), "a:\n- b: 1\n  cc: 2\n"),
    ('{"A": 1}', Rename(("A",), "a"), '{"a": 1}'),
    ("a: 1\nb: {}\nc: 2\n", Remove(("b",)), "a: 1\nc: 2\n"),
    ("a: 1\nb: {} # why\n# more\nc: 2\n", Remove(("b",)), "a: 1\n# why\n# more\nc: 2\n"),
    ("a: 1\nb: # x\n  # y\n  c: 'z # no'  # z\n", Remove(("b",)), "a: 1\n# x\n# y\n# z\n"),
    ("a: 1\nb:", Remove(("b",)), "a: 1\n"),
    ("a: 1\nb: |\n  # text\nc: 1\n", Remove(("b",)), "a: 1\nc: 1\n"),
    ("- b: 1\n  c: 2\n", Remove((0, "b")), "- c: 2\n"),
    ("- 1\n-  2 # two\n- 3\n", Remove((1,)), "- 1\n# two\n- 3\n"),
    ("a:\n  - x: 1\n  - x: -1\n    y: 2\n", Remove(("a", 1)), "a:\n  - x: 1\n"),
    ("a:\n- - 1\n  - 2\n- - 3\n  - 4\n", Remove(("a", 1)), "a:\n- - 1\n  - 2\n"),
    ("#\n{a: 1, b: {}, c: 2}\n", Remove(("b",)), "#\n{a: 1, c: 2}\n"),
    ("#\n{a: 1, b: {}}\n", Remove(("b",)), "#\n{a: 1}\n"),
    ("#\n{b: {}}\n", Remove(("b",)), "#\n{}\n"),
    ('{\n  "a": 1,\n  "b": {}\n}', Remove(("b",)), '{\n  "a": 1\n}'),
    ('{\n  "b": {},\n  "a": 1\n}', Remove(("b",)), '{\n  "a": 1\n}'),
    ("a:\n    # c\n    b: 1\n", Insert(("a",), "k", 1), "a:\n    # c\n    k: 1\n    b: 1\n"),
    ("a:\n- b: 1\n", Insert(("a", 0), "k", "x y"), "a:\n- k: x y\n  b: 1\n"),
    ("a: 1\r\n", Insert((), "k", ()), "k: {}\r\na: 1\r\n"),
    ("#\n{a: 1}\n", Insert((), "k", (("m/n", 2),)), '#\n{k: {"m/n": 2}, a: 1}\n'),
    ("a: {}\n", Insert(("a",), "k", 1), "a: {k: 1}\n"),
    ('{\n  "a": 1\n}', Insert((), "k", "v"), '{\n  "k": "v",\n  "a": 1\n}'),
    ("é: 'ü' # ö\nb: 1 # ä\n", Quote(("b",)), "é: 'ü' # ö\nb: \"1\" # ä\n"),
    ("? a\n: 1\n", Quote(("a",)), '? a\n: "1"\n'),
    ("a: *x\nb: 1\n".replace("*x", "&x 2"), Quote(("b",)), 'a: &x 2\nb: "1"\n'),
    ("x: &x {k: 1}\na: *x\nb: 2\n", Remove(("a",)), "x: &x {k: 1}\nb: 2\n"),
    ("a: {b: 1, # one\n  c: 2}\n", Quote(("a", "c")), 'a: {b: 1, # one\n  c: "2"}\n'),
]  # fmt: skip


@pytest.mark.parametrize(("before", "change", "after"), CHANGED)
def test_changes(before: str, change: Change, after: str) -> None:
    done = made(before, change)
    assert (done.text, done.refused) == (after, ())
    assert len(done.mends) == 1


LEFT: list[tuple[str, Change, str]] = [
    ("a: &x {k: 1}\nb: *x\n", Quote(("b", "k")), "alias"),
    ("a: &x 1\nb: *x\n", Quote(("a",)), "alias"),
    ("a: &x {k: 1}\nb:\n  <<: *x\n  m: 2\n", Remove(("b", "k")), "merged"),
    ("a: &x {k: 1}\nb: *x\n", Remove(("a",)), "alias"),
    ("a: !!int 5\n", Quote(("a",)), "plain word"),
    ("a: |\n  GT\n", Replace(("a",), "gt"), "single word"),
    ("a: >-\n  5\n", Unquote(("a",)), "quotes"),
    ("a:\n  b: 1\n", Remove(("a", "b")), "nothing else"),
    ("a: [1, # one\n  2]\n", Remove(("a", 0)), "comment"),
    ("#\n{a: {}, # one\n b: 1}\n", Remove(("a",)), "comment"),
    ("- a: 1 # one\n  b: 2\n", Remove((0, "a")), "comment"),
    ("a: 1\nb: | # head\n  x\n", Remove(("b",)), "comment"),
    ("a: 1\n", Quote(("b",)), "not clear"),
    ("a: 1\n", Insert(("a",), "k", 1), "no map"),
]


@pytest.mark.parametrize(("text", "change", "why"), LEFT)
def test_what_cannot_be_done_safely(text: str, change: Change, why: str) -> None:
    done = made(text, change)
    assert (done.text, done.mends) == (text, ())
    (refused,) = done.refused
    assert why in refused.why


def test_an_alias_is_mended_where_all_that_share_it_are() -> None:
    text = "a: &x {k: 1}\nb: *x\n"
    done = made(text, Quote(("a", "k")), Quote(("b", "k")))
    assert done.text == 'a: &x {k: "1"}\nb: *x\n'


def test_one_that_cannot_be_made_does_not_keep_the_others() -> None:
    changes = [Quote((f"k{number}",)) for number in range(9)]
    text = "".join(f"k{number}: {'&x ' if number == 4 else ''}{number}\n" for number in range(9))
    done = made(f"{text}z: *x\n", *changes)
    assert [refused.line for refused in done.refused] == [5]
    assert (
        done.text
        == "".join(f"k{number}: &x 4\n" if number == 4 else f'k{number}: "{number}"\n' for number in range(9))
        + "z: *x\n"
    )


def test_streams_and_lists_keep_what_stands_between() -> None:
    text = "# top\n---\na: 1\n--- # two\nkind: List\nitems:\n- a: 2 # c\n- a: 3\n---\n# empty\n---\na: 4"
    assert made(text, Quote(("a",)), of={"a": 3}).text == text.replace("a: 3", 'a: "3"')
    assert made(text, Quote(("a",)), of={"a": 4}).text == text.replace("a: 4", 'a: "4"')
    assert made(text + "\n---", Quote(("a",)), of={"a": 4}).text == text.replace("a: 4", 'a: "4"') + "\n---"


def test_json_streams() -> None:
    text = '{"a": 1}\n {"kind": "List", "items": [{"a": "\\u00e9 {", "b": 2}]}\n'
    assert made(text, Quote(("b",)), of={"a": "é {", "b": 2}).text == text.replace("2", '"2"')


def test_a_document_that_begins_with_a_brace_is_yaml_after_a_separator() -> None:
    text = "a: 1\n---\n{b: 2, # two\n c: 3}\n"
    assert made(text, Quote(("b",)), of={"b": 2, "c": 3}).text == text.replace("b: 2", 'b: "2"')


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"])
def test_encodings_and_their_marks(mark: bytes) -> None:
    codec = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(mark, "utf-8")
    data = mark + "a: 1 # ü\r\n".encode(codec)
    text = decode(data, "m.yaml")
    after = encoded(made(text, Quote(("a",))).text, data)
    assert after == mark + 'a: "1" # ü\r\n'.encode(codec)
    assert read_documents(after, "m.yaml")[0].content == {"a": "1"}


def test_true_is_not_one() -> None:
    content: Any = read_documents(made('a: "true"\nb: 1\n', Unquote(("a",))).text.encode(), "m")[0].content
    assert json.dumps(content) == '{"a": true, "b": 1}'
