"""Addresses of services: 10.96.0.0/16, each given once; the first is for the API server's own."""

from __future__ import annotations

import threading

from sednactl.sandbox.api.text import Json

FIRST, LAST = 1, 62500
NODE_PORTS = (30000, 32767)


class ClusterAddresses:
    """Gives out cluster IPs and node ports; a taken one is not given again until it is freed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._addresses: set[str] = set()
        self._ports: set[int] = set()
        self._next = FIRST

    def take(self, wanted: str = "") -> str | None:
        """Give the address that is wanted, or any (empty); None where it is taken or none is left."""
        with self._lock:
            if wanted:
                if wanted in self._addresses:
                    return None
                self._addresses.add(wanted)
                return wanted
            for _ in range(FIRST, LAST):
                candidate = f"10.96.{self._next // 250}.{self._next % 250 + 1}"
                self._next = self._next + 1 if self._next < LAST else FIRST
                if candidate not in self._addresses:
                    self._addresses.add(candidate)
                    return candidate
            return None

    def take_port(self, wanted: int = 0) -> int | None:
        """Give a node port, the wanted one or any (0); None where there is none."""
        with self._lock:
            candidates = (wanted,) if wanted else range(NODE_PORTS[0], NODE_PORTS[1] + 1)
            for port in candidates:
                if port not in self._ports:
                    self._ports.add(port)
                    return port
            return None

    def remember(self, service: Json) -> None:
        """Count what a service that was there before has as taken."""
        spec = service.get("spec") or {}
        with self._lock:
            self._addresses.update(one for one in (spec.get("clusterIP"),) if one and one != "None")
            self._ports.update(port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort"))

    def free(self, address: str, ports: tuple[int, ...] = ()) -> None:
        """Take an address and ports back."""
        with self._lock:
            self._addresses.discard(address)
            self._ports.difference_update(ports)
