"""How long a user waits for a command, as a ratio to a bare Python and to kubectl.

    python -m tests.bench [ROUNDS]      default 21

Every round runs all commands once, one after the other, so that a busy machine
slows all of them alike; the medians are compared. `get` is measured when
KUBECONFIG names a cluster that answers, or a control plane can be started.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from tests.command import BIN, clean_environment
from tests.live.plane.api import Api, Json, eventually
from tests.live.plane.programs import find_program, why_no_plane

SEDNACTL = str(BIN / "sednactl")
AIMS = {"--version": 1.6, "--help": 1.6, "validate FILE": 2.5, "create --dry-run=client": 2.5, "get ji": 2.5}
"""What each is meant to cost at most, in runs of kubectl."""
_CREATE = shlex.split(
    "create jointinference helmet --cloud-model big --cloud-image example/big:v1 --cloud-node cloud-node "
    "--edge-model little --edge-image example/little:v1 --edge-node edge-node --hem IBT "
    "--cloud-request cpu=1 --cloud-hpa min=1,max=5,cpu=20% --dry-run=client -o yaml"
)
_KUBECTL_OFFLINE = shlex.split("create deployment x --image=y --dry-run=client -o yaml")


def median_seconds(
    commands: dict[str, Sequence[str]], rounds: int, environment: dict[str, str]
) -> dict[str, float]:
    """Time every command once a round and give each one's median. Raises when one fails."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for round_ in range(rounds + 1):
        for name, command in commands.items():
            begin = time.perf_counter()
            done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            passed = time.perf_counter() - begin
            if done.returncode:
                raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()}")
            if round_:  # the first round fills the caches
                taken[name].append(passed)
    return {name: statistics.median(times) for name, times in taken.items()}


def table(rows: Sequence[str], medians: dict[str, float], python: str, kubectl: str | None) -> list[str]:
    """Lay the ratios out, with what each is meant to be."""
    lines = [f"  {'':26}{'× python':>10}{'× kubectl':>11}{'aim':>8}"]
    for name in rows:
        to_python = f"{medians[name] / medians[python]:.1f}"
        to_kubectl = f"{medians[name] / medians[kubectl]:.2f}" if kubectl else "-"
        aim = f"≤ {AIMS[name]}" if name in AIMS and kubectl else ""
        lines.append(f"  {name:26}{to_python:>10}{to_kubectl:>11}{aim:>8}")
    return lines


def offline(rounds: int, environment: dict[str, str], folder: Path) -> None:
    """Measure what needs no cluster."""
    manifest = folder / "helmet.yaml"
    made = subprocess.run([SEDNACTL, *_CREATE], env=environment, capture_output=True, check=True)
    manifest.write_bytes(made.stdout)
    python = "python -c pass"
    commands: dict[str, Sequence[str]] = {
        python: [sys.executable, "-c", "pass"],
        "--version": [SEDNACTL, "--version"],
        "--help": [SEDNACTL, "--help"],
        "create --help": [SEDNACTL, "create", "jointinference", "--help"],
        "validate FILE": [SEDNACTL, "validate", str(manifest)],
        "create --dry-run=client": [SEDNACTL, *_CREATE],
    }
    rows = list(commands)
    kubectl = find_program("kubectl")
    reference = "kubectl create deployment" if kubectl else None
    if kubectl and reference:
        commands[reference] = [str(kubectl), *_KUBECTL_OFFLINE]
        rows.append(reference)
    medians = median_seconds(commands, rounds, environment)
    print(f"\nwithout a cluster (kubectl: {' '.join(_KUBECTL_OFFLINE)})")
    print("\n".join(table(rows, medians, python, reference)))
    _say_bare(medians[python], medians[reference] if reference else None)


