"""Lists that are read while others are worked on: in order, bounded, errors where they are looked at."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from sednactl.cluster.reading_ahead import Ahead
from sednactl.errors import Unreachable


def test_everything_comes_in_order_and_then_what_went_wrong() -> None:
    def source() -> Iterator[int]:
        yield from range(20)
        raise Unreachable("gone")

    seen = []
    with pytest.raises(Unreachable):
        for number in Ahead(source(), threading.Semaphore(1)):
            seen.append(number)
    assert seen == list(range(20))


def test_no_more_is_read_than_may_wait() -> None:
    read = []
    reached = threading.Event()

    def source() -> Iterator[int]:
        for number in range(100):
            read.append(number)
            if number == 4:
                reached.set()
            yield number

    ahead = Ahead(source(), threading.Semaphore(1), pages=4)
    assert reached.wait(60)  # four wait, the fifth is in the hand
    assert not threading.Event().wait(0.05) and len(read) == 5
    ahead.close()


def test_those_who_share_a_gate_fetch_so_many_at_a_time() -> None:
    lock, gate = threading.Lock(), threading.Semaphore(2)
    now, most = 0, 0

    def source() -> Iterator[int]:
        nonlocal now, most
        for number in range(30):
            with lock:
                now += 1
                most = max(most, now)
            threading.Event().wait(0.0005)
            with lock:
                now -= 1
            yield number

    lists = [Ahead(source(), gate) for _ in range(6)]
    assert [sum(one) for one in lists] == [435] * 6
    assert most == 2
