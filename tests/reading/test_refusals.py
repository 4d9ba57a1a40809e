"""Whatever the bytes are: one clear line with its place, in bounded time and memory."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sednactl.errors import InvalidInput
from sednactl.manifests.limits import LARGEST_DOCUMENT, LARGEST_FILE, MOST_DOCUMENTS, MOST_NODES
from sednactl.manifests.reading import read_documents

BOMB = b"a: &a [x,x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (c + 1, c + 1, b",".join([b"*%c" % c] * 10)) for c in range(97, 107)
)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: [", "f:2:1: not valid YAML: while parsing a flow node, did not find expected node content"),
        (b"a: 1\na: 2\n", "f:2:1: the key 'a' is given twice, first on line 1"),
        (b'1: a\n"1": b\n', "f:2:1: the key '1' is given twice, first on line 1"),
        (b"x: 1\n---\na:\n  b: 1\n  b: 2\n", "f:5:3: the key 'b' is given twice, first on line 4"),
        (b"a: 1\nb: {{ .Values.b }}\n", "f:2:4: a template with {{ }} to be filled in, no manifest yet"),
        (
            b"a: 1\n---\n{{- if .b }}\nc: {{ d }}\n",
            "f:3:1: a template with {{ }} to be filled in, no manifest yet",
        ),
        (b"\n{{ include x }}\n", "f:2:1: a template with {{ }} to be filled in, no manifest yet"),
        (b"- {{ x }}-y\n", "f:1:3: a template with {{ }} to be filled in, no manifest yet"),
        (b"a: '{{ x }}'\na: 2\n", "f:2:1: the key 'a' is given twice, first on line 1"),
        (b"\x7fELF\x00\x01", "f: not text but binary data"),
        (b"a: \xff", "f:1:4: not UTF-8: the byte 0xff"),
        ("a: 1\nö: é".encode()[:-1], "f:2:4: not UTF-8: the byte 0xc3"),
        ('a: 1\n中: "\x07"'.encode(), "f:2:5: the character U+0007 is not allowed in YAML"),
        (b"[" * 100_000, "f:1:201: nested deeper than 200 levels"),
        (b"- " * 100_000, "f:1:401: nested deeper than 200 levels"),
        (b'{"a":' * 100_000, "f:1:1001: nested deeper than 200 levels"),
        (b"".join(b" " * i + b"a:\n" for i in range(400)), "f:201:201: nested deeper than 200 levels"),
        (b"a: &a [*a]", "f:1:4: the anchor here holds itself through an alias"),
        (b"a: &a {b: *a}", "f:1:4: the anchor here holds itself through an alias"),
        (b"a: &a [{b: 1}]\nc: {<<: *a}", "f:2:5: an alias of a list cannot be merged with <<"),
        (b'a: "b"\nc: "\\\\ \\/"', "f:2:8: not valid YAML: found unknown escape character"),
        (b"a: 1\n---\n" * (MOST_DOCUMENTS + 1), "f:200001:1: more than 100,000 documents"),
        (b"{}" * (MOST_DOCUMENTS + 1), "f:1:1: more than 100,000 documents"),
        (b"a: *nobody", "f:1:4: not valid YAML: found undefined alias"),
        (BOMB, "f:1:4: aliases expand to more than 500,000 values"),
        (b"- a\n" * (MOST_NODES + 1), "f:1:1: a document of more than 500,000 values"),
        (b"a: " + b"x" * LARGEST_DOCUMENT, "f:1:1: a document larger than 16 MiB"),
        (b"#" * (LARGEST_FILE + 1), "f: larger than 64 MiB"),
        (b"~: 3", "f:1:1: a key cannot be null"),
        (b"[1]: 3", "f:1:1: a list or a map cannot be a key"),
        (b"{a: 1}: 3", "f:1:2: not valid JSON: expecting property name enclosed in double quotes"),
        (b"a: 1\n--- b: 2", "f:2:4: nothing but a comment may follow '---' on its line"),
        (b"\ta: 1", "f:1:1: not valid YAML: while scanning for the next token, found character that cannot"),
        (b"a: !!int x", "f:1:4: 'x' cannot be read as !!int"),
        (b'a: !!binary "*"', "f:1:4: !!binary needs base64"),
        (b"<<: 3", "f:1:5: only a map, or a list of maps, can be merged with <<"),
        (b"%YAML 1.1\n---\na: 1", "f:2:1: not valid YAML: did not find expected <document start>"),
        (
            b'a: 1\nb: "c\n',
            "f:3:1: not valid YAML: while scanning a quoted scalar, found unexpected end of stream",
        ),
        (b'{"a": NaN}', "f:1:1: not valid JSON: NaN has no place in JSON"),
        (b'{"a": 1e999}', "f:1:1: not valid JSON: the number 1e999 is too large"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "f:1:1: not valid JSON: the number 1000"),
        (
            b'{"k": [' * 90 + b'{"a": 1}, {"b": {"a": 2}, "a": 3,\n"a": 4}' + b"]}" * 90,
            "f:2:1: the key 'a' is given twice",
        ),
        (b'{"a": 1}\n---\n{"a": 2}', "f:2:1: not valid JSON"),
        (b'{"a": "b', "f:1:7: not valid JSON: unterminated string starting at"),
    ],
    ids=lambda value: repr(value[:18]) if isinstance(value, bytes) else "",
)
def test_refused_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_documents(data, "f")
    assert caught.value.message.startswith(message)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"%YAML 1.1\n---\na: 1", "kubectl reads no %YAML line"),
        (b"a: 1\n...\nb: 1", "nothing behind a line of '...'"),
        (b"some text\n# why\nedge:\n  a: 1\n", "this stands behind its end"),
    ],
)
def test_hint_about_what_stands_behind_a_document(data: bytes, hint: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_documents(data, "f")
    assert hint in (caught.value.hint or "")


PIECES = st.sampled_from(
    [
        "a",
        "b:",
        "c",
        "-",
        "?",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        '"',
        "'",
        "|",
        ">",
        "&",
        "*",
        "!",
        "#",
        "%",
        "@",
        "`",
        "~",
        "<<",
        "&a",
        "*a",
        "!!int",
        "!!binary",
        "0x",
        ".inf",
        "---",
        "...",
        "\t",
        "\n",
        "\r\n",
        "é",
        "字",
        "\x00",
        "\x85",
        "\ufeff",
    ]
)


@settings(max_examples=400, deadline=None)
@given(
    st.binary(max_size=80)
    | st.text(max_size=80).map(str.encode)
    | st.lists(PIECES, max_size=30).map(lambda parts: " ".join(parts).encode())
)
@example(b"&a *a")
@example(b"? ? ? a")
@example(b"\xff\xfe\x00\xd8")
@example(b'{"\\ud800": 1}')
@example(b"- &a\n- *a\n- &a [*a]")
@example(b"\xc2\x85\xc2\x85:")
def test_any_bytes_give_documents_or_one_error(data: bytes) -> None:
    try:
        documents = read_documents(data, "f")
    except InvalidInput as error:
        assert error.message.startswith("f:")
        return
    for document in documents:
        assert document.locate(()).line >= 1
        document.source_line(document.line).encode()


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (450 * 2**20, 450 * 2**20))
from sednactl.errors import InvalidInput
from sednactl.manifests.reading import read_documents
for data in (b"- a\\n" * 2_000_000, b"a: &a [x,x,x,x,x,x,x,x,x]\\n" + b"".join(
    b"%c: &%c [%s]\\n" % (c + 1, c + 1, b",".join([b"*%c" % c] * 9)) for c in range(97, 120)
), b"[" * 16_000_000, b"- [a, b]\\n" * 400_000, b'{"a": [' + b"[]," * 1_200_000 + b"[]]}",
    b'{"a":[' + b"[]," * 300 + b'"' + b"\\\\n" * 7_500_000 + b'"]}'):
    try:
        read_documents(data, "f")
    except InvalidInput as error:
        print(error.message)
"""


def test_memory_is_bounded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("\n") == 4  # the last two are large, but can be read
