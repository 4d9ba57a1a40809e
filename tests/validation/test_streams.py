"""A stream cut into stretches gives what the whole gives: the same documents, places, findings and errors."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sednactl.manifests.document import KeptText
from sednactl.manifests.reading import documents_in, documents_of_stretch, stretches_of
from sednactl.validation import portions, processes
from sednactl.validation.check import Checker, in_order
from sednactl.validation.looked import OfFile
from sednactl.validation.portions import Item, Look, Stream, look_at, of_file
from sednactl.validation.processes import Portion
from sednactl.validation.sent import received
from tests.conftest import RunSednactl

MODEL = "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {name: NAME}\nspec: {url: /a, format: pb}\n"
JOB = """\
apiVersion: sedna.io/v1alpha1
kind: IncrementalLearningJob
metadata:
  name: NAME
  annotations: {ignore.sednactl.io/SDN506: tried out}
spec:
  initialModel: {name: a}
  dataset: {name: nowhere, trainProb: 3}
  credentialName: key
"""
DOCUMENTS = (
    MODEL,
    JOB,
    MODEL.replace("url", "urk"),
    "# sednactl: ignore SDN003 old\n" + MODEL.replace("url", "urk"),
    "apiVersion: v1\nkind: List\nitems:\n- {kind: Pod, apiVersion: v1}\n- kind: Pod\n  apiVersion: v1\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\ndata:\n  a: |\n    x\n    ---\n    y\n",
    "data: |\n---\n  x\n",
    "# nothing\n",
    "",
    " \n\n",
    "null\n",
    "- 1\n",
    "a: 'é\n  ü'\n",
    "a: [\n",
    "a: 1\na: 2\n",
    "a: 1\n...\nb: 1\n",
    "{a: 1}\n",
    "\ufeffa: 1\n",
    "a: \x07\n",
)
SEPARATORS = (
    *("---\n", "--- \n", "--- # word\n", "---\t\n", "---\n---\n", "---\r\n"),
    *("--- x\n", "---x\n", "----\n", " ---\n", "--\n", "---"),
)
TEXTS = st.lists(
    st.tuples(
        st.sampled_from(DOCUMENTS) | st.text("a-:# \n", max_size=9),
        st.sampled_from(("a", "b", "c")),
        st.sampled_from(SEPARATORS[:6]) | st.sampled_from(SEPARATORS),
    ),
    max_size=9,
).map(lambda parts: "".join(text.replace("NAME", name) + line for text, name, line in parts))


def _told(items: Iterable[Item]) -> list[Any]:
    """Give all that a report could hold of a run over items."""
    checker = Checker()
    findings: list[Any] = []
    errors: list[str] = []
    files = 0
    for item in items:
        held = item if isinstance(item, OfFile) else of_file(checker.looker, item)
        files += held.found
        for looked in held.looked:
            findings += checker.take(looked)
        errors += [str(held.error)] if held.error else []
    findings = in_order(findings + checker.finish())
    return [files, checker.checked, checker.skipped, findings, checker.ignored, dict(checker.counts), errors]


def _stream(text: str) -> Stream:
    return Stream("-", text, KeptText(text))


def _in_stretches(text: str, stretch: int) -> Iterable[Item]:
    """Give what processes would, without any."""
    looker = Checker().looker
    work = Look(looker)
    for portion in portions._portions([_stream(text)], looker, stretch):
        answer = list(received(portion.answer or work(portion.asks)))
        if portion.about is None:
            yield from answer
        else:
            yield portion.about[0].joined(portion.about[1], answer[0], looker)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.integers(1, 200))
def test_stretches_give_what_the_whole_gives(text: str, stretch: int) -> None:
    assert _told(_in_stretches(text, stretch)) == _told([_stream(text)])


@given(TEXTS, st.integers(0, 300))
def test_stretches_are_the_whole_text_with_the_right_lines(text: str, least: int) -> None:
    stretches = list(stretches_of(text, "-", least))
    assert "".join(each.text for each in stretches) == text
    before = ""
    for each in stretches:
        assert each.lines_before == before.count("\n")
        before += each.text


@pytest.mark.parametrize(
    "method", [name for name in multiprocessing.get_all_start_methods() if name != "forkserver"]
)
def test_processes_however_started_give_what_one_gives(method: str) -> None:
    text = "---\n".join(DOCUMENTS[n % 9].replace("NAME", f"m{n % 40}") for n in range(80)) + "---\na: [\n"
    items = look_at([_stream(text)], Checker().looker, 2, method=method, stretch=800)
    pieces = list(items)
    assert len(pieces) > 4
    assert _told(pieces) == _told([_stream(text)])


def test_a_document_too_many_is_refused_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sednactl.manifests.reading.MOST_DOCUMENTS", 7)
    monkeypatch.setattr(portions, "MOST_DOCUMENTS", 7)
    text = "a: 1\n---\n" * 12
    told = _told(_in_stretches(text, 20))
    assert told == _told([_stream(text)])
    assert told[-1] == ["-:15:1: more than 7 documents"]


def test_a_stretch_counts_its_documents_from_where_it_begins() -> None:
    text = "a: 1\n---\n# b\n---\nc: 1\n---\nd: 1\n"
    whole = [(one.index, one.line, one.content) for one in documents_in(text, "-")]
    first, second = list(stretches_of(text, "-", 12))[:2]
    assert [one.index for one in documents_of_stretch(first)] == [0]
    assert [(one.index, one.line, one.content) for one in documents_of_stretch(second, 1)] == whole[1:]


def test_no_process_is_started_where_nobody_asks() -> None:
    crew = processes._Crew(lambda _: pytest.fail("nobody asked"), 2, None)
    assert [one.answer for one in crew.run(iter([Portion(answer=1), Portion(answer=2)]))] == [1, 2]
    assert not crew._members


def _much(asks: str) -> str:
    return asks + "x" * 300_000


def test_no_size_of_what_is_asked_and_answered_makes_two_sides_wait_for_each_other() -> None:
    sizes = [1, 7000, 9000, 400_000, 2, 400_000, 400_000, *range(3, 20), 400_000, 5]
    asked = [f"{number}:{'a' * size}" for number, size in enumerate(sizes)]
    given = processes.worked_at(map(Portion, asked), _much, 2)
    assert [portion.answer for portion in given] == [_much(each) for each in asked]


@pytest.mark.parametrize(("name", "form"), [("-", "json"), ("stream.yaml", "junit")])
def test_the_command_gives_the_same_bytes_for_one_large_stream(
    run_sednactl: RunSednactl, tmp_path: Path, name: str, form: str
) -> None:
    text = "".join(
        f"---\n# {'x' * 1500}\n" + (JOB if n % 3 else MODEL).replace("NAME", f"m{n % 190}")
        for n in range(220)
    )
    (tmp_path / "stream.yaml").write_text(text)
    alone, together = (
        run_sednactl(*("validate", name, "-v", "-o", form, "-j", jobs), input=text if name == "-" else None)
        for jobs in ("1", "2")
    )
    assert together == alone
    assert alone.code == 1
    assert "SDN103" in alone.out


def test_a_file_that_two_arguments_mean_is_read_once(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "park").mkdir()
    (tmp_path / "park" / "a.yaml").write_text(
        "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {name: a}\nspec: {url: /a, format: 1}\n"
    )
    run = run_sednactl("validate", "park/a.yaml", "park", "./park/a.yaml", "park/*.yaml")
    assert run.out.count("[SDN004]") == 1
    assert "[SDN103]" not in run.out
    assert run.err == "1 file, 1 document: 1 error, 1 fixable (--fix)\n"
    run = run_sednactl("validate", "--fix", "--yes", "park/a.yaml", "park")
    assert run.code == 0
    assert "Mended: 1 place in 1 file." in run.err
