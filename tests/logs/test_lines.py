"""How lines are shown: whose they are, and nothing in them that could drive a terminal."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from sednactl.lifecycle.log_sources import LogSource
from sednactl.lifecycle.pod_logs import Line
from sednactl.render.log_lines import _COLOURED, as_jsonl, drawn, for_terminal

SOURCE = LogSource("c-abcde", "u1", "park", "big", "cloud", "cloud-1", 0, True)


def line(text: str) -> Line:
    return Line(SOURCE, "2026-11-24T10:00:00Z", 0.0, text)


def test_a_line_says_whose_it_is_and_when_where_that_is_wanted() -> None:
    write = drawn(named=True, times=True, colour=False, terminal=False)
    assert write(line("ready")) == "cloud/abcde 2026-11-24T10:00:00Z ready\n"
    assert drawn(named=False, times=False, colour=False, terminal=False)(line("ready")) == "ready\n"
    assert (
        drawn(named=True, times=False, colour=True, terminal=True)(line("ready"))
        == "\x1b[36mcloud/abcde\x1b[0m ready\n"
    )


def test_off_a_terminal_a_text_stays_as_it_is() -> None:
    odd = "50%\r60%\x1b[2J\ttab"
    assert drawn(named=False, times=False, colour=False, terminal=False)(line(odd)) == f"{odd}\n"


def test_a_bar_that_rewrites_itself_shows_its_last_state_and_colours_are_ended() -> None:
    assert for_terminal("10%\r20%\r100%\r") == "100%"
    assert for_terminal("\x1b[31mred\x1b[2Jno") == "\x1b[31mred\\x1b[2Jno\x1b[0m"
    assert for_terminal("a\tb") == "a\tb"


@given(st.text(max_size=80))
def test_nothing_but_colours_and_tabs_reaches_the_terminal(text: str) -> None:
    left = _COLOURED.sub("", for_terminal(text)).replace("\t", "")
    assert all(ord(char) >= 32 and not 127 <= ord(char) < 160 for char in left)


def test_a_program_gets_all_of_it() -> None:
    told = json.loads(as_jsonl(line("fertig\x1b[0m")))
    assert told == {
        "apiVersion": "sednactl.io/v1", "kind": "LogLine", "time": "2026-11-24T10:00:00Z", "namespace": "park",
        "pod": "c-abcde", "container": "big", "side": "cloud", "node": "cloud-1", "line": "fertig\x1b[0m",
    }  # fmt: skip
