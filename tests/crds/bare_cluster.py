"""An API server of the sandbox with no controllers: definitions are served, nothing else happens."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sednactl.cli.main import run
from sednactl.cluster.client import HttpCluster
from sednactl.sandbox.api.access import kubeconfig, new_tokens, users_by_token
from sednactl.sandbox.api.bootstrap import furnish
from sednactl.sandbox.api.certificates import make_certificate
from sednactl.sandbox.api.http import HttpFront
from sednactl.sandbox.api.in_process import in_process_cluster
from sednactl.sandbox.api.requests import Request
from sednactl.sandbox.api.rights import ADMIN
from sednactl.sandbox.api.server import ApiServer
from sednactl.sandbox.clock import Clock
from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.releases import release_named
from sednactl.sedna.resources import CRD, DEPLOYMENT, Resource
from sednactl.surroundings import Surroundings
from sednactl.validation.crd import crd_of
from sednactl.validation.crd_state import definition_name
from tests.command import CompletedRun

Json = dict[str, Any]


class BareCluster:
    """One API server on the loopback. `on_request` is called with each request, on the server's own thread."""

    def __init__(self, folder: Path) -> None:
        clock = Clock()
        self.server = ApiServer(clock)
        furnish(self.server)
        self.on_request: Callable[[Request], None] = lambda _: None
        answer = self.server.handle

        def handle(request: Request) -> Any:
            self.on_request(request)
            return answer(request)

        self.server.handle = handle  # type: ignore[method-assign]
        tokens, certificate = new_tokens(), make_certificate()
        self.front = HttpFront(self.server, clock, users_by_token(tokens), certificate)
        self.cluster: HttpCluster = in_process_cluster(self.server, ADMIN, _silent({}))
        self.kubeconfig = folder / "kubeconfig"
        self._text = {
            user: kubeconfig(self.front.url, certificate.authority, token) for user, token in tokens.items()
        }
        self.kubeconfig.write_text(self._text["admin"])
        self.front.start()

    def stop(self) -> None:
        """End serving."""
        self.front.stop()

    def install(self, release: str, *kinds: str, manager: str = "sednactl") -> None:
        """Create a release's definitions as a field manager would that does not apply."""
        for kind in kinds or BY_KIND:
            body = crd_of(kind, release_named(release))
            path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
            self.cluster.request("POST", path, query={"fieldManager": manager}, body=body)

    def run_manager(self, tag: str) -> None:
        """Let there be a Global Manager's Deployment with an image of this tag."""
        pod = {
            "metadata": {"labels": {"a": "b"}},
            "spec": {"containers": [{"name": "gm", "image": f"gm:{tag}"}]},
        }
        spec = {"selector": {"matchLabels": {"a": "b"}}, "template": pod}
        self.create(DEPLOYMENT, {"metadata": {"name": "gm", "namespace": "sedna"}, "spec": spec})

    def create(self, resource: Resource, content: Json) -> None:
        """Create an object of a kind."""
        self.cluster.create(resource, {"apiVersion": resource.api_version, "kind": resource.kind, **content})

    def definition(self, kind: str) -> Json | None:
        """Give a definition as it is stored."""
        return self.cluster.find(CRD, definition_name(kind))

    def __call__(self, *arguments: str) -> CompletedRun:
        """Run the command in this process."""
        return self._run(arguments, self._surroundings())

    def at_once(self, *arguments: str) -> CompletedRun:
        """Run it on a clock that only its own waits move, so that trying again costs nothing."""
        slept: list[float] = []
        own = self._surroundings()._replace(monotonic=lambda: sum(slept), sleep=slept.append)
        return self._run(arguments, own)

    def _surroundings(self) -> Surroundings:
        return Surroundings(io.StringIO(), io.StringIO(), io.StringIO(), {"KUBECONFIG": str(self.kubeconfig)})

    def _run(self, arguments: Sequence[str], surroundings: Surroundings) -> CompletedRun:
        code = run(arguments, surroundings)
        out, err = cast(Any, surroundings.stdout), cast(Any, surroundings.stderr)
        return CompletedRun(code, out.getvalue(), err.getvalue())


@contextmanager
def bare_cluster(folder: Path) -> Iterator[BareCluster]:
    """Give a server for the time of a block."""
    bare = BareCluster(folder)
    try:
        yield bare
    finally:
        bare.stop()


def _silent(environ: dict[str, str]) -> Surroundings:
    nothing = io.StringIO()
    return Surroundings(nothing, nothing, nothing, environ)
