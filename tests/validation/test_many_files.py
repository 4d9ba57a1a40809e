"""Many files in several processes: the same bytes as from one, in every format."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import RunSednactl

MODEL = (
    "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {{name: {}}}\nspec: {{url: /a, format: pb{}}}\n"
)


@pytest.mark.parametrize("form", ["text", "json", "junit", "sarif", "github"])
def test_processes_give_the_same_bytes(run_sednactl: RunSednactl, tmp_path: Path, form: str) -> None:
    for number in range(150):
        extra = ", urk: 1" if number % 3 == 0 else ", credentialName: keys"
        (tmp_path / f"{number:03}.yaml").write_text(MODEL.format(f"m{number // 2}", extra))
    (tmp_path / "077.yaml").write_text("a: [\n")
    alone, together = (
        run_sednactl("validate", ".", "nowhere*", "-o", form, "-j", jobs) for jobs in ("1", "2")
    )
    assert (together.code, together.out, together.err) == (alone.code, alone.out, alone.err)
    assert alone.code == 3
