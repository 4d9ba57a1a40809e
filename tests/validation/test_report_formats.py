"""Reports for build servers: whatever the files are called and hold, each stays what it is."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sednactl.errors import InvalidInput, UsageError
from sednactl.render import findings_github, findings_json, findings_junit, findings_sarif
from sednactl.render.findings_files import Output, outputs_of, write_file
from sednactl.render.findings_run import Checked, Run, folder_of_sources, place_of, relative
from sednactl.validation.finding import Finding
from sednactl.validation.ignoring import Ignore, Ignored
from tests.validation.sarif_shape import check_sarif

ANY = st.text(st.characters(exclude_categories=()), max_size=30)
"""Any text, half surrogates too: a name may be bytes that are no UTF-8."""
HOSTILE = 'a"<&>]]>\x00\x1b[2J\r\n::error::x\u2028\u202e%0A,:\ud800\udcff\uffff'
FILES = ANY.filter(lambda file: "\0" not in file)


def findings(level: Any = "error", **changes: Any) -> Finding:
    made: dict[str, Any] = {
        "rule": "SDN201", "level": level, "message": "wrong", "file": "a.yaml", "line": 3, "column": 5,
        "path": ("spec", "x"), "hint": "mend it", "source": "  x: 1",
    }  # fmt: skip
    return Finding(**made | changes)


def run_of(*found: Finding, **changes: Any) -> Run:
    counts = Counter(one.level for one in found) + Counter(files=1, documents=1)
    made: dict[str, Any] = {
        "findings": found, "ignored": (), "unreadable": (), "counts": counts, "named": ("a.yaml",),
        "documents": (Checked("a.yaml", 0, 1, "Model m", False),), "folder": str(Path.cwd()),
    }  # fmt: skip
    return Run(**made | changes)


def hostile_run(file: str, words: str, level: Any, strict: bool = False) -> Run:
    finding = findings(level, file=file, message=words, hint=words, path=(words, 0), source=words)
    ignored = Ignored(findings(file=file, message=words), Ignore("SDN201", words, f"{file}:2"))
    documents = (Checked(file, 0, 1, words, False),)
    return run_of(
        finding,
        ignored=(ignored,),
        unreadable=((file, InvalidInput(f"{file}:4:1: {words}", hint=words)),),
        documents=documents,
        strict=strict,
    )


@given(FILES, ANY, st.sampled_from(["error", "warning", "info"]))
@example("-", HOSTILE, "error")
@example(HOSTILE.replace("\0", ""), HOSTILE, "warning")
def test_any_text_gives_one_annotation_a_finding(file: str, words: str, level: str) -> None:
    text = findings_github.report(hostile_run(file, words, level))
    assert len(text.split("\n")) == len(text.splitlines()) + 1 == 4, "no line end that any reader knows"
    *annotations, kept = text.splitlines()
    assert kept.startswith("::debug::") and not re.search("[\x00-\x1f\x7f-\x9f]", kept)
    known = r"file=[^,:]*|line=\d+|col=\d+|title=SDN201"
    for line in annotations:
        assert re.fullmatch(rf"::(error|warning|notice)( ({known})(,({known}))*)?::.*", line)
        assert not re.search("[\x00-\x1f\x7f-\x9f]", line)


def _read_property(line: str, name: str) -> str:
    value = re.split(rf"[ ,]{name}=", line)[1].partition("::")[0].partition(",")[0]
    for escaped, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        value = value.replace(escaped, char)
    return value


def test_an_annotation_names_the_very_file() -> None:
    for file in ("a,b:c.yaml", "100%25.yaml", "line\nend.yaml", "é.yaml"):
        line = findings_github.report(run_of(findings(file=file)))
        assert _read_property(line, "file") == file


def test_annotations_without_a_file_say_where_in_words() -> None:
    text = findings_github.report(run_of(findings(file="-"), findings("info", file="command line", path=())))
    assert text == (
        "::error title=SDN201::-:3: spec.x: wrong%0Amend it\n"
        "::notice title=SDN201::command line:3: wrong%0Amend it\n"
    )


@given(ANY, ANY, st.sampled_from(["error", "warning", "info"]), st.booleans())
@example(HOSTILE, HOSTILE, "error", False)
def test_any_text_gives_well_formed_xml(file: str, words: str, level: str, strict: bool) -> None:
    text = findings_junit.report(hostile_run(file, words, level, strict))
    root = ElementTree.fromstring(text.encode())
    failed = level == "error" or (strict and level == "warning")
    assert (root.get("tests"), root.get("failures")) == ("3", "1" if failed else "0")
    assert (root.get("errors"), root.get("skipped")) == ("1", "1")
    assert not re.search("[^\t\n\x20-\x7e\xa0-\U0010ffff]", "".join(root.itertext()))
    check_junit(root)


_COUNTS = {"name", "tests", "failures", "errors", "skipped"}
JUNIT: dict[str, tuple[set[str], set[str], tuple[str, ...]]] = {
    "testsuites": (_COUNTS, set(), ("testsuite",)),
    "testsuite": (_COUNTS, set(), ("testcase",)),
    "testcase": ({"name", "classname"}, {"file", "line"}, ("skipped", "error", "failure", "system-out")),
    "skipped": (set(), {"message"}, ()),
    "error": ({"message", "type"}, set(), ()),
    "failure": ({"message", "type"}, set(), ()),
    "system-out": (set(), set(), ()),
}
"""What build servers read of JUnit's report: the attributes an element must and may have, and what it holds, in order."""


