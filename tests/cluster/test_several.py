"""Several pieces of work at a time: bounded, in order, and an end when one goes wrong."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import Any

import pytest

from sednactl.cluster import several
from sednactl.cluster.several import Pace, each
from sednactl.errors import Unreachable


@pytest.mark.parametrize("parallel", [1, 3, 8])
def test_results_come_in_the_order_of_the_items_and_never_too_many_at_a_time(parallel: int) -> None:
    lock = threading.Lock()
    now, most = 0, 0

    def work(number: int) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.002 if number % 3 else 0.0)
        with lock:
            now -= 1
        return number * number

    assert list(each(work, range(60), parallel)) == [number * number for number in range(60)]
    assert 1 <= most <= parallel


@pytest.mark.parametrize("parallel", [1, 4])
def test_after_an_error_nothing_new_is_begun_and_what_has_begun_is_finished(parallel: int) -> None:
    begun: list[int] = []
    finished: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 5:
            raise Unreachable("gone")
        threading.Event().wait(0.01)
        finished.append(number)
        return number

    taken = []
    with pytest.raises(Unreachable):
        for result in each(work, range(100), parallel):
            taken.append(result)
    assert taken == [0, 1, 2, 3, 4]
    assert sorted(finished) == sorted(set(begun) - {5})
    assert len(begun) <= 5 + 1 + 2 * parallel


def test_a_thread_that_is_slow_to_begin_its_piece_leaves_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has its piece off the queue, and a later piece fails before it comes to work on it."""
    failed, lock = threading.Event(), threading.Lock()

    class Slow(SimpleQueue[Any]):
        calls = 0

        def get(self, block: bool = True, timeout: float | None = None) -> Any:
            with lock:
                self.calls += 1
                if self.calls == 3:
                    failed.set()  # whoever had the second piece comes for another
            piece = super().get(block, timeout)
            if piece is not None and piece.item == 0:
                assert failed.wait(30)
            return piece

    monkeypatch.setattr(several, "SimpleQueue", Slow)
    taken: list[int] = []

    def work(number: int) -> int:
        if number == 1:
            raise Unreachable("gone")
        return number

    def take_all() -> None:
        with pytest.raises(Unreachable):
            taken.extend(each(work, range(2), 2))

    # In a thread of its own, so that waiting in vain is a failure and no hang.
    consumer = threading.Thread(target=take_all, daemon=True)
    consumer.start()
    consumer.join(30)
    assert not consumer.is_alive()
    assert taken == [0]


def test_a_pace_spreads_what_comes_at_once_and_saves_nothing_up() -> None:
    time = [0.0]

    def sleep(seconds: float) -> None:
        time[0] += seconds

    pace = Pace(10, lambda: time[0], sleep)
    for _ in range(11):
        pace.wait()
    assert time[0] == pytest.approx(1.0)
    time[0] += 100
    for _ in range(11):
        pace.wait()
    assert time[0] == pytest.approx(102.0)


def test_no_rate_is_no_bound() -> None:
    pace = Pace(0, lambda: 0.0, lambda _: pytest.fail("it waited"))
    for _ in range(1000):
        pace.wait()
