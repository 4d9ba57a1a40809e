"""One finding on screens of any width: the caret stands under what it is about."""

from __future__ import annotations

import io

from hypothesis import example, given
from hypothesis import strategies as st

from sednactl.render.columns import width
from sednactl.render.findings_text import Paint, summary, write_finding
from sednactl.validation.finding import Finding


def shown(source: str, column: int, screen_width: int | None) -> list[str]:
    stream = io.StringIO()
    finding = Finding("SDN001", "error", "wrong", "f", 3, column, (), "", source)
    write_finding(finding, stream, Paint(False, screen_width))
    return stream.getvalue().splitlines()


@given(
    st.text(alphabet="abc: {字}é\t\x1b", min_size=1, max_size=300), st.integers(0, 299), st.integers(20, 200)
)
@example("x" * 300, 299, 40)
@example(":::::::字字", 9, 20)
def test_caret_is_under_its_character(before: str, column: int, screen_width: int) -> None:
    column = min(column, len(before))
    source = before[:column] + "§" + before[column:]
    _, text, caret = shown(source, column + 1, screen_width)
    assert width(text) <= max(screen_width, 39)
    assert width(text.partition("§")[0]) == caret.index("^")
    assert "\x1b" not in text


def test_no_line_no_caret() -> None:
    assert shown("", 1, None) == ["f:3:1: error: wrong [SDN001]"]


def test_summaries() -> None:
    nothing = dict.fromkeys(("files", "documents", "skipped", "unreadable", "error", "warning", "info"), 0)
    assert summary(nothing) == "0 files, 0 documents: nothing to check"
    assert (
        summary(nothing | {"unreadable": 1}) == "0 files, 0 documents: nothing to check"
    )  # a glob without files
    assert summary(nothing | {"files": 1, "documents": 2}) == "1 file, 2 documents: no findings"
    counts = nothing | {
        "files": 2,
        "documents": 3,
        "skipped": 1,
        "unreadable": 1,
        "error": 1,
        "warning": 2,
        "info": 3,
    }
    assert (
        summary(counts)
        == "2 files, 3 documents (1 not Sedna's, skipped): 1 file unreadable, 1 error, 2 warnings, 3 info"
    )


def test_text_cannot_turn_its_direction_around() -> None:
    from sednactl.render.columns import printable

    assert printable("a\u202eb\u2066c\u2028d\ufeff") == "a\\u202eb\\u2066c\\u2028d\\ufeff"
    assert printable("مرحبا, 中文, é") == "مرحبا, 中文, é"
