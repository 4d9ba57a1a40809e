"""What people see of a diagnosis, and what programs get."""

from __future__ import annotations

import io
import json
from dataclasses import replace

from sednactl.cli.main import run
from sednactl.diagnosis.book import Result, Subject, all_checks, diagnose
from sednactl.diagnosis.observed import GhostCount, Roles
from sednactl.errors import Forbidden
from sednactl.render.diagnosis import check_page, diagnosis_data, diagnosis_text, sums
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.surroundings import Surroundings
from tests.diagnosis.healthy import installed, seen
from tests.diagnosis.test_workload_checks import CREATION, REFERRED, helmet
from tests.golden import check_golden
from tests.lifecycle.objects import NOW

BOOK = all_checks()


def _sick() -> list[Result]:
    sedna = installed(autoscaling=False)
    roles = Roles(tuple(sedna["ClusterRoleBinding"]), {"sedna": sedna["ClusterRole"][0]})
    observed = seen(
        (JOINT_INFERENCE, helmet(status=CREATION), ()),
        referred={**REFERRED, ("Model", "park", "little-model"): None},
        roles=roles,
        sedna_daemon_sets=[],
        nodes=Forbidden('nodes is forbidden: User "ann" cannot list resource "nodes"'),
        ghosts=GhostCount(1, ("Service park/old-cloud",)),
    )
    return diagnose(list(BOOK.values()), observed, NOW)


def test_the_screen() -> None:
    check_golden("diagnosis/screen.txt", diagnosis_text(_sick(), BOOK))


def test_the_screen_in_ascii_with_details() -> None:
    text = diagnosis_text(_sick(), BOOK, unicode=False, verbose=True, program="kubectl sedna", width=100)
    assert text.isascii()
    assert "kubectl sedna doctor --fix" in text and "sednactl " not in text
    check_golden("diagnosis/details.txt", text)


def test_colours_are_only_beside_the_words() -> None:
    plain, coloured = diagnosis_text(_sick(), BOOK), diagnosis_text(_sick(), BOOK, colour=True)
    assert "\x1b" not in plain and "\x1b[31m✗\x1b[0m" in coloured
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m"):
        coloured = coloured.replace(code, "")
    assert coloured == plain


def test_names_cannot_drive_the_terminal() -> None:
    hostile = "a\x1b]0;owned\x07\nb\u202e"
    result = Result("DOC701", "failed", hostile, hostile, Subject(hostile, hostile, hostile), (hostile,))
    text = diagnosis_text([result], BOOK, verbose=True)
    assert "\x1b" not in text and "\x07" not in text and "\u202e" not in text
    assert "\\x1b]0;owned" in text


def test_the_mend_of_several_results_stands_once() -> None:
    result = Result("DOC501", "failed", "one thing", "do this")
    text = diagnosis_text([result, replace(result, message="another")], BOOK)
    assert text.count("mend: do this") == 1 and text.index("another") < text.index("mend")


def test_the_shape_for_programs() -> None:
    data = diagnosis_data(_sick(), BOOK)
    assert json.loads(json.dumps(data)) == data
    assert (data["apiVersion"], data["kind"]) == ("sednactl.io/v1", "Diagnosis")
    assert sum(data["summary"].values()) == len(data["checks"])
    for one in data["checks"]:
        assert {"id", "status", "message", "mend"} <= one.keys()
        assert one["status"] in ("ok", "warning", "failed", "unknown")
    (role,) = [one for one in data["checks"] if one["id"] == "DOC501"]
    assert role["fixable"] and role["object"] is None and "--fix" in role["mend"]
    objects = [one["object"] for one in data["checks"] if one["id"] == "DOC702" and one["status"] == "failed"]
    assert objects == [{"kind": "JointInferenceService", "namespace": "park", "name": "helmet"}]


def test_sums() -> None:
    one = Result("DOC101", "ok", "")
    assert sums([]) == "nothing to check"
    assert sums([one, one]) == "2 in order"
    assert sums([replace(one, status="warning")]) == "1 warning"
    assert (
        sums([one, replace(one, status="unknown"), replace(one, status="failed")])
        == "1 failed, 1 unknown, 1 in order"
    )


def _typed(*words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = run(list(words), Surroundings(io.StringIO(), out, err, {"HOME": "/nonexistent"}))
    return code, out.getvalue(), err.getvalue()


def test_the_list_and_the_pages_need_no_cluster() -> None:
    code, out, _ = _typed("doctor", "--list")
    assert code == 0 and [line.split()[0] for line in out.splitlines()[1:]] == sorted(BOOK)
    assert _typed("explain", "checks") == (code, out, "")
    code, page, _ = _typed("explain", "doc501")
    assert code == 0 and page == check_page(BOOK["DOC501"])
    assert page.startswith(
        "CHECK:      DOC501\nAREA:       Sedna\n\nRights of the Global Manager\n\nSedna's own role"
    )
    assert _typed("explain", "DOC999")[0] == 2


def test_what_is_typed_wrong_is_said() -> None:
    for words, said in (
        (("--check", "DOC5"), "there is no check 'DOC5'"),
        (("--skip", "X"), "there is no check 'X'"),
        (("--check", "DOC101", "--skip", "DOC101"), "no check is left"),
        (("--yes",), "--yes says yes to --fix"),
        (("--fix",), "no terminal to ask on"),
        (("--timeout", "soon"), "no duration"),
    ):
        code, out, err = _typed("doctor", *words)
        assert (code, out, said in err) == (2, "", True), err
