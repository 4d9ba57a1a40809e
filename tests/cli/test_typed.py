"""What kubectl's users type, and what they are told when it is not quite what there is."""

from __future__ import annotations

import pytest

from sednactl.cli.commands import as_kubectl_reads
from tests.conftest import RunSednactl


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("-n park get ji", "get -n park ji"),
        ("-npark get ji helmet", "get -npark ji helmet"),
        ("--namespace=park --context site get ji", "get --namespace=park --context site ji"),
        ("-n park get ji -n other", "get -n park ji -n other"),
        ("--as bob --as-group ops scale status helmet", "scale status --as bob --as-group ops helmet"),
        ("-n park create ji helmet", "create ji -n park helmet"),
        ("-n park scale", "scale"),
        ("create --sandbox ji helmet", "create ji --sandbox helmet"),
        ("scale -n park --context=site status helmet", "scale status -n park --context=site helmet"),
        ("--sandbox crd -v --kubeconfig file diff", "crd -v diff --sandbox --kubeconfig file"),
        ("-v -npark get ji", "-v get -npark ji"),
        ("--all-contexts cleanup ghost-instances", "cleanup ghost-instances --all-contexts"),
        ("create --sandbox --help", "create --help"),
        ("create -f values.yaml ji helmet", "create -f values.yaml ji helmet"),
        ("help scale watch", "scale watch --help"),
        ("help", "--help"),
        # nothing to move, or nowhere to move it to
        ("get ji -n park", "get ji -n park"),
        ("-v get ji", "-v get ji"),
        ("-n park", "-n park"),
        ("-n", "-n"),
        ("-n park nonsense", "-n park nonsense"),
        ("--version", "--version"),
    ],
)
def test_flags_before_the_command(typed: str, read: str) -> None:
    assert as_kubectl_reads(typed.split()) == read.split()


def test_a_namespace_before_the_command_reaches_it(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("--kubeconfig", "/nowhere/config", "get", "ji")
    assert (run.code, run.err.splitlines()[0]) == (3, "error: kubeconfig /nowhere/config: no such file")


@pytest.mark.parametrize(
    ("typed", "error", "hint"),
    [
        ("scale wtch", "there is no command 'wtch'", "did you mean 'watch'? try 'sednactl scale --help'"),
        (
            "cleanup ghosts",
            "there is no command 'ghosts'",
            "did you mean 'ghost-instances'? try 'sednactl cleanup --help'",
        ),
        (
            "completion",
            "missing argument 'SHELL'; choose from bash, zsh, fish",
            "try 'sednactl completion --help'",
        ),
        ("describe", "missing argument 'KIND NAME'", "try 'sednactl describe --help'"),
        ("delete", "nothing to delete was named", "for example: sednactl delete ji helmet"),
    ],
)
def test_what_is_missing_or_unknown_takes_two_lines(
    run_sednactl: RunSednactl, typed: str, error: str, hint: str
) -> None:
    run = run_sednactl(*typed.split())
    assert (run.code, run.out, run.err) == (2, "", f"error: {error}\nhint: {hint}\n")
