"""`sednactl demo`: the whole story in a sandbox of its own, in under a minute."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.errors import ExitCode, SednactlError

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.surroundings import Surroundings

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_READING_A_SCENE, _READING_AN_ANSWER = 1.5, 0.7
"""Seconds left to a person, who reads slower than the sandbox acts; nobody waits off a terminal."""

SPEED = 30.0
"""How fast time runs: an autoscaler's five minutes pass in ten seconds, and every step can still be seen."""


class DemoFailed(SednactlError):
    """A step did not end as the story tells."""


@app.command()
def demo(
    ctx: typer.Context,
    keep: Annotated[
        str | None,
        typer.Option("--keep", metavar="DIR", help="Leave the story's files in this folder."),
    ] = None,
) -> int:
    """Play the whole story in a sandbox of its own: scale, repair, find ghosts, clean up.

    Helmet detection at the gates of an industrial park: shift change brings four times the load and both sides scale; somebody deletes
    a Deployment; ghosts of an older Sedna block a new service and are cleaned up.
    Takes under a minute, needs no cluster and touches none.

    \b
    Examples:
      sednactl demo
      sednactl demo --keep helmets
    """
    import tempfile

    from sednactl.sandbox.place import Wishes, place_of
    from sednactl.sandbox.starting import start, stop

    surroundings: Surroundings = ctx.obj
    with tempfile.TemporaryDirectory(prefix="sednactl-demo-") as folder:
        environ = {**surroundings.environ, "XDG_STATE_HOME": folder}  # a sandbox beside the user's own
        place = place_of(environ)
        files = Path(keep).expanduser() if keep else Path(folder)
        files.mkdir(parents=True, exist_ok=True)
        environ["KUBECONFIG"] = start(place, Wishes(speed=SPEED)).kubeconfig
        try:
            # One stream, so that what is said and what commands answer stay in order.
            _Stage(surroundings._replace(environ=environ, stderr=surroundings.stdout), files).play()
        finally:
            stop(place)
    return ExitCode.DONE


