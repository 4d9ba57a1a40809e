"""What simulating and recommending are given: the service, its variants, a load; and a bar while they work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sednactl.cluster.access import ClusterAccess
from sednactl.errors import InvalidInput, NotFound, UsageError
from sednactl.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable

    from sednactl.cli.scale_trial import LoadUnit
    from sednactl.scaling.controller_settings import ControllerSettings
    from sednactl.scaling.loads import Load
    from sednactl.scaling.service_plan import Assumptions, Variant
    from sednactl.scaling.simulation import Plan


def read_load_option(
    load: str, rps: str, unit: LoadUnit | None, service: str | None, surroundings: Surroundings
) -> Load:
    """Read `--load`: a named one, else a file. Raises InvalidInput, UsageError."""
    from sednactl.cli.scale_assumptions import number
    from sednactl.scaling.load_profiles import PROFILES
    from sednactl.scaling.loads import load_of

    ordinary = number(rps, "--rps", least=0)
    if load in PROFILES:
        return load_of(PROFILES[load], ordinary)
    from sednactl.manifests.sources import Source
    from sednactl.scaling.load_reading import read_load

    try:
        data = Source(load, surroundings).read()
    except InvalidInput as error:
        names = ", ".join(PROFILES)
        raise InvalidInput(error.message, hint=f"name a file, or one of {names}") from error
    return read_load(data, load, None if unit is None else unit.value, service)


def read_variants(
    access: ClusterAccess,
    name: str | None,
    file: str | None,
    compare: Sequence[str],
    fixed: Sequence[str],
    sweep: Sequence[str],
    surroundings: Surroundings,
) -> list[Variant]:
    """Give the service of -f or NAME, then those to compare it with. Raises InvalidInput, UsageError, NotFound."""
    from sednactl.scaling.variants import fixed as at_fixed
    from sednactl.scaling.variants import swept

    if (name is None) == (file is None):
        raise UsageError("which service?", hint="give a manifest with -f, or the name of a running service")
    if file is not None:
        first = _from_file(file, surroundings)
    else:
        first = _from_cluster(access, str(name), surroundings)
    found = [first, *(_from_file(other, surroundings) for other in compare)]
    found += [at_fixed(first, text) for text in fixed]
    return found + (swept(first, sweep) if sweep else [])


def _from_file(file: str, surroundings: Surroundings) -> Variant:
    from sednactl.cli.reading_manifests import manifests_from
    from sednactl.scaling.service_plan import variant_of

    manifests = manifests_from([file], recursive=False, surroundings=surroundings, schema_only=True)
    services = [one for one in manifests if one.get("kind") == "JointInferenceService"]
    if len(services) != 1:
        raise InvalidInput(
            f"{file}: {len(services) or 'no'} JointInferenceServices", hint="give a file that holds one"
        )
    return variant_of(services[0], file.rpartition("/")[2] if file != "-" else "standard input")


def _from_cluster(access: ClusterAccess, name: str, surroundings: Surroundings) -> Variant:
    from sednactl.cluster.door import open_cluster
    from sednactl.scaling.service_plan import variant_of
    from sednactl.sedna.kinds import JOINT_INFERENCE

    cluster = open_cluster(access, surroundings)
    try:
        found = cluster.find(JOINT_INFERENCE.resource, name, cluster.namespace)
        namespace = cluster.namespace
    finally:
        cluster.close()
    if found is None:
        raise NotFound(
            f"there is no JointInferenceService {name} in namespace {namespace}",
            status=404,
            reason="NotFound",
            hint="'sednactl get ji -A' lists all",
        )
    return variant_of(found, name)


class SampledPlans:
    """Makes plans of one load; the load is read out a step once for all plans that turn it the same way."""

    def __init__(
        self, load: Load, assumed: Assumptions, settings: ControllerSettings, seconds: float
    ) -> None:
        self._arguments = (load, assumed, settings, seconds)
        self._sampled: tuple[Sequence[float], Sequence[float]] | None = None

    def build(self, variant: Variant) -> Plan:
        """Give a variant's plan. Raises InvalidInput for a side that cannot be simulated."""
        from dataclasses import replace

        from sednactl.scaling.service_plan import plan_of

        load, assumed, settings, seconds = self._arguments
        if self._sampled is None:
            plan, _ = plan_of(variant, load, assumed, settings, seconds, {})
            self._sampled = plan.edge_load, plan.cloud_load
            return plan
        plan, _ = plan_of(variant, load, assumed, settings, settings.sync_period, {})
        return replace(plan, edge_load=self._sampled[0], cloud_load=self._sampled[1])


@contextmanager
def progress(surroundings: Surroundings, total: int) -> Iterator[Callable[[], object]]:
    """Show a bar on a terminal's standard error where there is something to wait for."""
    if total < 10 or not surroundings.moving(surroundings.stderr):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=surroundings.stderr), transient=True) as progress:
        task = progress.add_task("variants", total=total)
        yield lambda: progress.advance(task)
