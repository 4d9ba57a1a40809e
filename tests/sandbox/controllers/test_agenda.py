"""The agenda: each key once, at its earliest time, in order, and no heap of outdated times."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sednactl.sandbox.controllers.agenda import Agenda


def test_a_key_put_down_twice_is_due_once_at_the_earlier_time() -> None:
    agenda = Agenda()
    agenda.put(("c", 1), 5.0)
    agenda.put(("c", 1), 2.0)
    agenda.put(("c", 1), 9.0)
    assert agenda.next() == 2.0
    assert agenda.take(1.9) is None
    assert agenda.take(2.0) == ("c", 1)
    assert agenda.take(100.0) is None
    assert agenda.next() is None


def test_keys_of_two_controllers_are_two() -> None:
    agenda = Agenda()
    agenda.put(("a", 1), 1.0)
    agenda.put(("b", 1), 1.0)
    assert [agenda.take(1.0), agenda.take(1.0), agenda.take(1.0)] == [("a", 1), ("b", 1), None]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 50))))
def test_what_comes_out_is_the_earliest_time_of_each_key_in_order(puts: list[tuple[int, int]]) -> None:
    agenda = Agenda()
    earliest: dict[int, int] = {}
    for key, when in puts:
        agenda.put(("c", key), float(when))
        earliest[key] = min(when, earliest.get(key, when))
    taken = []
    while (when_ := agenda.next()) is not None:
        assert agenda.take(when_ - 0.5) is None
        entry = agenda.take(when_)
        assert entry is not None
        taken.append((when_, entry[1]))
    assert sorted(taken) == sorted((float(when), key) for key, when in earliest.items())
    assert [when for when, _ in taken] == sorted(when for when, _ in taken)


def test_outdated_times_do_not_pile_up() -> None:
    agenda = Agenda()
    for number in range(50_000):
        agenda.put(("c", 1), 100_000.0 - number)
    assert len(agenda) == 1
    assert len(agenda._heap) < 3_000
