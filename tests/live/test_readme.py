"""The README's tour goes through on a real control plane."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml

from tests.command import clean_environment
from tests.docs.readme import steps
from tests.live.plane.plane import Plane


def test_the_tour(plane: Plane, namespace: str, tmp_path: Path) -> None:
    config = yaml.safe_load(plane.kubeconfig.read_text())
    for context in config["contexts"]:
        context["context"]["namespace"] = namespace
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(config))
    environment = clean_environment(tmp_path / "home", {"KUBECONFIG": str(kubeconfig)})
    folder = tmp_path / "work"
    folder.mkdir()
    tour = steps("cluster")
    assert len(tour) >= 6
    for step in [*steps("offline"), *tour]:
        done = subprocess.run(
            ["bash", "-c", step.command],
            env=environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"$ {step.command}\n{done.stdout}"
