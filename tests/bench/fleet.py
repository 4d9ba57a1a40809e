"""A scan of a whole fleet for ghosts, beside kubectl and beside a JSON parser on the same bytes, in the same run.

    python -m tests.bench.fleet [PODS…]             default 100000 500000

For each size a fleet is generated and served over the loopback by a process of
its own. `cleanup ghost-instances -A` has to name every ghost and nothing else.
kubectl reads a slice, because it keeps everything it reads: its time for each
object and its memory are what is compared.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from tests.bench.fleet_objects import Fleet, render
from tests.bench.fleet_server import kubeconfig
from tests.command import BIN, clean_environment

SLICE = 10_000
"""Pods that kubectl is given."""


@dataclass(frozen=True)
class Run:
    """What one process took: seconds on the clock, seconds of CPU, the most memory it ever held (MB), what it said."""

    wall: float
    cpu: float
    memory: float
    said: str


def timed(command: Sequence[str], environment: Mapping[str, str], allowed: tuple[int, ...] = (0,)) -> Run:
    """Run a command to its end. Raises SystemExit where it ends otherwise than `allowed`."""
    with tempfile.TemporaryFile() as out:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, env=dict(environment))
        assert process.stderr is not None
        error = process.stderr.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in allowed:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}: {error}")
        out.seek(0)
        return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out.read().decode())


@contextlib.contextmanager
def served(folder: Path) -> Iterator[int]:
    """Serve a folder of lists from a process of its own; give the port."""
    command = [sys.executable, "-m", "tests.bench.fleet_server", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def measure(fleet: Fleet, folder: Path, port: int) -> Run:
    """Scan, judge the answer, and say how it compares."""
    config = kubeconfig(folder / "kubeconfig", port)
    environment = clean_environment(folder / "home", {"KUBECONFIG": str(config)})
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    python = {**environment, "PYTHONPATH": str(Path(__file__).parents[2])}
    scan = [str(BIN / "sednactl"), "cleanup", "ghost-instances", "-A", "-o", "name"]
    floor_command = [sys.executable, "-m", "tests.bench.fleet_floor", str(port)]
    timed(floor_command, python)  # the files are in memory from here on
    floor = timed(floor_command, python)
    ours = timed(scan, environment, (1,))
    objects, size = (int(one) for one in floor.said.split())
    found = set(ours.said.split())
    print(f"\n{fleet.counts['pods']:,} pods, {objects:,} objects, {size / 1e6:,.0f} MB of metadata")
    print(
        f"  ghosts: {len(fleet.ghosts):,} there, {len(found & fleet.ghosts):,} found, {len(found - fleet.ghosts)} wrong"
    )
    _say("a JSON parser alone", objects, floor)
    _say("cleanup ghost-instances -A", objects, ours)
    print(f"  {floor.wall / ours.wall:.2f} × the parser's rate")
    kubectl = shutil.which("kubectl")
    if kubectl:
        command = [kubectl, "get", "pods", "-A", "-o", "name"]
        theirs = timed(command, environment)
        pods = len(theirs.said.split())
        _say(f"kubectl get pods ({pods:,} pods)", pods, theirs)
        print(f"  {(objects / ours.wall) / (pods / theirs.wall):.0f} × kubectl's rate")
    if found != fleet.ghosts:
        raise SystemExit("the scan did not name exactly the ghosts")
    return ours


def _say(name: str, objects: int, run: Run) -> None:
    rate = f"{objects / run.wall:>9,.0f} objects/s"
    print(f"  {name:34} {run.wall:6.2f} s ({run.cpu:.2f} s CPU) {rate} {run.memory:7.0f} MB")


def main() -> None:
    """Measure and print."""
    sizes = [int(one) for one in sys.argv[1:]] or [100_000, 500_000]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(root / "sednactl")], check=True)
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    memory = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            fleet = render(folder, size, now, SLICE)
            with served(folder) as port:
                memory.append(measure(fleet, folder, port).memory)
    print(
        f"\nmemory: {' '.join(f'{size:,} pods {held:.0f} MB;' for size, held in zip(sizes, memory, strict=True))}"
    )


if __name__ == "__main__":
    main()
