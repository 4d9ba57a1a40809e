"""The container file, looked at line by line; nothing here builds it, as no engine may be at hand."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
tomllib = pytest.importorskip(
    "tomllib" if sys.version_info >= (3, 11) else "tomli"
)  # hatchling brings that one


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", (ROOT / "Containerfile").read_text())
    lines = (line.strip() for line in text.splitlines())
    return [
        (word.upper(), " ".join(rest.split()))
        for word, _, rest in (line.partition(" ") for line in lines if line and not line.startswith("#"))
    ]


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []
    for word, rest in instructions():
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found


def test_both_stages_are_one_official_slim_python_without_a_registrys_name() -> None:
    images = [rest.partition(" ")[0] for word, rest in instructions() if word == "FROM"]
    assert len(images) == 2
    assert len(set(images)) == 1, "the environment is made for the interpreter of its stage"
    assert re.fullmatch(r"python:3\.\d+-slim", images[0])
    version = images[0].removeprefix("python:").removesuffix("-slim")
    assert f"Python :: {version}" in (ROOT / "pyproject.toml").read_text()


def test_what_runs_is_nobody_special_and_asks_for_no_network() -> None:
    final = stages()[-1]
    assert [rest for word, rest in final if word == "USER"] == ["10001"]
    runs = [rest for word, rest in final if word == "RUN"]
    assert runs == ["useradd --uid 10001 --create-home sednactl"]
    assert final.index(("USER", "10001")) > max(
        number for number, (word, _) in enumerate(final) if word in ("RUN", "COPY")
    )
    assert not [word for word, _ in instructions() if word in ("ADD", "EXPOSE", "VOLUME", "ARG")]


def test_what_is_fetched_is_locked_and_what_is_installed_is_fetched() -> None:
    runs = " && ".join(rest for word, rest in stages()[0] if word == "RUN")
    fetching, installing = (part for part in runs.split(" && ") if re.search(r"pip (wheel|install) ", part))
    assert "--require-hashes" in fetching
    assert "--requirement constraints.txt" in fetching
    assert "--no-index" in installing
    assert "curl" not in runs and "apt" not in runs and "http" not in runs


def test_the_entry_point_is_a_command_of_the_project() -> None:
    (entry,) = (json.loads(rest) for word, rest in instructions() if word == "ENTRYPOINT")
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert entry == ["sednactl"]
    assert "sednactl" in scripts


@pytest.mark.parametrize("source", [rest.split() for word, rest in instructions() if word == "COPY"], ids=str)
def test_what_is_copied_is_there_and_not_ignored(source: list[str]) -> None:
    if source[0].startswith("--from="):
        assert source == ["--from=build", "/opt/sednactl", "/opt/sednactl"]
        return
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    for name in source[:-1]:
        assert (ROOT / name).exists()
        assert name in allowed


def test_all_that_a_wheel_is_made_of_is_copied() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], *wheel["shared-data"]}
    copied = {name for word, rest in instructions() if word == "COPY" for name in rest.split()[:-1]}
    assert {name.partition("/")[0] for name in needed} <= copied
