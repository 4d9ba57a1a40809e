"""The live view on a real pseudo-terminal, against an API server that can be made to fail."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest

from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import DEPLOYMENT, HPA
from tests.cluster.stub import Answers, StubServer
from tests.command import BIN, CompletedRun, clean_environment
from tests.golden import check_golden
from tests.scaling import objects as o
from tests.scaling.terminal import Terminal
from tests.warm import WarmCommand

JI = JOINT_INFERENCE.resource
ENTER, LEAVE, HIDE, SHOW = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?25l", b"\x1b[?25h"


@pytest.fixture
def park(tmp_path: Path) -> Iterator[StubServer]:
    """Give a stub API server with one service, and KUBECONFIG for it in tmp_path/config."""
    with StubServer() as server:
        server.kubeconfig(tmp_path / "config")
        service = o.workload()
        service["metadata"].pop("creationTimestamp")
        server.put(JI, service)
        for side in ("cloud", "edge"):
            server.put(DEPLOYMENT, without_age(o.deployment(side)))
        server.put(HPA, without_age(o.hpa()))
        server.put(HPA, without_age(o.hpa("edge")))
        yield server


def without_age(item: dict[str, object]) -> dict[str, object]:
    """Leave the time of creation to nobody: ages would differ from run to run."""
    metadata = item["metadata"]
    assert isinstance(metadata, dict)
    metadata.pop("creationTimestamp")
    return item


def terminal(tmp_path: Path, *arguments: str, columns: int = 80, lines: int = 24) -> Terminal:
    config = {"KUBECONFIG": str(tmp_path / "config")}
    return Terminal(
        tmp_path, "scale", "watch", "-n", "park", *arguments, columns=columns, lines=lines, environ=config
    )


class Run(Protocol):
    """`run("status", "-n", "park")`: `sednactl scale` without a terminal, against the stub."""

    def __call__(self, *arguments: str, timeout: float = 30) -> CompletedRun: ...


@pytest.fixture
def run(warm_command: WarmCommand, tmp_path: Path) -> Run:
    """Run `sednactl scale` without a terminal, and without the cost of its start."""

    def run(*arguments: str, timeout: float = 30) -> CompletedRun:
        environment = clean_environment(tmp_path, {"KUBECONFIG": str(tmp_path / "config"), "TZ": "UTC"})
        command = [str(BIN / "sednactl"), "scale", *arguments]
        return warm_command.run(command, environment=environment, cwd=tmp_path, timeout=timeout)

    return run


def given_back(shown: Terminal) -> bool:
    """Tell whether the alternate screen was left and the cursor shown, in that order, last."""
    written = shown.bytes
    return (
        written.count(ENTER) == written.count(LEAVE)
        and written.rindex(LEAVE) > written.rindex(ENTER)
        and written.rindex(SHOW) > written.rindex(HIDE)
        and not shown.screen.cursor.hidden
    )


def test_a_change_reaches_the_screen_and_the_screen_follows_its_size(
    park: StubServer, tmp_path: Path
) -> None:
    shown = terminal(tmp_path)
    shown.until(lambda text: "follows load" in text and "helmet" in text)
    park.put(DEPLOYMENT, without_age(o.deployment(wanted=4, current=3, ready=1)))
    text = shown.until(lambda text: "3→4" in text)
    assert "3 starting" in text
    assert "last change" in text.splitlines()[1]
    shown.resize(120, 40)
    shown.until(lambda text: "UPDATED" in text)
    shown.resize(60, 8)
    text = shown.until(lambda text: "UPDATED" not in text and "3→4" in text)
    assert len(text.splitlines()) <= 8
    shown.resize(40, 4)
    text = shown.until(lambda text: "2 more rows do not fit" in text or "1 more row" in text)
    assert len(text.splitlines()) <= 4
    shown.process.sendintr()
    assert shown.end() == 130


@pytest.mark.parametrize(
    ("how", "code"), [("intr", 130), ("q", 0), (signal.SIGTERM, 143), (signal.SIGHUP, 143)]
)
def test_the_terminal_is_given_back(park: StubServer, tmp_path: Path, how: str | int, code: int) -> None:
    import termios

    shown = terminal(tmp_path)
    text = shown.until(lambda text: "follows load" in text)
    during = shown.mode()
    flags = during[3]
    assert isinstance(flags, int)
    assert not flags & termios.ECHO
    assert shown.screen.cursor.hidden
    if how == "intr":
        shown.process.sendintr()
    elif how == "q":
        shown.process.send("q")
    else:
        assert isinstance(how, int)
        shown.signal(how)
    while shown.process.isalive():
        shown.read()
    after = shown.mode()  # the terminal outlives the program, as a shell's does
    assert shown.end() == code
    assert given_back(shown)
    assert isinstance(after[3], int)
    assert after[3] & termios.ECHO
    assert after[3] & termios.ICANON
    assert "helmet" in text
    # The last picture stays above the prompt.
    assert b"helmet" in shown.bytes[shown.bytes.rindex(LEAVE) :]
    assert b"Traceback" not in shown.bytes


def test_a_sleeping_watch_gives_the_terminal_back_and_takes_it_again(
    park: StubServer, tmp_path: Path
) -> None:
    shown = terminal(tmp_path)
    shown.until(lambda text: "follows load" in text)
    shown.signal(signal.SIGTSTP)
    # An orphaned process group does not stop; what counts is leaving and entering again.
    for _ in range(100):
        shown.read()
        if shown.bytes.count(LEAVE) == 1:
            break
    shown.signal(signal.SIGCONT)
    for _ in range(100):
        shown.read()
        if shown.bytes.count(ENTER) == 2:
            break
    assert (shown.bytes.count(ENTER), shown.bytes.count(LEAVE)) == (2, 1)
    park.put(DEPLOYMENT, without_age(o.deployment(wanted=5)))
    shown.until(lambda text: "cloud 5" in text)
    shown.process.sendintr()
    assert shown.end() == 130


def test_an_error_before_it_is_shown_leaves_the_terminal_alone(park: StubServer, tmp_path: Path) -> None:
    shown = terminal(tmp_path, "--record", "/dev/full")
    assert shown.end() == 7
    assert b"No space left on device" in shown.bytes
    assert ENTER not in shown.bytes


def test_an_error_while_it_is_shown_comes_after_the_terminal_is_given_back(
    park: StubServer, tmp_path: Path
) -> None:
    shown = terminal(tmp_path, "nobody")
    assert shown.end() == 4
    assert given_back(shown)
    assert b"nobody" in shown.bytes[shown.bytes.rindex(LEAVE) :]


def test_a_lost_connection_is_shown_and_survived(park: StubServer, tmp_path: Path) -> None:
    shown = terminal(tmp_path, columns=120)
    shown.until(lambda text: "follows load" in text)
    park.stop()
    text = shown.until(lambda text: "connection lost" in text)
    assert "helmet" in text
    park.start()
    park.put(DEPLOYMENT, without_age(o.deployment(wanted=3)))
    shown.until(lambda text: "connection lost" not in text and "cloud 3" in text, 40)
    shown.process.sendintr()
    assert shown.end() == 130


def test_cut_watches_and_a_forgotten_history_lose_nothing(park: StubServer, tmp_path: Path) -> None:
    shown = terminal(tmp_path)
    shown.until(lambda text: "follows load" in text)
    for wanted in range(2, 6):
        park.wait_for_watches(3)
        park.compact()
        park.put(DEPLOYMENT, without_age(o.deployment(wanted=wanted)))
        park.compact()
        park.cut_watches()
        shown.until(partial(_has, f"cloud {wanted}"))
    shown.process.sendintr()
    assert shown.end() == 130


def test_a_deleted_service_is_said_to_be(park: StubServer, tmp_path: Path) -> None:
    shown = terminal(tmp_path)
    shown.until(lambda text: "follows load" in text)
    park.remove(JI, "helmet", "park")
    text = shown.until(lambda text: "service deleted" in text)
    assert "0 services" in text
    shown.process.sendintr()
    assert shown.end() == 130


def test_until_on_a_terminal_ends_well_and_leaves_the_picture(park: StubServer, tmp_path: Path) -> None:
    shown = terminal(tmp_path, "helmet", "--until", "cloud.ready>=3")
    text = shown.until(lambda text: "until cloud.ready>=3" in text and "follows load" in text)
    assert "4m" in text or "5m" in text
    park.put(DEPLOYMENT, without_age(o.deployment(wanted=3)))
    assert shown.end() == 0
    assert re.search(rb"cloud +3", shown.bytes[shown.bytes.rindex(LEAVE) :])


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"TERM": None}])
def test_a_dumb_terminal_gets_lines(park: StubServer, tmp_path: Path, environ: dict[str, str | None]) -> None:
    config = {"KUBECONFIG": str(tmp_path / "config")}
    arguments = ("scale", "watch", "-n", "park", "--timeout", "2s")
    shown = Terminal(tmp_path, *arguments, environ={**config, **environ})
    assert shown.end() == 0
    assert b"\x1b" not in shown.bytes
    assert b"follows load" in shown.bytes


@pytest.mark.parametrize("wish", [{"NO_COLOR": "1"}, {}])
def test_no_color(park: StubServer, tmp_path: Path, wish: dict[str, str]) -> None:
    config = {"KUBECONFIG": str(tmp_path / "config"), **wish}
    flag = () if wish else ("--no-color",)
    shown = Terminal(tmp_path, "scale", "watch", "-n", "park", *flag, environ=config)
    shown.until(lambda text: "follows load" in text)
    shown.process.sendintr()
    assert shown.end() == 130
    assert set(re.findall(rb"\x1b\[[0-9;]*m", shown.bytes)) == {b"\x1b[0m"}


def test_without_a_terminal_there_are_lines_and_no_cursor_moves(
    park: StubServer, tmp_path: Path, run: Run
) -> None:
    done = run("watch", "-n", "park", "--timeout", "1s")
    assert done.code == 0
    assert "\x1b" not in done.out
    heads, cloud, edge = done.out.splitlines()
    assert heads.split()[:5] == ["TIME", "NAME", "SIDE", "REPLICAS", "READY"]
    assert (cloud.split()[2], edge.split()[2]) == ("cloud", "edge")


def test_jsonl_is_a_snapshot_a_line(park: StubServer, tmp_path: Path, run: Run) -> None:
    done = run("watch", "-n", "park", "-o", "jsonl", "--timeout", "1s")
    assert done.code == 0
    [line] = done.out.splitlines()
    snapshot = json.loads(line)
    snapshot["time"] = "2026-11-24T10:02:11.250Z"
    check_golden("scaling/watch.jsonl", json.dumps(snapshot) + "\n")


def test_a_reader_that_goes_away_ends_it_quietly(park: StubServer, tmp_path: Path) -> None:
    environment = clean_environment(tmp_path, {"KUBECONFIG": str(tmp_path / "config")})
    command = [str(BIN / "sednactl"), "scale", "watch", "-n", "park", "-o", "jsonl"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    park.put(DEPLOYMENT, without_age(o.deployment(wanted=3)))
    park.put(DEPLOYMENT, without_age(o.deployment(wanted=4)))
    assert process.wait(60) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.parametrize("form", ["jsonl", "table"])
def test_a_reader_that_goes_away_ends_it_also_while_nothing_happens(
    park: StubServer, tmp_path: Path, form: str
) -> None:
    environment = clean_environment(tmp_path, {"KUBECONFIG": str(tmp_path / "config")})
    command = [str(BIN / "sednactl"), "scale", "watch", "-n", "park", "-o", form, "--record", "r.jsonl"]
    process = subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    try:
        assert process.wait(60) == 0
        assert process.stderr.read() == b""
    finally:
        process.kill()
        process.stderr.close()
    assert json.loads((tmp_path / "r.jsonl").read_text().splitlines()[-1])["event"] == "ended"


def test_a_wait_without_a_terminal(park: StubServer, tmp_path: Path, run: Run) -> None:
    done = run("watch", "helmet", "-n", "park", "--until", "cloud.ready>=3 or edge.value.gpu>0", "--timeout", "1"
    )  # fmt: skip
    assert done.code == 6
    assert done.err.splitlines() == [
        "error: after 1s the condition is not met: cloud.ready>=3 or edge.value.gpu>0",
        "  park/helmet: cloud.ready>=3: does not hold (1 against 3)",
        "  park/helmet: edge.value.gpu>0: left side unknown, so it does not hold",
        "hint: give it longer with --timeout; 'sednactl scale status' says what holds a side back",
    ]
    done = run("watch", "helmet", "-n", "park", "--until", "cloud.ready >= 1")
    assert (done.code, done.err) == (0, "met after 0s: cloud.ready>=1\n")


def test_q_before_a_condition_is_met_is_no_success(park: StubServer, tmp_path: Path) -> None:
    shown = terminal(tmp_path, "--until", "cloud.ready>=3")
    shown.until(lambda text: "follows load" in text)
    shown.process.send("q")
    assert shown.end() == 130


def test_wrong_arguments_are_told_before_the_cluster_is_asked(
    park: StubServer, tmp_path: Path, run: Run
) -> None:
    done = run("watch", "helmet", "--until", "cloud.replicas>=3 and cloud.foo<2")
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == [
        "error: --until, column 29: no such field; there are replicas, desired, ready, min, max, hpa, "
        "utilization.METRIC, value.METRIC",
        "  cloud.replicas>=3 and cloud.foo<2",
        "                              ^",
        "hint: write e.g. 'cloud.replicas>=3 and edge.ready==edge.desired'",
    ]
    for wrong in (
        ("watch", "helmet", "-A"),
        ("watch", "helmet", "-l", "a=b"),
        ("watch", "--force"),
        ("watch", "--timeout", "soon"),
        ("status", "helmet", "-A"),
        ("status", "-o", "xml"),
    ):
        assert run(*wrong).code == 2
    assert park.requests == []


def test_a_service_that_is_not_there(park: StubServer, tmp_path: Path, run: Run) -> None:
    for command in ("watch", "status"):
        done = run(command, "nobody", "-n", "park")
        assert done.code == 4
        assert "nobody" in done.err
        assert "hint: " in done.err


def test_no_permission_and_no_cluster(park: StubServer, tmp_path: Path, run: Run) -> None:
    park.fail(
        Answers(403, {"kind": "Status", "reason": "Forbidden", "message": "no", "code": 403}),
        path="horizontal",
        times=99,
    )
    assert run("watch", "-n", "park").code == 4
    park.stop()
    for command in ("watch", "status"):
        done = run(command, "-n", "park")
        assert done.code == 5
        assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("forbidden", "says"),
    [("horizontal", "autoscaler not readable"), ("deployments|horizontal", "Deployments not readable")],
)
def test_status_without_all_rights(
    park: StubServer, tmp_path: Path, forbidden: str, says: str, run: Run
) -> None:
    park.fail(
        Answers(403, {"kind": "Status", "reason": "Forbidden", "message": "no", "code": 403}),
        path=forbidden,
        times=99,
    )
    done = run("status", "-n", "park")
    assert (done.code, says in done.out) == (0, True), done.out + done.err
    assert "note: horizontalpodautoscalers may not be listed here" in done.err
    side = json.loads(run("status", "helmet", "-n", "park", "-o", "json").out)["sides"]["cloud"]
    assert (side["hpa"], side["limited"]) == (None, "not readable")
    assert (side["current"] is None) == ("deployments" in forbidden)


def test_recording_beside_watching(park: StubServer, tmp_path: Path, run: Run) -> None:
    arguments = ("watch", "helmet", "-n", "park", "--timeout", "1", "--record", "r.jsonl")
    assert run(*arguments).code == 0
    lines = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["ScaleRecording", "ScaleSnapshot", "ScaleEvent", "ScaleEvent"]
    assert lines[1]["state"]["cloud"]["hpa"]["spec"]["maxReplicas"] == 5
    assert [line["event"] for line in lines[2:]] == ["synced", "ended"]
    assert run(*arguments).code == 2
    assert run(*arguments, "--force").code == 0


def test_status_in_every_format(park: StubServer, tmp_path: Path, run: Run) -> None:
    one = json.loads(run("status", "helmet", "-n", "park", "-o", "json").out)
    assert one["kind"] == "ScaleSnapshot"
    many = json.loads(run("status", "-A", "-o", "json").out)
    assert many["kind"] == "ScaleSnapshotList"
    assert [item["service"] for item in many["items"]] == ["park/helmet"]
    assert json.loads(run("status", "-n", "park", "-o", "jsonl").out)["service"] == "park/helmet"
    yaml = run("status", "helmet", "-n", "park", "-o", "yaml")
    assert yaml.code == 0
    assert "kind: ScaleSnapshot" in yaml.out
    nothing = run("status", "-n", "empty")
    assert (nothing.code, nothing.out) == (0, "")
    assert nothing.err == "No JointInferenceServices found in namespace empty.\n"


def test_status_without_metrics_says_so_and_is_no_failure(park: StubServer, tmp_path: Path, run: Run) -> None:
    park.put(HPA, without_age(o.hpa(conditions=o.NO_METRICS, readings=[])))
    done = run("status", "-n", "park")
    assert done.code == 0
    assert "cpu ?/20%" in done.out
    assert "metrics unknown: no metrics API" in done.out
    assert "could not find the requested resource (get pods.metrics.k8s.io)" in done.err


def test_only_the_live_screen_imports_what_is_heavy(park: StubServer, tmp_path: Path) -> None:
    """Neither status nor a watch without a terminal pays for rich, and nothing here for anything heavier."""
    program = (
        "import sys; from sednactl.cli.main import run; from sednactl.surroundings import Surroundings; "
        "run(sys.argv[1:], Surroundings.of_process()); "
        "heavy = ('rich', 'kubernetes', 'jinja2', 'jsonschema', 'jsonschema_rs', 'requests', 'asyncio'); "
        "print('heavy:', *[name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    environment = clean_environment(tmp_path, {"KUBECONFIG": str(tmp_path / "config")})
    for arguments in (
        ("scale", "status", "-n", "park"),
        ("scale", "status", "-n", "park", "-o", "json"),
        ("scale", "watch", "-n", "park", "--until", "cloud.ready>=1"),
        ("scale", "watch", "-n", "park", "--until", "cloud.ready>=1", "-o", "jsonl"),
        ("scale", "watch", "--help"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0
        assert done.stderr.splitlines()[-1].strip() == "heavy:", (arguments, done.stderr)


def test_what_v_tells_comes_after_the_picture(park: StubServer, tmp_path: Path) -> None:
    shown = terminal(tmp_path, "-v")
    shown.until(lambda text: "follows load" in text)
    shown.process.send("q")
    assert shown.end() == 0
    picture, _, after = shown.bytes.partition(LEAVE)
    assert b"GET /apis" not in picture
    assert b"GET /apis/autoscaling/v2/namespaces/park/horizontalpodautoscalers" in after


def _has(words: str, text: str) -> bool:
    return words in text
