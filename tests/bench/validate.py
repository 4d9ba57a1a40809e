"""How many documents `validate` checks, rules included, in a second; beside kubeconform where that is on the PATH.

    python -m tests.bench.validate [FILES]      default 10000

The programs take turns over the same files; documents per CPU-second, and the wall clock as a ratio.
kubeconform is given the schemas that `crds` would install, and checks no rules.
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
from pathlib import Path

from sednactl.validation.crd import crd_of
from tests.bench.services import written
from tests.command import BIN, clean_environment

_ROUNDS = 3


def _best(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Give the least CPU and wall seconds of a command, which must not fail."""
    taken = []
    for _ in range(_ROUNDS):
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(
            command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall))
    return min(cpu for cpu, _ in taken), min(wall for _, wall in taken)


def main() -> None:
    """Measure, and say what was found."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "services"
        size = written(folder, count)
        print(f"{count} JointInferenceServices of {size / count:.0f} bytes on {os.cpu_count()} cores")
        environment = clean_environment(Path(name) / "home")
        check = [str(BIN / "sednactl"), "validate", "-R", str(folder), "-j"]
        commands = {"one process": [*check, "1"], "all cores": [*check, str(os.cpu_count())]}
        other = shutil.which("kubeconform")
        if other:
            schema = crd_of("JointInferenceService")["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
            (Path(name) / "jointinferenceservice.json").write_text(json.dumps(schema))
            template = f"{name}/{{{{.ResourceKind}}}}.json"
            commands["kubeconform"] = [other, "-schema-location", template, str(folder)]
        best = {each: _best(command, environment) for each, command in commands.items()}
        alone = best["one process"][1]
        for each, (cpu, wall) in best.items():
            print(f"  {each:12} {count / cpu:8.0f} documents a CPU-second, {wall / alone:5.2f} × one process")


if __name__ == "__main__":
    main()
