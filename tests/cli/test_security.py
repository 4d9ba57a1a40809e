"""What nobody may do through sednactl: drive the terminal, read credentials off a screen, reach files or Python."""

from __future__ import annotations

import io
import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sednactl.cli.main import run
from sednactl.sedna.kinds import JOINT_INFERENCE, MODEL
from sednactl.sedna.resources import EVENT, HPA, NAMESPACE, POD, SERVICE
from sednactl.surroundings import Surroundings
from tests.cluster.stub import Answers, StubServer
from tests.cluster.under_fire import Bounded, commands, run_bounded
from tests.ghosts.command import with_content
from tests.ghosts.objects import before_0_7
from tests.lifecycle.conftest import fill
from tests.lifecycle.objects import UID, whole_service, workload

TOKEN, PASSWORD = "token-that-nobody-may-see", "password-in-a-pod"
HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07\r\x9b31m\u202e\x08\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\"
    "\x1b]52;c;aGk=\x07\x9d52;c;aGk=\x9c\x1bPq\x1b\\\u2066\x0b\x85"
)
"""Clears the screen, sets the title, goes back over the line, turns the text around, hides where a link
leads (OSC 8), fills the clipboard (OSC 52, also by bytes of C1), draws (DCS)."""

_DRIVES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


_OUR_OWN = re.compile("\x1b\\[[0-9;]*[mKABCDGJ]|\r(?!\n)")
"""Colours and moves of the cursor that we write on a terminal ourselves, for lines that go on."""
_WHOLE_OBJECTS = {"get one", "diff"}
"""Commands whose result is the object itself, as it is."""


_AS_JSON = (
    "get",
    "get one",
    "tree",
    "delete",
    "scale status",
    "scale explain",
    "cleanup ghost-instances",
    "cleanup --yes",
    "cleanup undo",
)


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StubServer, Path]]:
    """Give a server full of hostile words and secrets, which wants a token; and a folder with what commands read."""
    folder = tmp_path_factory.mktemp("hostile")
    with StubServer(tls=False, token=TOKEN) as server:
        _fill(server)
        manifest = workload()
        manifest["metadata"] = {"name": "helmet", "namespace": "park", "annotations": {"note": "x"}}
        (folder / "m.yaml").write_text(json.dumps(manifest))
        content = json.loads(server.kubeconfig(folder / "kubeconfig").read_text())
        content["contexts"][0]["context"]["namespace"] = "park"
        (folder / "kubeconfig").write_text(json.dumps(content))
        yield server, folder


def _fill(server: StubServer) -> None:
    server.put(NAMESPACE, {"metadata": {"name": "kube-system", "uid": "cluster-1"}})
    for name in ("big", "little", "big-model", "little-model"):
        server.put(
            MODEL.resource, {"metadata": {"name": name, "namespace": "park"}, "spec": {"url": HOSTILE}}
        )
    failed = {"type": "Failed", "status": "True", "reason": HOSTILE, "message": HOSTILE}
    server.put(
        JOINT_INFERENCE.resource,
        workload(status={"conditions": [failed]}, annotations={"note": HOSTILE}, finalizers=[HOSTILE]),
    )
    fill(server, *whole_service())
    for resource in (POD, HPA):
        for item in server.objects(resource):
            item.setdefault("status", {})["conditions"] = [failed, {**failed, "type": HOSTILE}]
            item["spec"]["nodeName"] = HOSTILE
            waiting = {"waiting": {"reason": HOSTILE, "message": HOSTILE}}
            item["status"]["containerStatuses"] = [{"name": HOSTILE, "ready": False, "state": waiting}]
            server.put(resource, item)
    server.put(
        EVENT,
        {
            "metadata": {"name": "e", "namespace": "park"},
            "involvedObject": {"kind": "JointInferenceService", "name": "helmet", "namespace": "park", "uid": UID},
            "reason": HOSTILE, "message": HOSTILE, "type": "Warning", "count": 1,
            "lastTimestamp": "2026-11-24T09:59:00Z", "source": {"component": HOSTILE},
        },
    )  # fmt: skip
    hostile = before_0_7("Pod", "hostile" + HOSTILE.replace("/", ""), workload=f"old{HOSTILE}")
    server.put(POD, with_content(hostile))
    ghost = with_content(before_0_7("Pod", "old-x", workload=f"old{HOSTILE}"))
    ghost["spec"]["containers"][0]["env"] = [{"name": "SECRET_ACCESS_KEY", "value": PASSWORD}]
    server.put(POD, ghost)
    server.put(SERVICE, with_content(before_0_7("Service", "older-cloud", workload="older")))


