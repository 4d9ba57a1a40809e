"""Human screens are compared with files a person can read and review.

A screen that changes on purpose is renewed with ``SEDNACTL_GOLDEN=write`` in
the environment; the difference then shows up in the commit.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

FOLDER = Path(__file__).with_name("golden")


def check_golden(name: str, text: str) -> None:
    """Fail with a readable difference when ``text`` is not what tests/golden/``name`` holds.

    ``name`` may hold folders (``scaling/table.txt``). With SEDNACTL_GOLDEN=write the
    file is rewritten instead; a missing file fails, so that nothing is accepted unseen.
    """
    file = FOLDER / name
    if os.environ.get("SEDNACTL_GOLDEN") == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))
        return
    if not file.exists():
        raise AssertionError(
            f"no golden file tests/golden/{name}; write it with SEDNACTL_GOLDEN=write and read it.\n{text}"
        )
    expected = file.read_bytes().decode("utf-8")
    if text != expected:
        difference = "".join(
            difflib.unified_diff(
                expected.splitlines(keepends=True),
                text.splitlines(keepends=True),
                f"tests/golden/{name}",
                "this run",
            )
        )
        raise AssertionError(f"the screen changed (SEDNACTL_GOLDEN=write renews it):\n{difference}")
