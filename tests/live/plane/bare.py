"""etcd and kube-apiserver alone: nothing else writes, so that what is stored is what was sent."""

from __future__ import annotations

from pathlib import Path

from tests.live.plane.api import Json
from tests.live.plane.definitions import await_definitions, sedna_definitions
from tests.live.plane.plane import OwnPlane


class BarePlane(OwnPlane):
    """A plane without controllers, nodes or a Global Manager, and without admission that adds to pods."""

    def _start(self, manager: Path | None) -> None:
        self._start_etcd()
        self._start_api_server(
            "--disable-admission-plugins=ServiceAccount,DefaultTolerationSeconds,Priority,TaintNodesByCondition"
        )
        await_definitions(self.api, sedna_definitions())

    def ask(
        self,
        method: str,
        path: str,
        body: Json | list[Json] | str | None = None,
        content_type: str = "application/json",
        **query: str,
    ) -> tuple[int, Json]:
        """Send one request with query parameters."""
        asked = "&".join(f"{key}={value}" for key, value in query.items())
        return self.api(method, f"{path}?{asked}" if asked else path, body, content_type)