def _run(park: tuple[StubServer, Path], command: str, *more: str) -> Bounded:
    server, folder = park
    (folder / "new-bundle").unlink(missing_ok=True)
    if command == "cleanup undo":
        _run(park, "cleanup --yes")
        (folder / "new-bundle").rename(folder / "bundle")
    _fill(server)
    done = run_bounded([*commands(folder)[command], *more], folder, folder / "kubeconfig")
    assert done.code not in (2, 70), done.err
    return done


@pytest.mark.parametrize(
    ("command", "output"), [*((one, "") for one in commands(Path())), *((one, "json") for one in _AS_JSON)]
)
def test_words_from_a_cluster_do_not_drive_the_terminal(
    park: tuple[StubServer, Path], command: str, output: str
) -> None:
    done = _run(park, command, *(["-o", output] if output else []))
    assert not _DRIVES.search(done.err), done.err
    assert not _DRIVES.search(done.out), done.out


@pytest.mark.parametrize("command", commands(Path()))
def test_words_from_a_cluster_do_not_drive_a_terminal_with_colours(
    park: tuple[StubServer, Path], command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where colours and moving lines are ours to write, nothing else comes through beside them."""
    monkeypatch.setattr("tests.cluster.under_fire.io.StringIO", Terminal)
    done = _run(park, command)
    for text in (done.out, done.err):
        left = _OUR_OWN.sub("", text)
        assert not _DRIVES.search(left), left


@pytest.mark.parametrize(
    "written",
    [HOSTILE, f"step 1{HOSTILE}step 2", f"\x1b[31mred{HOSTILE}"],
    ids=["alone", "between", "coloured"],
)
@pytest.mark.parametrize("prefix", ["--prefix", "--no-prefix"])
def test_lines_of_logs_do_not_drive_the_terminal(
    park: tuple[StubServer, Path], written: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal; into a pipe a log goes as it is, as kubectl does it."""
    server, folder = park
    _fill(server)
    for pod in server.objects(POD):
        started = {"name": "big", "state": {"running": {}}}
        spec, status = {"containers": [{"name": "big"}]}, {"containerStatuses": [started]}
        server.put(POD, {**pod, "spec": spec, "status": status})
    lines = f"2026-11-24T09:59:00Z {written}\n2026-11-24T09:59:01Z end\n"
    server.fail(Answers(200, lines.encode(), content_type="text/plain"), path=r"/log(\?|$)", times=100)
    monkeypatch.setattr("tests.cluster.under_fire.io.StringIO", Terminal)
    try:
        done = run_bounded(["logs", "ji", "helmet", prefix], folder, folder / "kubeconfig")
    finally:
        server.mend()
    assert done.code == 0 and done.out.count("end") > 1, done.err
    assert "\\x1b]52;c" in done.out  # made visible
    left = re.sub("\x1b\\[[0-9;]*m", "", done.out)
    assert not _DRIVES.search(left + done.err), left


@pytest.mark.parametrize(
    "command",
    [
        "get",
        "describe",
        "tree",
        "events",
        "logs",
        "doctor",
        "scale status",
        "cleanup ghost-instances",
        "apply",
        "delete",
        "cleanup --yes",
        "scale watch",
    ],
)
def test_words_of_an_error_do_not_drive_the_terminal(park: tuple[StubServer, Path], command: str) -> None:
    server, _ = park
    said = {"kind": "Status", "reason": "Forbidden", "code": 403, "message": HOSTILE}
    server.fail(Answers(403, said, headers=(("Warning", '299 - "\\x1b[2Jdeprecated"'),)), times=10**6)
    try:
        done = _run(park, command)
    finally:
        server.mend()
    assert done.code == (7 if command == "doctor" else 4)  # each of its checks is unknown then
    assert not _DRIVES.search(done.out + done.err), done.err


@pytest.mark.parametrize("command", commands(Path()))
def test_credentials_and_what_pods_hold_are_never_told(park: tuple[StubServer, Path], command: str) -> None:
    done = _run(park, command, "-v")
    assert TOKEN not in done.out + done.err
    assert PASSWORD not in done.err
    assert command in _WHOLE_OBJECTS or PASSWORD not in done.out


def test_what_an_error_tells_of_credentials_is_nothing(park: tuple[StubServer, Path]) -> None:
    _, folder = park
    content = json.loads((folder / "kubeconfig").read_text())
    wrong = "another-token-that-nobody-may-see"
    for user in (
        {"token": wrong},
        {"username": "u", "password": wrong},
        {"tokenFile": "/nowhere", "token": wrong},
    ):
        content["users"][0]["user"] = user
        (folder / "wrong").write_text(json.dumps(content))
        done = run_bounded(["get", "ji", "-v"], folder, folder / "wrong")
        assert done.code in (3, 4), done.err
        assert wrong not in done.out + done.err
    content["clusters"][0]["cluster"]["proxy-url"] = f"http://u:{wrong}@127.0.0.1:1"
    (folder / "wrong").write_text(json.dumps(content))
    done = run_bounded(["get", "ji", "-v"], folder, folder / "wrong")
    assert done.code == 5
    assert wrong not in done.out + done.err


@pytest.mark.parametrize(("ends", "told"), [(3, "ended with 3"), (0, "gave no ExecCredential")])
@pytest.mark.parametrize("seen_by", ["a log", "a person"])
def test_a_plugin_that_fails_writes_no_credentials_into_a_log(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], ends: int, told: str, seen_by: str
) -> None:
    """A person at a terminal gets the plugin's own words, as a sign-in is one; none of them is said by us."""
    plugin, kubeconfig = tmp_path / "plugin", tmp_path / "config"
    plugin.write_text(f'#!/bin/sh\necho "{TOKEN} $HELD" >&2\necho "{TOKEN} $HELD"\nexit {ends}\n')
    plugin.chmod(0o755)
    runs = {
        "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", "command": str(plugin),
        "args": [f"--password={PASSWORD}"], "env": [{"name": "HELD", "value": PASSWORD}],
    }  # fmt: skip
    with StubServer(tls=False) as server:
        content = json.loads(server.kubeconfig(kubeconfig).read_text())
        content["users"][0]["user"] = {"exec": runs}
        kubeconfig.write_text(json.dumps(content))
        err = Terminal() if seen_by == "a person" else io.StringIO()
        out = io.StringIO()
        environ = {"HOME": str(tmp_path), "KUBECONFIG": str(kubeconfig), "PATH": os.environ["PATH"]}
        code = run(["get", "ji", "-v"], Surroundings(io.StringIO(), out, err, environ))
        assert not server.requests
    assert code == 5 and told in err.getvalue(), err.getvalue()
    plugins_own = capfd.readouterr().err
    assert (TOKEN in plugins_own) == (seen_by == "a person")
    for secret in (TOKEN, PASSWORD):
        assert secret not in out.getvalue() + err.getvalue()


