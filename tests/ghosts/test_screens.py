"""What people see of a clean-up: on narrow screens, with long names, and after it was cut off."""

from __future__ import annotations

from pathlib import Path

from sednactl.lifecycle.ghost_report import GhostReport
from sednactl.lifecycle.ghost_returns import Remaining
from sednactl.lifecycle.ghost_scan import Scan
from sednactl.lifecycle.ghosts import Inventory, find_ghosts
from sednactl.render.ghosts import ghost_table, remaining_table
from tests.cluster.stub import Reset
from tests.ghosts.command import Park
from tests.ghosts.objects import NOW, Json, child, orphans
from tests.golden import check_golden
from tests.scaling.terminal import Terminal

LONG = "helmet-detection-inference-example"


def scanned(objects: list[Json]) -> GhostReport:
    return GhostReport(Scan(find_ghosts(Inventory(objects, {}), NOW), {}))


def test_a_screen_of_80_columns_is_kept_to() -> None:
    report = scanned(orphans(workload=LONG))
    shown = ghost_table(report, 80, fitted=True)
    check_golden("ghosts/table-80.txt", shown)
    assert max(map(len, shown.splitlines())) <= 80
    assert f"Deployment/{LONG}-deployment-cloud +2 Pods" in shown
    came_back = Remaining("Deployment", "park", f"{LONG}-deployment-cloud", "u", "came-back", "It is back.")
    assert max(map(len, remaining_table([came_back], 80).splitlines())) <= 80


def test_without_a_screen_every_object_keeps_its_row() -> None:
    lines = ghost_table(scanned(orphans(workload=LONG)), 80).splitlines()
    assert all(line.split()[-2:] == ["3d", "orphaned"] for line in lines if line.startswith("  delete   D"))


def test_a_resumed_clean_up_names_every_workload_once(park: Park, tmp_path: Path) -> None:
    for workload in ("helmet", "vest", "gate"):
        park.fill(*orphans(workload=workload, uid=f"{workload}-former"))
    file = tmp_path / "b"
    park.server.fail(Reset(), path="/deployments/helmet-deployment-edge", method="DELETE", times=99)
    assert park.clean("--yes", "--backup", str(file)).code == 7
    park.server.mend()
    again = park("ghost-instances", "--yes", "--resume", str(file))
    headings = [line for line in again.out.splitlines() if line.startswith("park: ")]
    assert sorted(line.split()[2] for line in headings) == ["gate", "helmet", "vest"]


def test_progress_leaves_no_debris_on_a_narrow_terminal(park: Park, tmp_path: Path) -> None:
    park.fill(*(child("Service", f"{LONG}-{'long-' * 6}{n}", workload=LONG) for n in range(4)))
    config = {"KUBECONFIG": str(park.kubeconfig)}
    arguments = ("cleanup", "ghost-instances", "-n", "park", "--yes", "--backup", str(tmp_path / "b"))
    terminal = Terminal(tmp_path / "home", *arguments, columns=80, lines=60, environ=config)
    assert terminal.end() == 0
    shown = terminal.text()
    assert b"deleting" in terminal.bytes and b"backing up" in terminal.bytes
    assert "4 deleted" in shown
    assert "backing up" not in shown and "deleting" not in shown
