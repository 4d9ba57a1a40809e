"""What a watch of many services costs: `python -m tests.scaling.measure_watch [SERVICES] [SECONDS]`.

Runs the installed command on a pseudo-terminal against a stub API server and
prints the share of one core it takes while nothing changes and while one
service changes four times a second, and how long a change takes from the API
server to the terminal. Figures depend on the machine; no test judges them.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import DEPLOYMENT, HPA
from tests.cluster.stub import StubServer
from tests.scaling import objects as o
from tests.scaling.terminal import Terminal


def cpu_seconds(process: int) -> float:
    """Give the processor time a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(process: int) -> float:
    """Give the memory a process holds."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def fill(server: StubServer, services: int) -> None:
    """Put services with both sides and autoscalers for each."""
    for index in range(services):
        name = f"service-{index:05}"
        server.put(JOINT_INFERENCE.resource, o.workload(name))
        for side in ("cloud", "edge"):
            server.put(DEPLOYMENT, o.deployment(side, name=name))
            server.put(HPA, o.hpa(side, name=name))


def share(terminal: Terminal, seconds: float) -> float:
    """Give the share of one core the program takes over some seconds, in percent."""
    before, began = cpu_seconds(terminal.process.pid), time.monotonic()
    while time.monotonic() - began < seconds:
        terminal.read(0.5)
    return 100 * (cpu_seconds(terminal.process.pid) - before) / (time.monotonic() - began)


def _has(words: str, text: str) -> bool:
    return words in text


def main(services: int, seconds: float) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, StubServer(tls=False) as server:
        home = Path(folder)
        fill(server, services)
        config = {"KUBECONFIG": str(server.kubeconfig(home / "config"))}
        shown = Terminal(home, "scale", "watch", "-A", columns=120, lines=40, environ=config)
        began = time.monotonic()
        shown.until(lambda text: f"{services:,} services" in text and "follows load" in text, 120)
        print(f"{services} services: first picture after {time.monotonic() - began:.2f} s")
        share(shown, 2)
        print(f"nothing changes: {share(shown, seconds):.2f} % of one core over {seconds:g} s")
        delays = []
        for turn in range(40):
            wanted = 2 + turn % 3
            put_at = time.monotonic()
            server.put(DEPLOYMENT, o.deployment(name="service-00003", wanted=wanted, ready=turn))
            mark = f"wants {1 if not turn else 2 + (turn - 1) % 3} to {wanted}"
            shown.until(partial(_has, mark))
            delays.append(1000 * (time.monotonic() - put_at))
            time.sleep(0.37)
        delays.sort()
        print(f"event to screen: median {delays[20]:.0f} ms, worst of 40 {delays[-1]:.0f} ms")
        stop = threading.Event()

        def churn() -> None:
            turn = 0
            while not stop.wait(0.25):
                turn += 1
                server.put(DEPLOYMENT, o.deployment(name="service-00003", wanted=2 + turn % 3))

        threading.Thread(target=churn, daemon=True).start()
        print(f"four changes a second: {share(shown, seconds):.2f} % of one core")
        stop.set()
        print(f"memory: {resident_mb(shown.process.pid):.0f} MB resident")
        shown.process.sendintr()
        shown.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, float(sys.argv[2]) if len(sys.argv) > 2 else 20)