def with_cluster(rounds: int, environment: dict[str, str], kubeconfig: Path) -> None:
    """Measure `get` of one JointInferenceService, with what its children really do, against kubectl's."""
    kubectl = find_program("kubectl")
    api = Api(kubeconfig)
    namespace = f"bench-{os.getpid()}"
    api.expect(
        "POST",
        "/api/v1/namespaces",
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
    )
    try:
        _make_service(api, namespace)
        environment = environment | {"KUBECONFIG": str(kubeconfig)}
        python = "python -c pass"
        commands: dict[str, Sequence[str]] = {
            python: [sys.executable, "-c", "pass"],
            "get ji": [SEDNACTL, "get", "ji", "-n", namespace],
            "get ji NAME -o yaml": [SEDNACTL, "get", "ji", "bench", "-n", namespace, "-o", "yaml"],
            "scale status": [SEDNACTL, "scale", "status", "-n", namespace],
        }
        rows = list(commands)
        reference = "kubectl get ji" if kubectl else None
        if kubectl and reference:
            commands[reference] = [str(kubectl), "get", "ji", "-n", namespace]
            rows.append(reference)
        medians = median_seconds(commands, rounds, environment)
        print(f"\nwith a cluster on loopback ({api.expect('GET', '/version')['gitVersion']})")
        print("\n".join(table(rows, medians, python, reference)))
        _say_bare(medians[python], medians[reference] if reference else None)
    finally:
        api("DELETE", f"/api/v1/namespaces/{namespace}")


def _make_service(api: Api, namespace: str) -> None:
    def worker(model: str) -> Json:
        container = {"name": "main", "image": "example/worker:v1"}
        return {"model": {"name": model}, "template": {"spec": {"containers": [container]}}}

    base = f"/apis/sedna.io/v1alpha1/namespaces/{namespace}"
    for name in ("big", "little"):
        spec = {"url": "/models/m.pb", "format": "pb"}
        api.expect("POST", f"{base}/models", _sedna("Model", name, spec))
    edge = worker("little") | {"hardExampleMining": {"name": "IBT"}}
    service = {"cloudWorker": worker("big"), "edgeWorker": edge}
    api.expect("POST", f"{base}/jointinferenceservices", _sedna("JointInferenceService", "bench", service))
    pods = f"/api/v1/namespaces/{namespace}/pods"
    with contextlib.suppress(AssertionError):  # without a Global Manager there are no children to show
        eventually(lambda: len(api.expect("GET", pods)["items"]) == 2, timeout=15)


def _sedna(kind: str, name: str, spec: Json) -> Json:
    return {"apiVersion": "sedna.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def _say_bare(python: float, kubectl: float | None) -> None:
    told = f"  python -c pass {python * 1000:.1f} ms"
    print(told + (f", kubectl {kubectl * 1000:.1f} ms here and now" if kubectl else "; no kubectl on PATH"))


@contextlib.contextmanager
def some_cluster(folder: Path) -> Iterator[Path | None]:
    """Give the kubeconfig of a cluster that answers: the environment's, else one started for the purpose."""
    named = os.environ.get("SEDNACTL_TEST_KUBECONFIG") or os.environ.get("KUBECONFIG")
    if named:
        yield Path(named)
        return
    reason = why_no_plane()
    if reason:
        print(f"\nwith a cluster: not measured, {reason}")
        yield None
        return
    from tests.live.plane.plane import OwnPlane

    plane = OwnPlane(folder / "plane")
    try:
        yield plane.kubeconfig
    finally:
        plane.stop()


def _about() -> str:
    cpu = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), cpu)
    libraries = ", ".join(f"{name} {version(name)}" for name in ("typer", "kubernetes", "jinja2", "pyyaml"))
    return (
        f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.release()}\n"
        f"CPython {platform.python_version()}, sednactl {version('sednactl')}, {libraries}"
    )


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(root / "sednactl")], check=True)
    print(_about())
    kubectl = shutil.which("kubectl")
    if kubectl:
        told = subprocess.run([kubectl, "version", "--client"], capture_output=True, text=True).stdout
        print(f"kubectl {told.partition('Client Version: ')[2].splitlines()[0]}")
    print(f"medians of {rounds} interleaved runs")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = clean_environment(folder / "home")
        offline(rounds, environment, folder)
        with some_cluster(folder) as kubeconfig:
            if kubeconfig is not None:
                with_cluster(rounds, environment, kubeconfig)


if __name__ == "__main__":
    main()
