"""How many documents `validate` checks, rules included, in a second; beside kubeconform where that is on the PATH.

    python -m tests.bench.validate [FILES [SEDNACTL]]      default 10000

SEDNACTL is a second program to measure, e.g. one installed with compiled modules.

Two sets of files: services as `create` writes them, which repeat each other's lines as the manifests of
a fleet do, and services that all differ. The programs take turns over the same files: documents per
CPU-second, and CPU and wall clock as ratios to kubeconform (1.00 is as fast as that, 0.50 takes half
of its time). kubeconform is given the schemas that `crds` would install, and checks no rules.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from sednactl.validation.crd import crd_of
from tests.bench import differing, services
from tests.bench.services import written
from tests.command import BIN, clean_environment

_ROUNDS = 3


def _measured(commands: dict[str, list[str]], environment: dict[str, str]) -> dict[str, tuple[float, float]]:
    """Give the least CPU and wall seconds of each command, which must not fail; they take turns."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(_ROUNDS):
        for name, command in commands.items():
            before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(
                command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
            taken[name].append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall))
    return {
        name: (min(cpu for cpu, _ in times), min(wall for _, wall in times)) for name, times in taken.items()
    }


def _compare(
    folder: Path, texts: Iterable[str], what: str, programs: dict[str, str], environment: dict[str, str]
) -> None:
    """Write the files, check them with each program, and say what was found."""
    sizes = written(folder, texts)
    count = len(sizes)
    print(f"{count} JointInferenceServices of {sum(sizes) / count:.0f} bytes, {what}")
    commands: dict[str, list[str]] = {}
    for name, program in programs.items():
        check = [program, "validate", "-R", str(folder), "-j"]
        commands[f"{name}one process"] = [*check, "1"]
        commands[f"{name}all cores"] = [*check, str(os.cpu_count())]
    other = shutil.which("kubeconform")
    if other:
        schema = crd_of("JointInferenceService")["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
        (folder.parent / "jointinferenceservice.json").write_text(json.dumps(schema))
        template = f"{folder.parent}/{{{{.ResourceKind}}}}.json"
        commands["kubeconform"] = [other, "-schema-location", template, str(folder)]
    best = _measured(commands, environment)
    for name, (cpu, wall) in best.items():
        told = f"  {name:19} {count / cpu:8.0f} documents a CPU-second {count / wall:8.0f} a second"
        if other:
            least = best["kubeconform"]
            told += f"   {cpu / least[0]:5.2f} × its CPU time {wall / least[1]:5.2f} × its time"
        print(told)


def main() -> None:
    """Measure, and say what was found."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    programs = {"": str(BIN / "sednactl")}
    if len(sys.argv) > 2:
        programs["other, "] = sys.argv[2]
    print(f"{os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        environment = clean_environment(Path(name) / "home")
        _compare(
            Path(name) / "stamped", services.services(count), "as create writes them", programs, environment
        )
        _compare(
            Path(name) / "differing", differing.services(count), "which all differ", programs, environment
        )


if __name__ == "__main__":
    main()