def check_junit(root: ElementTree.Element) -> None:
    """Hold a report against the form that build servers know, and its counts against what it counts."""
    assert root.tag == "testsuites"
    for element in root.iter():
        needed, allowed, below = JUNIT[element.tag]
        assert needed <= set(element.attrib) <= needed | allowed, element.tag
        places = [below.index(child.tag) for child in element]
        assert places == sorted(places), element.tag
    for owner in (root, *root):
        cases = list(owner.iter("testcase"))
        told = {name: int(owner.attrib[name]) for name in _COUNTS - {"name"}}
        assert told == {
            "tests": len(cases),
            "failures": len(list(owner.iter("failure"))),
            "errors": len(list(owner.iter("error"))),
            "skipped": len(list(owner.iter("skipped"))),
        }


def junit(run: Run) -> ElementTree.Element:
    return ElementTree.fromstring(findings_junit.report(run).encode())


def test_a_document_fails_once_whatever_is_wrong_with_it() -> None:
    root = junit(run_of(findings(), findings(message="worse", rule="SDN202"), findings("warning")))
    (failure,) = root.iter("failure")
    assert failure.get("message") == "SDN201: spec.x: wrong (and 1 more)"
    assert failure.get("type") == "SDN201"
    assert failure.text is not None
    assert failure.text.startswith("a.yaml:3:5: error: spec.x: wrong [SDN201]\n     3 |   x: 1\n")
    assert "worse" in failure.text
    (output,) = root.iter("system-out")
    assert "warning" in (output.text or "")


def test_warnings_fail_only_when_strict() -> None:
    warned = run_of(findings("warning"), findings("info"))
    assert junit(warned).get("failures") == "0"
    strict = junit(run_of(findings("warning"), findings("info"), strict=True))
    assert strict.get("failures") == "1"
    (output,) = strict.iter("system-out")
    assert "info" in (output.text or "")
    assert "warning" not in (output.text or "")


def test_documents_are_told_apart() -> None:
    documents = tuple(Checked("a.yaml", index, 1, f"Model m{index}", index == 2) for index in range(3))
    root = junit(run_of(findings(document=1), documents=documents))
    told = {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}
    assert told == {"Model m0": [], "Model m1": ["failure"], "Model m2": ["skipped"]}


def test_what_is_ignored_is_skipped_with_its_reason() -> None:
    ignored = Ignored(findings(), Ignore("SDN201", "the lab has one node", "a.yaml:2"))
    root = junit(run_of(ignored=(ignored,)))
    assert [case.get("name") for case in root.iter("testcase")] == ["Model m", "Model m: SDN201 ignored"]
    (skipped,) = root.iter("skipped")
    assert skipped.get("message") == "the lab has one node"


def test_a_run_that_found_no_manifest_is_no_success_anywhere() -> None:
    empty = run_of(counts=Counter(), documents=())
    assert [case.get("name") for case in junit(empty).iter("testcase")] == ["manifests"]
    assert junit(empty).get("errors") == "1"
    assert findings_github.report(empty) == "::error::no manifest in a.yaml\n"
    log = json.loads(findings_sarif.report(empty))
    assert check_sarif(log) == []
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False


def test_a_cluster_without_an_answer_shows_everywhere() -> None:
    run = run_of(trouble=InvalidInput("no route to the cluster"))
    assert "::error::no route to the cluster\n" in findings_github.report(run)
    assert junit(run).get("errors") == "1"
    log = json.loads(findings_sarif.report(run))
    check_sarif(log)
    assert log["runs"][0]["invocations"][0]["toolExecutionNotifications"]


def test_findings_that_are_not_kept_do_not_look_like_none() -> None:
    run = run_of(findings(), counts=Counter({"documents": 1, "error": 3, "left out": 2}))
    assert findings_github.report(run).endswith("\n::error::2 more findings are not shown\n")
    assert junit(run).get("errors") == "1"
    assert '"text": "2 more findings are not shown"' in findings_sarif.report(run)


