"""Sedna's own examples, where a checkout of Sedna is at hand: the good ones pass, the broken ones fail.

SEDNACTL_TEST_SEDNA names the checkout (v0.7.0).
"""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from sednactl.errors import InvalidInput
from sednactl.manifests.reading import read_documents
from sednactl.validation.check import check_documents

SEDNA = Path(os.environ.get("SEDNACTL_TEST_SEDNA") or Path(__file__).parents[3] / "shared" / "sedna")
PLACES = ("build/crd-samples/**/*.yaml", "examples/**/*.yaml", "examples/**/*.md", "docs/**/*.md")
GOOD = 61
"""How many of the examples of Sedna 0.7.0 an API server takes."""
BROKEN = {
    "build/crd-samples/sedna/objectsearchservice_v1alpha1.yaml": "        name: userWorker",
    "build/crd-samples/sedna/objecttrackingservice_v1alpha1.yaml": "          name: trackingWoker0",
    "docs/proposals/sedna-federated-learning-v2.md": "",
    "examples/multiedgeinference/pedestrian_tracking/yaml/feature-extraction-service.yaml": "      labels:",
    "examples/multiedgeinference/pedestrian_tracking/yaml/reid-job.yaml": "kind: ReidJob",
    "examples/incremental_learning_modelbox/mnist/README.md": "  name: Mnist-demo",
    "examples/storage/s3/joint_inference/README.md": "  spec:",
    "examples/storage/s3/incremental_learning/README.md": "  spec:",
}
"""The broken ones, each with the first line that is at fault.

Metadata of pods, a name in upper case, a spec below metadata, what is no YAML; "" where the
place is that of the parser, which differs with the parser.
"""
_HEREDOC = re.compile(r"<<-?[ \t]*['\"]?EOF['\"]?[ \t]*\n(.*?)\n[ \t]*EOF", re.DOTALL)
_BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL | re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_-]*)\}?")


def manifests() -> Iterator[tuple[str, str]]:
    """Give every Sedna manifest of the checkout with the file it is from, placeholders filled in."""
    for place in PLACES:
        for file in sorted(SEDNA.glob(place)):
            text = file.read_text(errors="replace")
            if file.suffix == ".yaml":
                parts = [text]
            else:  # a block may be a command with a manifest in it
                blocks = [block for block in _BLOCK.findall(text) if "<<" not in block]
                parts = _HEREDOC.findall(text) + blocks
            for part in parts:
                if re.search(r"apiVersion:\s*sedna\.io/", part):
                    filled = _VARIABLE.sub(lambda found: found[1].lower().replace("_", "-"), part)
                    yield str(file.relative_to(SEDNA)), textwrap.dedent(filled)


def faults(file: str, text: str) -> list[tuple[int, str]]:
    """Give the lines with errors and what they hold, in order; last what is missing, which has no line of its own."""
    lines = text.splitlines()
    try:
        documents = read_documents(text.encode(), file)
    except InvalidInput as error:
        found = re.search(r":(\d+):\d+: not valid YAML", error.message)
        assert found, error.message
        return [(int(found[1]), lines[int(found[1]) - 1])]
    errors = [one for one in check_documents(documents) if one.level == "error"]
    errors.sort(key=lambda one: (one.rule == "SDN005", one.line))
    return [(one.line, lines[one.line - 1]) for one in errors]


def test_examples_of_sedna_pass_where_they_are_good_and_fail_at_the_line_where_not() -> None:
    if not SEDNA.is_dir():
        pytest.skip("no checkout of Sedna is at hand")
    good, broken = 0, {}
    for file, text in manifests():
        found = faults(file, text)
        if found:
            assert file not in broken, "a second broken one in this file"
            broken[file] = found[0][1]
        else:
            good += 1
    assert broken == {file: line or broken.get(file) for file, line in BROKEN.items()}
    assert good == GOOD
