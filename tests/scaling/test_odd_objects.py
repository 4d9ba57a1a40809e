"""Whatever shape the objects of a file have, the answer is a decision or one line that says what is wrong."""

from __future__ import annotations

import copy
import io
import json
from datetime import datetime, timezone
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sednactl.cli.main import run
from sednactl.surroundings import Surroundings
from tests.scaling.test_explain import STATES

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "x", "12", "-1", "9" * 400, "1e99", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z"]),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just({"a": {"b": []}}),
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        found += _places(item, (*path, key))
    return found


@st.composite
def broken_states(draw: st.DrawFn) -> list[Any]:
    objects: list[Any] = copy.deepcopy(draw(st.sampled_from(list(STATES.values()))))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(_places(objects)))
        holder: Any = objects
        try:
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = copy.deepcopy(draw(JUNK))
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return objects


@settings(max_examples=60, deadline=None)
@given(broken_states())
def test_explain_never_breaks_down(objects: list[Any]) -> None:
    out, err = io.StringIO(), io.StringIO()
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    moment = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
    surroundings = Surroundings(io.StringIO(text), out, err, {}, lambda: moment)
    code = run(["scale", "explain", "-f", "-", "-o", "json"], surroundings)
    assert code in (0, 3), err.getvalue()
    assert "Traceback" not in err.getvalue()
    if code == 0:
        json.loads(out.getvalue())
    else:
        assert err.getvalue().startswith("error: ")
