"""Loads in all their forms."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sednactl.errors import InvalidInput
from sednactl.scaling.load_reading import read_load
from sednactl.scaling.loads import Load

WANTED = ((0.0, 2.0), (15.0, 8.0), (30.0, 4.0))


def _read(text: str, **options: Any) -> Load:
    return read_load(text.encode(), "load", **options)


@pytest.mark.parametrize(
    ("text", "unit", "side"),
    [
        ("time,rps\n0,2\n15,8\n30,4\n", "rps", "edge"),
        ("100,2\n115,8\n130,4\n", "rps", "edge"),
        ("\ufefft,Millicores\r\n0,2\r\n15,8\r\n30,4\r\n", "millicores", "edge"),
        ("timestamp,cloud_utilization,note\n0,2%,a\n15,8%,b\n30,4%,c\n", "utilization", "cloud"),
        ("time,cloud.rps\n2026-11-24T10:00:00Z,2\n2026-11-24T10:00:15Z,8\n2026-11-24T10:00:30Z,4\n", "rps", "cloud"),
        ('{"t":0,"rps":2}\n{"t":15,"rps":8}\n\n{"t":30,"rps":4}\n', "rps", "edge"),
        ('{"time":"2026-11-24T10:00:00Z","edge_requests":2}\n{"time":"2026-11-24T10:00:15Z","edge_requests":8}\n'
         '{"time":"2026-11-24T10:00:30Z","edge_requests":4}', "rps", "edge"),
    ],
)  # fmt: skip
def test_columns_and_lines(text: str, unit: str, side: str) -> None:
    found = _read(text)
    assert set(found.sides) == {side}
    assert found.sides[side].points == WANTED
    assert (found.sides[side].unit, found.duration) == (unit, 30)


def test_both_sides_keep_one_clock() -> None:
    found = _read("time,edge_rps,cloud_rps\n10,1,\n20,2,7\n30,,9\n")
    assert found.sides["edge"].points == ((0, 1), (10, 2))
    assert found.sides["cloud"].points == ((10, 7), (20, 9))
    assert found.duration == 20


def test_the_unit_may_be_told() -> None:
    assert _read("time,value\n0,2\n15,3\n", unit="millicores").sides["edge"].unit == "millicores"
    with pytest.raises(InvalidInput, match="no column of times and values"):
        _read("time,value\n0,2\n")


def test_prometheus_series_are_summed_by_side() -> None:
    def series(side: str, values: list[tuple[float, str]]) -> dict[str, Any]:
        return {"metric": {"pod": "x", "worker_type": side}, "values": values}

    answer = {
        "status": "success",
        "data": {
            "resultType": "matrix",
            "result": [
                series("edge", [(100, "1"), (115, "2.5"), (130, "NaN")]),
                series("edge", [(100, "1"), (130, "3")]),
                series("cloud", [(115, "4")]),
            ],
        },
    }
    found = _read(json.dumps(answer))
    assert found.sides["edge"].points == ((0, 2), (15, 2.5), (30, 3))
    assert found.sides["cloud"].points == ((15, 4),)
    answer["data"]["resultType"] = "vector"  # type: ignore[index]
    with pytest.raises(InvalidInput, match="range query"):
        _read(json.dumps(answer))


def _snapshot(
    second: int, service: str = "park/helmet", ready: int | None = 2, value: str | None = "150m"
) -> str:
    metric = {"name": "cpu", "value": value}
    side = {"metrics": [metric], "ready": ready}
    return json.dumps(
        {
            "kind": "ScaleSnapshot",
            "time": f"2026-11-24T10:00:{second:02}.250Z",
            "service": service,
            "sides": {"cloud": side, "edge": {"metrics": [], "ready": 1}},
        }
    )


def test_recordings_give_what_was_used() -> None:
    head = json.dumps({"kind": "ScaleRecording", "version": 1})
    event = json.dumps({"kind": "ScaleEvent", "event": "lost"})
    lines = [
        head,
        _snapshot(0),
        event,
        _snapshot(20, ready=3),
        _snapshot(40, value=None),
        _snapshot(50, ready=None),
    ]
    found = _read("\n".join(lines))
    assert found.sides["cloud"].points == ((0, 300), (20, 450))
    assert (found.sides["cloud"].unit, set(found.sides)) == ("millicores", {"cloud"})
    assert "peaks may have been higher" in found.remarks[0]


def test_what_a_cluster_said_ends_no_line_of_a_recording() -> None:
    """Recordings keep words as they are; of the marks that end lines only the line feed does."""
    said = json.dumps({"kind": "ScaleEvent", "message": "a\x85b\u2028c\x1cd"}, ensure_ascii=False)
    found = _read("\r\n".join([_snapshot(0), said, _snapshot(20, ready=3)]))
    assert len(found.sides["cloud"].points) == 2


def test_of_several_recorded_services_one_is_named() -> None:
    text = "\n".join([_snapshot(0), _snapshot(1, "park/other", value="1"), _snapshot(9)])
    with pytest.raises(InvalidInput, match="it holds park/helmet, park/other"):
        _read(text)
    assert _read(text, service="other").sides["cloud"].points == ((0, 2000),)
    assert _read(text, service="park/helmet").duration == 9


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("time,rps\n", "no load in it"),
        ("time,rps\n0,many\n", "load:2: 'many' is no load"),
        ("time,rps\n0,-1\n", "load:2: '-1' is no load"),
        ("time,rps\nnoon,1\n", "load:2: 'noon' is no time"),
        ("time,rps\n10,1\n5,1\n", "time goes back from 10 to 5"),
        ("time,edge_rps,edge_millicores\n0,1,2\n", "two loads for the edge side"),
        ('{"t":0,"rps":2}\nnothing\n', "load:2: no JSON"),
        ('{"t":0,"rps":2}\n[1]\n', "load:2: no object"),
        ('{"t":0,"rps":2}\n{"rps":2}\n', "load:2: no time"),
        ('{"t":0,"rps":1e999}\n', "'inf' is no load"),
    ],
)
def test_what_is_no_load(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        _read(text)


def test_binary_data_is_no_load() -> None:
    with pytest.raises(InvalidInput, match="not UTF-8"):
        read_load(b"\xff\xfe\x00", "load")
