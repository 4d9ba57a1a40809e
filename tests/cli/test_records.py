"""A record is the named tuple that its class describes, whatever its annotations say."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from sednactl.records import Record


class Load(Record):
    """What a side carries."""

    side: str
    millicores: NoSuchType  # type: ignore[name-defined]  # noqa: F821 - never read
    share: float = 0.5

    @property
    def cores(self) -> float:
        """Give whole cores."""
        return float(self.millicores / 1000)

    @classmethod
    def idle(cls, side: str) -> Load:
        """Give none at all."""
        return cls(side, 0)


def test_fields_come_by_place_and_name_with_their_defaults() -> None:
    load = Load("edge", millicores=1500)
    assert tuple(load) == ("edge", 1500, 0.5)
    assert (load.side, load.cores, load._replace(share=1.0).share) == ("edge", 1.5, 1.0)
    assert repr(load) == "Load(side='edge', millicores=1500, share=0.5)"
    with pytest.raises(TypeError):
        Load("edge")  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        load.side = "cloud"  # type: ignore[misc]


def test_methods_and_words_are_the_class_own() -> None:
    assert Load.idle("cloud") == Load("cloud", 0)
    assert (Load.__doc__, Load.__module__, Load.__qualname__) == ("What a side carries.", __name__, "Load")
    assert not hasattr(Load.idle("cloud"), "__dict__")


def test_records_go_to_other_processes() -> None:
    load = Load("edge", 1500)
    again = pickle.loads(pickle.dumps(load))
    assert type(again) is Load
    assert again == load


def test_defining_one_needs_no_typing() -> None:
    probe = "import sys, sednactl.records; print('typing' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {probe}"],
        capture_output=True,
        text=True,
    )
    assert done.stdout == "False\n", done.stderr