def test_a_bundle_is_for_its_owner_alone_and_a_forged_one_leads_nowhere(
    park: tuple[StubServer, Path],
) -> None:
    server, folder = park
    _run(park, "cleanup --yes")
    file = folder / "new-bundle"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in file.read_text().split("\n") if line]
    assert any(PASSWORD in json.dumps(line) for line in lines)
    for changed in (
        {"name": "../../../../../api/v1/namespaces/kube-system/secrets"},
        {"namespace": "../../kube-system"},
        {"name": "x?dryRun=None"},
        {"name": "x%2f..%2fy"},
    ):
        first = next(index for index, line in enumerate(lines) if line.get("type") == "object")
        forged: list[Any] = json.loads(json.dumps(lines))
        forged[first]["object"]["metadata"] |= changed
        file.write_text("".join(json.dumps(line) + "\n" for line in forged))
        before = len(server.requests)
        done = run_bounded(["cleanup", "undo", str(file)], folder, folder / "kubeconfig")
        assert done.code not in (2, 70), done.err
        for request in server.requests[before:]:
            assert re.fullmatch(
                r"/api/v1/namespaces/(kube-system|park/(services|pods)(/[^/]+)?)", request.path
            ), request.path


def _bundled(park: tuple[StubServer, Path]) -> Path:
    _run(park, "cleanup --yes")
    return park[1] / "new-bundle"


@pytest.mark.parametrize("there", ["a file", "a link to a file", "a link to nothing"])
def test_a_bundle_is_never_written_over_or_through_what_is_there(
    park: tuple[StubServer, Path], tmp_path: Path, there: str
) -> None:
    """A link that somebody planted in a folder like /tmp would lead secrets, or our words, elsewhere."""
    server, folder = park
    target, bundle = tmp_path / "target", tmp_path / "bundle"
    if there != "a link to nothing":
        target.write_text("theirs")
    bundle.symlink_to(target)
    if there == "a file":
        bundle = target
    _fill(server)
    before = len(server.requests)
    words = ["cleanup", "ghost-instances", "--yes", "--backup", str(bundle)]
    done = run_bounded(words, folder, folder / "kubeconfig")
    assert done.code == 3 and "exists already" in done.err, done.err
    assert not [one for one in server.requests[before:] if one.method == "DELETE"]
    assert not target.exists() if there == "a link to nothing" else target.read_text() == "theirs"


