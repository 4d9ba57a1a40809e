"""Starts the control plane, or takes one that already runs, and offers what tests ask of it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.plane.api import Api, Json, eventually
from tests.live.plane.certificates import Identities, make_identities
from tests.live.plane.definitions import await_definitions, sedna_definitions
from tests.live.plane.global_manager import OurGlobalManager
from tests.live.plane.kubelet import StandInKubelet
from tests.live.plane.programs import RunningProgram, find_program, free_port, program_folder
from tests.live.plane.stored import store_definitions


class Plane:
    """A control plane with Sedna's CRDs. `own` tells that this test session started it."""

    own = False
    has_local_controller = False

    def __init__(self, kubeconfig: Path, *, has_global_manager: bool) -> None:
        self.kubeconfig = kubeconfig
        self.has_global_manager = has_global_manager
        self.api = Api(kubeconfig)

    @property
    def version(self) -> str:
        """Give the API server's version, e.g. `v1.32.13`."""
        return str(self.api.expect("GET", "/version")["gitVersion"])

    def takes_pods(self, namespace: str) -> bool:
        """Tell whether pods can be made in a namespace yet."""
        return service_account_exists(self.api, namespace)

    def kubectl(self, *arguments: str, input: str | None = None) -> str:
        """Run kubectl against the plane and give its output; skips the test where there is no kubectl."""
        program = find_program("kubectl")
        if program is None:
            pytest.skip("no kubectl on PATH or beside the control plane's programs")
        done = subprocess.run(
            [program, "--kubeconfig", str(self.kubeconfig), *arguments],
            input=input,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode:
            raise AssertionError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def kubeconfig_of(self, user: str) -> Path:
        """Give another identity's kubeconfig: `nobody`, `admin-certificate`; skips on a plane not our own."""
        pytest.skip(f"a running plane has no kubeconfig for {user} to offer")

    def set_load(self, namespace: str, pod_prefix: str, total_millicores: int | None) -> None:
        """Let the pods of that prefix use so much CPU together; None lets them idle."""
        pytest.skip("cannot set load on this plane")

    @contextlib.contextmanager
    def offline(self, node: str) -> Iterator[None]:
        """Keep a node off the network inside the block; skips on a plane not our own."""
        pytest.skip(f"cannot take {node} of a running plane offline")
        yield

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let the API server hang inside the block; skips on a plane not our own."""
        pytest.skip("cannot freeze a running plane")
        yield

    def restart_api_server(self) -> None:
        """Stop the API server and start it again on the same address; skips on a plane not our own."""
        pytest.skip("cannot restart a running plane")

    def refresh_global_manager(self) -> None:
        """Start the Global Manager anew, so that it lists what it cannot follow; does nothing on a plane not our own."""

    def stop_api_server(self) -> None:
        """Stop the API server until `restart_api_server`; skips on a plane not our own."""
        pytest.skip("cannot stop a running plane")


class ForeignPlane(Plane):
    """A plane that somebody else started, named by SEDNACTL_TEST_KUBECONFIG.

    SEDNACTL_TEST_GLOBAL_MANAGER=0 says that no real Global Manager works there.
    Load is set through the file $SEDNACTL_TEST_LOAD_FILE, or run/usage.json beside the kubeconfig,
    a JSON object of `NAMESPACE/POD-PREFIX` to `total:900m`, if the plane's kubelet reads such a file.
    """

    def __init__(self, kubeconfig: Path) -> None:
        manager = os.environ.get("SEDNACTL_TEST_GLOBAL_MANAGER", "1") != "0"
        super().__init__(kubeconfig, has_global_manager=manager)
        named = os.environ.get("SEDNACTL_TEST_LOAD_FILE")
        self._loads = Path(named) if named else kubeconfig.parent / "run" / "usage.json"

    def set_load(self, namespace: str, pod_prefix: str, total_millicores: int | None) -> None:
        if not self._loads.parent.is_dir():
            pytest.skip("this running plane has no file by which load is set")
        rules: Json = {}
        with contextlib.suppress(OSError, ValueError):
            rules = json.loads(self._loads.read_text())
        key = f"{namespace}/{pod_prefix}"
        rules.pop(key, None)
        if total_millicores is not None:
            rules[key] = f"total:{total_millicores}m"
        fresh = self._loads.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(rules))
        fresh.replace(self._loads)


class OwnPlane(Plane):
    """A plane of this test session: every program on a free port of the loopback, all files in one folder.

    SEDNACTL_TEST_GLOBAL_MANAGER=0 takes the sandbox's Global Manager even where the real one lies beside;
    `with_global_manager` False starts none.
    """

    own = True

    def __init__(self, folder: Path, *, with_global_manager: bool = True) -> None:
        self._folder = folder
        self._programs: list[RunningProgram] = []
        self._kubelet: StandInKubelet | None = None
        self._manager: OurGlobalManager | None = None
        self._real_manager: RunningProgram | None = None
        self._etcd, self._port = free_port(), free_port()
        self._identities: Identities = make_identities(folder / "pki", f"https://127.0.0.1:{self._port}")
        super().__init__(self._identities.kubeconfigs["admin"], has_global_manager=with_global_manager)
        wanted = with_global_manager and os.environ.get("SEDNACTL_TEST_GLOBAL_MANAGER", "1") != "0"
        try:
            self._start(find_program_beside("sedna-gm") if wanted else None)
        except BaseException:
            self.stop()
            raise

    def kubeconfig_of(self, user: str) -> Path:
        return self._identities.kubeconfigs[user]

    def set_load(self, namespace: str, pod_prefix: str, total_millicores: int | None) -> None:
        assert self._kubelet is not None
        self._kubelet.set_load(namespace, pod_prefix, total_millicores)

    @contextlib.contextmanager
    def offline(self, node: str) -> Iterator[None]:
        assert self._kubelet is not None
        self._kubelet.take_offline(node)
        try:
            yield
        finally:
            self._kubelet.bring_online(node)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        self._api_server.pause()
        try:
            yield
        finally:
            self._api_server.resume()

    def stop_api_server(self) -> None:
        self._api_server.stop()
        self._programs.remove(self._api_server)

    def restart_api_server(self) -> None:
        if self._api_server in self._programs:
            self.stop_api_server()
        self._start_api_server()

    def refresh_global_manager(self) -> None:
        if self._real_manager is not None:
            self._real_manager.stop()
            self._programs.remove(self._real_manager)
            self._real_manager = self.start_real_global_manager()

    def stop(self) -> None:
        """Stop everything, last started first."""
        for part in (self._manager, self._kubelet):
            if part is not None:
                part.stop()
        for program in reversed(self._programs):
            program.stop()
        self._programs.clear()

    # -- starting ----------------------------------------------------------

    def _launch(self, name: str, *arguments: str) -> RunningProgram:
        log = self._folder / f"{name}.log"
        program = RunningProgram(name, [program_folder() / name, *arguments], log)
        self._programs.append(program)
        return program

    def _start(self, manager: Path | None) -> None:
        self._start_etcd()
        self._start_api_server()
        self._start_controllers()
        await_definitions(self.api, sedna_definitions())
        self._kubelet = StandInKubelet(self.api)
        self._kubelet.start()
        if manager is not None:
            self._real_manager = self.start_real_global_manager()
        elif self.has_global_manager:
            self._manager = OurGlobalManager(self.kubeconfig)
            self._manager.start()
        eventually(lambda: service_account_exists(self.api, "default"), what="the controllers at work")

    def _start_etcd(self) -> None:
        peers, clients = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{self._etcd}"
        self._launch(
            "etcd",
            "--name=test",
            f"--data-dir={self._folder / 'etcd'}",
            f"--listen-client-urls={clients}",
            f"--advertise-client-urls={clients}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=test={peers}",
            "--unsafe-no-fsync",
            "--log-level=warn",
        )
        store_definitions(self._etcd, sedna_definitions())

    def _start_api_server(self, *more: str) -> None:
        files = self._identities
        self._api_server = self._launch(
            "kube-apiserver",
            f"--etcd-servers=http://127.0.0.1:{self._etcd}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            f"--secure-port={self._port}",
            f"--cert-dir={self._folder / 'certs'}",
            f"--tls-cert-file={files.serving_certificate}",
            f"--tls-private-key-file={files.serving_key}",
            f"--client-ca-file={files.authority}",
            f"--token-auth-file={files.token_file}",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={files.service_account_key}",
            f"--service-account-signing-key-file={files.service_account_key}",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--allow-privileged=true",
            *more,
        )
        eventually(self._answers, timeout=120, what="the API server ready")

    def _answers(self) -> bool:
        for program in self._programs:
            program.check()
        try:
            return self.api("GET", "/readyz")[0] == 200
        except OSError:
            time.sleep(0.2)
            return False

    def _start_controllers(self) -> None:
        kubeconfig = self._identities.kubeconfigs["system:kube-controller-manager"]
        self._launch(
            "kube-controller-manager",
            f"--kubeconfig={kubeconfig}",
            "--secure-port=0",
            "--leader-elect=false",
            f"--service-account-private-key-file={self._identities.service_account_key}",
            f"--root-ca-file={self._identities.authority}",
            "--use-service-account-credentials=true",
            # The autoscaler's waits, shortened so that a test sees both ways of scaling in seconds.
            "--horizontal-pod-autoscaler-sync-period=2s",
            "--horizontal-pod-autoscaler-cpu-initialization-period=1s",
            "--horizontal-pod-autoscaler-initial-readiness-delay=1s",
            "--horizontal-pod-autoscaler-downscale-stabilization=6s",
        )

    def start_real_global_manager(self, namespace: str = "") -> RunningProgram:
        """Start Sedna's own program for one namespace, "" for all."""
        program = real_global_manager(self._folder, self.kubeconfig, namespace)
        self._programs.append(program)
        return program


def real_global_manager(folder: Path, kubeconfig: Path, namespace: str = "") -> RunningProgram:
    """Start Sedna's own Global Manager on a cluster, for one namespace or "" for all; its files lie in `folder`."""
    config = folder / "global-manager.yaml"
    settings = {
        "kubeConfig": str(kubeconfig),
        "master": "",
        "namespace": namespace,
        "websocket": {"address": "127.0.0.1", "port": free_port()},
        "localController": {"server": "http://localhost:9100"},
    }
    config.write_text(json.dumps(settings))
    name = "sedna-gm"
    command: list[str | Path] = [program_folder() / name, f"--config={config}", "-v=2"]
    return RunningProgram(name, command, folder / f"{name}.log")


def find_program_beside(name: str) -> Path | None:
    """Give a program only if it lies beside the control plane's."""
    path = program_folder() / name
    return path if os.access(path, os.X_OK) else None


def service_account_exists(api: Api, namespace: str) -> bool:
    """Tell whether pods can be made in a namespace yet."""
    return api("GET", f"/api/v1/namespaces/{namespace}/serviceaccounts/default")[0] == 200
