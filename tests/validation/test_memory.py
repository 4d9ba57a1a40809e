"""What a document leaves behind: so little that tens of thousands fit, and what finds things in it is exact."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.manifests.reading import documents_in
from sednactl.manifests.sources import Source
from sednactl.surroundings import Surroundings
from sednactl.validation.check import Checker
from sednactl.validation.ignoring import Ignoring
from sednactl.validation.looking import Looker
from sednactl.validation.packed import Index, Packed, Twice
from sednactl.validation.portions import of_file
from sednactl.validation.target import Target

SERVICE = """\
apiVersion: sedna.io/v1alpha1
kind: JointInferenceService
metadata: {{name: helmet-{0}, namespace: site-{1}}}
spec:
  edgeWorker:
    model: {{name: little-{0}}}
    hpa: {{minReplicas: 1, maxReplicas: 3}}
    template:
      spec: {{nodeName: edge-{0}, containers: [{{name: a, image: a:1, resources: {{requests: {{cpu: 1}}}}}}]}}
  cloudWorker:
    model: {{name: big-{0}}}
    template: {{spec: {{nodeName: cloud-{0}, containers: [{{name: a, image: a:1}}]}}}}
"""
LEAST, MOST = 200, 600
BOUND = 300
"""Bytes of a document of which two models, two nodes and an autoscaler are known."""


def _take(checker: Checker, numbers: Iterator[int]) -> None:
    for number in numbers:
        name = f"sites/site-{number % 7}/service-{number:06}.yaml"
        for document in documents_in(SERVICE.format(number, number % 7), name, name):
            checker.check(document)


def _kept() -> int:
    """Give what the validation holds at the moment; the reader's memory for lines has a bound of its own."""
    gc.collect()
    ours = tracemalloc.Filter(True, "*/sednactl/validation/*")
    traces = tracemalloc.take_snapshot().filter_traces([ours])
    return sum(each.size for each in traces.statistics("filename"))


def test_a_document_leaves_a_few_hundred_bytes_behind() -> None:
    checker = Checker(infos=False)
    tracemalloc.start()
    try:
        _take(checker, iter(range(LEAST)))
        before = _kept()
        _take(checker, iter(range(LEAST, MOST)))
        kept = _kept() - before
        tracemalloc.reset_peak()
        now = tracemalloc.get_traced_memory()[0]
        checker.finish()
        peak = tracemalloc.get_traced_memory()[1] - now
    finally:
        tracemalloc.stop()
    assert checker.checked == MOST
    assert 50 < kept / (MOST - LEAST) < BOUND
    assert peak / MOST < BOUND


@pytest.mark.parametrize(
    "written", ["a: [\n", "a: 1\na: 2\n", "{", "\xff\0"], ids=["yaml", "doubled", "json", "bytes"]
)
def test_what_cannot_be_read_holds_on_to_no_text(written: str, tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled.yaml"
    spoiled.write_text(written, "latin-1")
    looker = Looker(Ignoring(), Target(), for_cluster=False, infos=True)
    of = of_file(looker, Source(str(spoiled), Surroundings.of_process()))
    assert of.error is not None
    assert (of.error.__traceback__, of.error.__context__, of.error.__cause__) == (None, None, None)


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(), st.none() | st.sets(st.integers()))))
def test_packed_values_come_out_as_they_went_in(values: list[tuple[str, int, set[int] | None]]) -> None:
    packed = Packed()
    assert [packed.add(value) for value in values] == list(range(len(values)))
    assert [packed[number] for number in range(len(packed))] == values


def test_what_cannot_be_packed_stays_as_it_is() -> None:
    packed, whole = Packed(), object()
    numbers = [packed.add(value) for value in ("a", whole, "b")]
    assert [packed[number] for number in numbers] == ["a", whole, "b"]


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3).map(lambda n: n << 40), max_size=300))
def test_an_index_finds_all_and_nothing_else(hashes: list[int]) -> None:
    index = Index()
    for number, hashed in enumerate(hashes):
        index.add(hashed, number)
    for hashed in {*hashes, 7}:
        assert list(index.find(hashed)) == [n for n, each in enumerate(hashes) if each == hashed]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=50))
def test_what_comes_a_second_time_is_always_seen(hashes: list[int]) -> None:
    twice, before = Twice(len(hashes)), set[int]()
    for hashed in hashes:
        seen = twice.seen(hashed)
        assert seen or hashed not in before
        before.add(hashed)