@given(FILES.filter(bool), ANY.filter(bool), st.sampled_from(["error", "warning", "info"]))
@example(HOSTILE.replace("\0", ""), HOSTILE, "error")
@example("c:\\a b#?.yaml", "{0} [click](http://evil)", "info")
@example("/elsewhere/ä.yaml", "x", "info")
@example("/", "x", "error")  # a file's address of the root is nothing but file:///
def test_any_text_gives_valid_json(file: str, words: str, level: str) -> None:
    run = hostile_run(file, words, level)
    # As it is written: what UTF-8 cannot hold becomes an escape, which JSON knows too.
    json.loads(findings_json.report(run).encode("utf-8", "backslashreplace"))
    results = check_sarif(json.loads(findings_sarif.report(run).encode("utf-8", "backslashreplace")))
    for result in results:
        assert not re.search(r"\]\(|(?<!\{)\{(\{\{)*(?!\{)", result["message"]["text"])
    assert [len(result["suppressions"]) for result in results] == [0, 1]


def sarif(run: Run) -> list[dict[str, Any]]:
    return check_sarif(json.loads(findings_sarif.report(run)))


def marks(run: Run) -> list[str]:
    return [result["partialFingerprints"]["sednactl/v1"] for result in sarif(run)]


def test_fingerprints_outlive_moved_lines_and_nothing_else() -> None:
    was = marks(run_of(findings(), findings()))
    assert len(set(was)) == 2, "the same twice is two"
    assert marks(run_of(findings(line=90, column=1, source="x", hint="", document=4), findings())) == was
    for change in ({"message": "other"}, {"rule": "SDN202"}, {"file": "b.yaml"}, {"path": ("spec", "y")}):
        assert marks(run_of(findings(**change)))[0] not in was


def test_suppressions_say_where_and_why() -> None:
    inside = Ignored(findings(), Ignore("SDN201", "the lab has one node", "a.yaml:2"))
    outside = Ignored(findings(message="other"), Ignore("SDN201", "", "command line"))
    told = [result["suppressions"] for result in sarif(run_of(ignored=(inside, outside)))]
    assert told == [
        [
            {
                "kind": "inSource",
                "status": "accepted",
                "justification": "the lab has one node",
                "properties": {"by": "a.yaml:2"},
            }
        ],
        [{"kind": "external", "status": "accepted", "properties": {"by": "command line"}}],
    ]


def test_every_rule_of_the_book_can_be_described() -> None:
    from sednactl.validation.rulebook import rulebook

    every = [findings(rule=rule, message=rule) for rule in rulebook()]
    assert len(sarif(run_of(*every))) == len(every) > 50


def test_files_are_told_from_the_folder_of_the_sources_on(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "lab").mkdir()
    monkeypatch.chdir(tmp_path / "lab")
    assert relative("a.yaml", str(tmp_path)) == "lab/a.yaml"
    assert relative("../b.yaml", str(tmp_path)) == "b.yaml"
    assert relative(str(tmp_path / "lab" / "..hidden"), str(tmp_path / "lab")) == "..hidden"
    assert relative("../b.yaml", str(tmp_path / "lab")) == str(tmp_path / "b.yaml")
    assert (relative("-", "/"), relative("x/y", "")) == ("-", "x/y")
    assert folder_of_sources({}) == str(tmp_path / "lab")
    assert folder_of_sources({"GITHUB_WORKSPACE": str(tmp_path)}) == str(tmp_path)
    assert folder_of_sources({"GITHUB_WORKSPACE": "here"}) == str(tmp_path / "lab")


def test_places_are_taken_out_of_messages() -> None:
    assert place_of("a", InvalidInput("a:3:4: no")) == ("a", 3, 4, "no")
    assert place_of("a", InvalidInput("a: no such file")) == ("a", 0, 0, "no such file")
    assert place_of("a", InvalidInput("b:3:4: no")) == ("a", 0, 0, "b:3:4: no")


def test_outputs_are_read() -> None:
    assert outputs_of(()) == (Output("text"),)
    assert outputs_of(("sarif=a=b.sarif", "junit=-")) == (Output("sarif", "a=b.sarif"), Output("junit"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("xml",), "no report is called 'xml'"),
        (("xml=x",), "no report is called 'xml'"),
        (("sarif=",), "names no file"),
        (("text", "json=-"), "text and json would both go to standard output"),
        (("text=a", "json=./a"), "text and json would both go to the file ./a"),
    ],
)
def test_outputs_that_cannot_be_meant(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        outputs_of(words)


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    with real.open() as reader:
        write_file(str(link), "new \udcff")
        assert reader.read() == "old", "who reads still has the whole old one"
    assert link.is_symlink()
    assert (real.read_bytes(), real.stat().st_mode & 0o777) == (b"new \\udcff", 0o640)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


def test_what_is_no_file_is_written_to_and_stays(tmp_path: Path) -> None:
    write_file("/dev/null", "x")
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("name", ["", "missing/a", "a\0b"])
def test_a_file_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be written: "):
        write_file(f"{tmp_path}/{name}", "x")
    assert list(tmp_path.iterdir()) == []