def test_new_folders_and_bundles_are_for_their_owner_whatever_the_umask(
    park: tuple[StubServer, Path], tmp_path: Path
) -> None:
    """Also in a folder that all may write to, and behind a link to it."""
    server, folder = park
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path / "open")
    before = os.umask(0)
    try:
        for bundle in (tmp_path / "link" / "bundle", tmp_path / "open" / "made" / "bundle"):
            _fill(server)
            words = ["cleanup", "ghost-instances", "--yes", "--backup", str(bundle)]
            done = run_bounded(words, folder, folder / "kubeconfig")
            assert bundle.exists(), done.err
            assert stat.S_IMODE(bundle.stat().st_mode) == 0o600
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "open" / "made").stat().st_mode) == 0o700


@pytest.mark.parametrize("words", [("undo",), ("ghost-instances", "--yes", "--resume")])
def test_a_bundle_that_anybody_may_have_written_is_not_acted_upon(
    park: tuple[StubServer, Path], words: tuple[str, ...]
) -> None:
    """Its objects would be made with our rights. One that others may only read is ours all the same."""
    server, folder = park
    bundle = _bundled(park)
    bundle.chmod(0o602)
    before = len(server.requests)
    done = run_bounded(["cleanup", *words, str(bundle)], folder, folder / "kubeconfig")
    assert done.code == 3 and f"chmod o-w {bundle}" in done.err, done.err
    assert {one.method for one in server.requests[before:]} <= {"GET"}
    bundle.chmod(0o644)
    done = run_bounded(["cleanup", *words, str(bundle)], folder, folder / "kubeconfig")
    assert done.code != 3, done.err


@pytest.mark.parametrize(
    "words",
    [
        ("templates", "eject", "../../etc/passwd", "--to"),
        ("templates", "eject", "/etc/passwd", "--to"),
        ("templates", "eject", "parts/../../manifests/templates.py", "--to"),
        ("crd", "export", "../../etc/passwd", "--dir"),
    ],
    ids=" ".join,
)
def test_names_lead_out_of_no_folder(tmp_path: Path, words: tuple[str, ...]) -> None:
    place = tmp_path / "a" / "b"
    done = run_bounded([*words, str(place)], tmp_path, tmp_path / "none", request_timeout="")
    assert done.code in (2, 3), done.err
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]


@pytest.mark.parametrize(
    ("words", "file"),
    [
        (("templates", "eject", "ji", "--to"), "jointinference.yaml.j2"),
        (("crd", "export", "ji", "--dir"), "sedna.io_jointinferenceservices.yaml"),
    ],
    ids=["templates eject", "crd export"],
)
def test_a_planted_link_leads_no_file_out_of_its_folder(
    tmp_path: Path, words: tuple[str, ...], file: str
) -> None:
    place, elsewhere = tmp_path / "place", tmp_path / "elsewhere"
    place.mkdir()
    (place / file).symlink_to(elsewhere)
    done = run_bounded([*words, str(place)], tmp_path, tmp_path / "none", request_timeout="")
    assert done.code == 2 and "is there already" in done.err, done.err
    assert not elsewhere.exists()


_ATTACKS = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ self.__init__.__globals__['__builtins__'] }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ ''|attr('__class__') }}",
    "{{ '{0.__class__}'.format('') }}",
    "{{ ('%s' | format)('').__class__ }}",
    "{% include '/etc/passwd' %}",
    "{% include '../../../../etc/passwd' %}",
    "{% extends '/etc/passwd' %}",
    "{% import '/etc/hostname' as h %}{{ h }}",
    "{{ range(10**9) | list }}",
    "{{ 'x' * 10**10 }}",
]


@pytest.mark.parametrize("attack", _ATTACKS)
def test_a_template_reaches_neither_files_nor_python(tmp_path: Path, attack: str) -> None:
    template = tmp_path / "t.j2"
    template.write_text(
        f"apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata:\n  name: x\nspec:\n  url: >-\n    {attack}\n"
    )
    values = ["create", "model", "x", "--template", str(template), "--dry-run=client", "-o", "yaml"]
    done = run_bounded(values, tmp_path, tmp_path / "none")
    assert done.code == 3, (done.code, done.out, done.err)
    assert "root:" not in done.out + done.err and "<class" not in done.out
