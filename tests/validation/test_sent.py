"""What processes send comes out as it went in, and of files in which nothing was found only plain values are sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sednactl.manifests.sources import Source
from sednactl.sedna.referring import EACH
from sednactl.surroundings import Surroundings
from sednactl.validation.check import Checker
from sednactl.validation.looked import OfFile
from sednactl.validation.portions import of_file
from sednactl.validation.sent import received, sent
from sednactl.validation.vocabulary import long, short

MODEL = """\
apiVersion: sedna.io/v1alpha1
kind: Model
metadata: {name: crack, namespace: park}
spec: {url: /models/crack/m.pb, format: pb}
"""
STEPS = ("spec", "trainingWorkers", "template", "nodeName", "dataset", "name", "model", "edgeWorker", EACH)
PATHS = st.lists(st.sampled_from(STEPS) | st.integers(0, 3), max_size=6).map(lambda steps: ("spec", *steps))
WORKERS = [("spec", "trainingWorkers", at, "template", "spec", "nodeName") for at in (0, 7, EACH)]
FILES = {
    "model.yaml": MODEL,
    "two.yaml": MODEL + "---\n" + MODEL.replace("crack", "b"),
    "other.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    "empty.yaml": "",
    "list.yaml": "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, metadata: {name: b}}]\n",
    "wrong.yaml": "apiVersion: sedna.io/v1alpha1\nkind: Moddel\n",
    "ignoring.yaml": "# sednactl: ignore SDN121 why\n" + MODEL.replace("crack", "c"),
    "unreadable.yaml": "a: [\n",
}
SAID = ["list.yaml", "wrong.yaml", "ignoring.yaml", "unreadable.yaml"]
"""Those of which there is more to say, the place of an item in a list among it."""


@given(PATHS | st.sampled_from(WORKERS) | st.sampled_from(("Model", "Deployment", "Strange", "")))
def test_kinds_and_paths_come_back_as_they_were(word: Any) -> None:
    assert long(short(word)) == word


def test_paths_that_are_usual_are_short() -> None:
    assert [type(short(path)) for path in WORKERS] == [tuple, tuple, int]
    assert len(short(WORKERS[1])) == 2


def _told(file: OfFile) -> list[Any]:
    looked = [
        (one._replace(document=None), one.document.file, one.document.index, one.document.line)  # type: ignore[arg-type]
        for one in file.looked
    ]
    places = [(one.document.origin, one.document.below) for one in file.looked]
    return [file.name, looked, places, str(file.error), file.found]


def test_files_come_out_as_they_were_sent(tmp_path: Path) -> None:
    looker, surroundings = Checker(infos=False).looker, Surroundings.of_process()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    files = [of_file(looker, Source(str(tmp_path / name), surroundings)) for name in FILES]
    answer = sent([*files, OfFile("nowhere", [], None, False)])
    assert [_told(one) for one in received(answer)][:-1] == [_told(one) for one in files]
    assert [Path(one.name).name for one in answer[1]] == [*SAID, "nowhere"]
