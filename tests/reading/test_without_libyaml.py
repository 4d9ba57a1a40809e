"""A PyYAML built without libyaml reads the same, only slower."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures" / "manifests"

PROGRAM = """
import json, sys
if sys.argv[1] == "pure":
    import yaml
    yaml.__with_libyaml__ = False
from sednactl.errors import InvalidInput
from sednactl.manifests.reading import read_documents
for file in sys.argv[2:]:
    try:
        for document in read_documents(open(file, "rb").read(), "f"):
            print(json.dumps(document.content), document.line, document.locate(("spec",)), document.locate(("kind",)))
    except InvalidInput as error:
        print(error.message.partition(": ")[0])
for text in ("x: &a 1\\nz: &a 2\\nw: *a", "- " * 900, "a: [" * 300, "a: 1\\na: 2", "a: \\x07", "a: *b", "<<: {a: 1}\\nb: 0644"):
    try:
        print([document.content for document in read_documents(text.encode(), "f")])
    except InvalidInput as error:
        print(error.message.partition(": ")[0])
"""


def test_same_documents_and_places() -> None:
    files = [str(file) for file in sorted(FIXTURES.rglob("*.*"))]
    outputs = []
    for how in ("libyaml", "pure"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, how, *files],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        outputs.append(done.stdout.splitlines())
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 12