class _Stage:
    """Where the story is told and its commands are run, each as the user would type it."""

    def __init__(self, surroundings: Surroundings, folder: Path) -> None:
        self._surroundings = surroundings
        self._folder = folder
        self._read = surroundings.moving(surroundings.stdout)
        self._bold = surroundings.colour(surroundings.stdout)

    def play(self) -> None:
        """Tell the story from the first service to an empty namespace."""
        self._begin()
        self._shift_change()
        self._mistake()
        self._ghosts()
        self._end()

    def _begin(self) -> None:
        self._say(
            "An industrial park. A little model at each gate tells who wears a helmet; a big one in the\n"
            "cloud looks at the pictures that are hard. Both sides may scale, each by its own load."
        )
        for size in ("little", "big"):
            self._run(f"sednactl create model helmet-{size} --url /models/{size}.pb --format pb")
        self._run(
            "sednactl create ji helmet --edge-model helmet-little --edge-image example/little:v1"
            " --edge-node edge-1 --edge-request cpu=50m --edge-hpa min=1,max=2,cpu=50%"
            " --cloud-model helmet-big --cloud-image example/big:v1 --cloud-request cpu=1"
            " --cloud-hpa min=1,max=5,cpu=20% --hem IBT --wait"
        )
        self._run("sednactl sandbox load helmet --profile steady")
        self._run("sednactl scale watch helmet --until 'edge.utilization.cpu>0 and cloud.utilization.cpu>0'")
        self._run("sednactl get ji")
        self._remark("Sedna claims Failed although everything runs. sednactl looks at the children instead.")

    def _shift_change(self) -> None:
        self._say("Shift change: four times as many people at the gates. Watch both sides.")
        self._run("sednactl sandbox load helmet --profile steady --times 4")
        self._run("sednactl scale watch helmet --until 'edge.ready==edge.max and cloud.ready>=4'")
        self._remark("The edge is at its maximum and says so; the cloud took four replicas.")
        self._say("The rush is over. After five quiet minutes (ten seconds here) replicas follow.")
        self._run("sednactl sandbox load helmet --profile steady")
        self._run("sednactl scale watch helmet --until 'cloud.replicas==1 and edge.replicas==1'")

    def _mistake(self) -> None:
        self._say("Somebody deletes a running Deployment by mistake. Sedna 0.7 makes it again at once.")
        from sednactl.sedna.resources import DEPLOYMENT

        self._with_cluster(
            "kubectl delete deployment helmet-deployment-edge",
            lambda cluster: cluster.delete(DEPLOYMENT, "helmet-deployment-edge"),
        )
        self._run("sednactl wait ji helmet --for=running")
        self._run("sednactl tree ji helmet")

    def _ghosts(self) -> None:
        from sednactl.sandbox.ghost_story import leave_ghosts

        self._say(
            "Years ago Sedna 0.6 ran a service called gate here. It was deleted; its instances stayed.\n"
            "Today somebody wants to run a new gate."
        )
        self._with_cluster(None, lambda cluster: leave_ghosts(cluster, "gate"))
        self._run(
            "sednactl create ji gate --edge-model helmet-little --edge-image example/little:v1"
            " --cloud-model helmet-big --cloud-image example/big:v1 --dry-run=client -o yaml > gate.yaml"
        )
        self._run("sednactl apply -f gate.yaml", ExitCode.REFUSED)
        self._remark("Refused before anything was sent: the new service would have come up half and blind.")
        self._run("sednactl cleanup ghost-instances --older-than 0s", ExitCode.FOUND)
        self._remark("Listing changes nothing. With --yes the whole objects go into a bundle first.")
        self._run("sednactl cleanup ghost-instances --older-than 0s --yes --backup ghosts.jsonl")
        self._run("sednactl apply -f gate.yaml")
        self._run("sednactl wait ji gate --for=running")

    def _end(self) -> None:
        self._say("And home: what goes is told first, and nothing is left.")
        self._run("sednactl delete ji helmet gate --yes")
        self._run("sednactl delete model helmet-little helmet-big --yes")
        self._run("sednactl cleanup ghost-instances --older-than 0s")
        self._say("That was the sandbox. Your own: sednactl sandbox up --speed 10")

    def _say(self, text: str) -> None:
        self._write(f"\n{self._loud(text)}\n")
        self._leave_time(_READING_A_SCENE)

    def _remark(self, text: str) -> None:
        self._write(f"# {text}\n")

    def _run(self, command: str, expected: int = ExitCode.DONE) -> None:
        """Show a command and run it. Raises DemoFailed where its exit code is another than expected."""
        from sednactl.cli.main import run

        self._write(self._loud(f"$ {command}") + "\n")
        words = shlex.split(command)
        arguments = self._in_folder(words[1:])
        surroundings = self._surroundings
        code: int
        if ">" in arguments:
            file = Path(arguments[-1])
            with file.open("w", encoding="utf-8") as out:
                code = run(arguments[:-2], surroundings._replace(stdout=out))
        else:
            code = run(arguments, surroundings)
        if code == ExitCode.INTERRUPTED:
            raise KeyboardInterrupt
        if code != expected:
            raise DemoFailed(f"'{command}' ended with {code}, not {int(expected)}")
        if code:
            self._remark(f"exit code {code}")
        self._leave_time(_READING_AN_ANSWER)

    def _with_cluster(self, shown: str | None, act: Callable[[Cluster], object]) -> None:
        from sednactl.cluster.access import ClusterAccess
        from sednactl.cluster.door import open_cluster

        if shown is not None:
            self._write(self._loud(f"$ {shown}") + "\n")
        cluster = open_cluster(ClusterAccess(), self._surroundings)
        try:
            act(cluster)
        finally:
            cluster.close()

    def _leave_time(self, seconds: float) -> None:
        if self._read:
            self._surroundings.sleep(seconds)

    def _in_folder(self, words: Sequence[str]) -> list[str]:
        files = ("gate.yaml", "ghosts.jsonl")
        return [str(self._folder / word) if word in files else word for word in words]

    def _loud(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self._bold else text

    def _write(self, text: str) -> None:
        self._surroundings.stdout.write(text)
        self._surroundings.stdout.flush()
