"""What people see: tables, lines and live pictures, at the sizes terminals have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sednactl.cluster.door import Change
from sednactl.render.columns import width
from sednactl.render.scale_frame import HEADS, Wanted, layouts
from sednactl.render.scale_live import LiveView, Title
from sednactl.render.scale_table import PlainLines, amount, size, table, unknown_metrics
from sednactl.scaling.history import BARS, History, sparkline
from sednactl.scaling.metrics import ScaleMetric
from sednactl.scaling.snapshot import ScaleSnapshot, snapshots_of
from sednactl.scaling.watching import News, ScaleFold, Scope, selections
from tests.golden import check_golden
from tests.scaling import objects as o

JI, DEPLOYMENTS, HPAS = selections(Scope(None))
WHERE = {"JointInferenceService": JI, "Deployment": DEPLOYMENTS, "HorizontalPodAutoscaler": HPAS}
Step = tuple[float, str, dict[str, Any]]

SEED = "helmet-detection-inference-example"
"""The service of the article's third appendix, whose `kubectl get hpa -w` is to be equalled."""


def seed_hpa(side: str, percent: int, target: int, top: int, at_max: bool = False) -> dict[str, Any]:
    return o.hpa(
        side, name=SEED, maximum=top, specs=[o.cpu(target)], readings=[o.cpu_reading(percent)],
        conditions=o.AT_MAX if at_max else o.FINE,
    )  # fmt: skip


def shift_change() -> list[Step]:
    """The appendix's four moments, as changes: 92 s, 106 s, 121 s and 136 s after the start."""
    return [
        (0, "added", o.workload(SEED)),
        (0, "added", o.deployment("cloud", name=SEED, wanted=3)),
        (0, "added", o.deployment("edge", name=SEED, wanted=2)),
        (0, "added", seed_hpa("cloud", 37, 20, 5)),
        (0, "added", seed_hpa("edge", 348, 50, 2, at_max=True)),
        (14, "modified", o.deployment("cloud", name=SEED, wanted=4, ready=3)),
        (14, "modified", seed_hpa("edge", 535, 50, 2, at_max=True)),
        (16, "modified", o.deployment("cloud", name=SEED, wanted=4)),
        (29, "modified", seed_hpa("cloud", 18, 20, 5)),
        (29, "modified", seed_hpa("edge", 769, 50, 2, at_max=True)),
        (44, "modified", seed_hpa("cloud", 12, 20, 5)),
    ]


def news_of(steps: list[Step]) -> Iterator[tuple[News, datetime]]:
    fold = ScaleFold(Scope(None))
    synced = False
    for at, type_, item in steps:
        now = o.NOW + timedelta(seconds=at)
        if at > 0 and not synced:
            synced = True
            yield from sync(fold)
        for news in fold.step(Change(type_, WHERE[item["kind"]], item), now):  # type: ignore[arg-type]
            yield news, now
    if not synced:
        yield from sync(fold)


def sync(fold: ScaleFold) -> Iterator[tuple[News, datetime]]:
    for selection in (JI, DEPLOYMENTS, HPAS):
        for news in fold.step(Change("synced", selection), o.NOW):
            yield news, o.NOW


def view_of(steps: list[Step], **options: Any) -> LiveView:
    options = {"namespaces": False, "wide": False, **options}
    title = options.pop("title", Title("cp", "namespace park"))
    view = LiveView(title, **options)
    for news, now in news_of(steps):
        view.tell(news, now)
    return view


def park() -> list[Step]:
    """Services in every state there is."""
    ghost = o.hpa(name="ghosted", uid="gone", owned=False)
    items = [
        o.workload("calm"), o.deployment("cloud", name="calm"), o.deployment("edge", name="calm"),
        o.hpa(name="calm"), o.hpa("edge", name="calm"),
        o.workload("full"), o.deployment("cloud", name="full", wanted=5), o.deployment("edge", name="full"),
        o.hpa(name="full", conditions=o.AT_MAX, readings=[o.cpu_reading(91)]), o.hpa("edge", name="full"),
        o.workload("growing", hpa="cloud"), o.deployment("cloud", name="growing", wanted=4, current=3, ready=1),
        o.deployment("edge", name="growing"), o.hpa(name="growing", readings=[o.cpu_reading(80)]),
        o.workload("unmeasured"), o.deployment("cloud", name="unmeasured"), o.deployment("edge", name="unmeasured"),
        o.hpa(name="unmeasured", conditions=o.NO_METRICS, readings=[]),
        o.hpa("edge", name="unmeasured", conditions=o.NO_METRICS, readings=[]),
        o.workload("ghosted", hpa=""), o.deployment("cloud", name="ghosted"), ghost,
        o.workload("stranger", hpa=""), o.deployment("cloud", name="stranger"),
        o.foreign(o.hpa(name="stranger", called="my-own")), o.deployment("edge", name="stranger", wanted=2),
    ]  # fmt: skip
    return [(0, "added", item) for item in items]


def snapshots(steps: list[Step]) -> list[ScaleSnapshot]:
    kinds: dict[str, dict[str, Any]] = {kind: {} for kind in WHERE}
    for _at, _type, item in steps:
        kinds[item["kind"]][item["metadata"]["name"]] = item
    return snapshots_of(*(list(found.values()) for found in kinds.values()), [], o.NOW)  # type: ignore[arg-type,call-arg]


@pytest.mark.parametrize(("wide", "namespaces"), [(False, False), (True, False), (False, True)])
def test_status_tables(wide: bool, namespaces: bool) -> None:
    name = "wide" if wide else "all" if namespaces else "table"
    check_golden(
        f"scaling/status-{name}.txt", table(snapshots(park()), o.NOW, namespaces=namespaces, wide=wide)
    )


def test_unknown_metrics_are_explained() -> None:
    told = unknown_metrics(snapshots(park()))
    assert [line.partition(":")[0] for line in told] == ["park/unmeasured cloud", "park/unmeasured edge"]
    assert all("the server could not find the requested resource" in line for line in told)


def lines_of(steps: list[Step], **options: Any) -> tuple[str, str]:
    out: list[str] = []
    err: list[str] = []
    lines = PlainLines(out.append, err.append, **{"namespaces": False, "wide": False, **options})
    for news, now in news_of(steps):
        lines.tell(news, now)
    return "".join(out), "".join(err)


def test_the_article_s_shift_change_as_lines() -> None:
    out, err = lines_of(shift_change())
    assert err == ""
    check_golden("scaling/watch-lines.txt", out)
    # At least what kubectl shows: who, reading/target, min, max, replicas, age.
    for percent, target in (
        ("37%", "20%"),
        ("18%", "20%"),
        ("12%", "20%"),
        ("348%", "50%"),
        ("535%", "50%"),
        ("769%", "50%"),
    ):
        assert f"cpu {percent}/{target}" in out


def test_lines_tell_only_the_side_that_changed_and_say_when_a_service_goes() -> None:
    steps = [*shift_change()[:5], (3, "modified", o.deployment("edge", name=SEED, wanted=1))]
    steps.append((9, "deleted", o.workload(SEED)))
    out, _ = lines_of(steps)
    assert len(out.splitlines()) == 1 + 2 + 1 + 1
    assert out.splitlines()[-2].split()[2] == "edge"
    assert out.splitlines()[-1].endswith("service deleted")


def test_lines_say_that_there_is_nothing_and_that_the_connection_is_lost() -> None:
    notes: list[str] = []
    out: list[str] = []
    lines = PlainLines(out.append, notes.append, namespaces=False, wide=False)
    for news in (News("synced"), News("lost", detail="reset \x1b[2J"), News("regained")):
        lines.tell(news, o.NOW)
    assert out == []
    assert notes == [
        "no JointInferenceServices yet\n",
        "connection lost, trying again: reset \\x1b[2J\n",
        "connected again\n",
    ]


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 40), (60, 10), (34, 6)])
def test_the_article_s_shift_change_live(columns: int, lines: int) -> None:
    view = view_of(shift_change())
    picture = view.picture(columns, lines, o.NOW + timedelta(seconds=46))
    check_golden(f"scaling/live-{columns}x{lines}.txt", "\n".join(picture) + "\n")


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 40), (60, 10)])
def test_every_state_live(columns: int, lines: int) -> None:
    view = view_of(park(), namespaces=True, title=Title("cp", "all namespaces"))
    picture = view.picture(columns, lines, o.NOW + timedelta(seconds=1))
    check_golden(f"scaling/live-park-{columns}x{lines}.txt", "\n".join(picture) + "\n")


def test_waiting_losing_and_deleting_are_shown() -> None:
    title = Title("cp", "namespace park", "cloud.replicas>=3", o.NOW + timedelta(minutes=5))
    view = view_of([*shift_change(), (50, "deleted", o.workload(SEED))], title=title)
    view.tell(News("lost", detail="connection reset by peer"), o.NOW + timedelta(seconds=52))
    picture = view.picture(100, 24, o.NOW + timedelta(seconds=60))
    check_golden("scaling/live-lost.txt", "\n".join(picture) + "\n")
    view.tell(News("regained"), o.NOW + timedelta(seconds=70))
    later = view.picture(100, 24, o.NOW + timedelta(seconds=90))
    assert "connected again" in later[1]
    assert SEED not in "\n".join(later)
    assert "no JointInferenceServices here yet" in "\n".join(later)


def many(count: int) -> list[Step]:
    items = []
    for index in range(count):
        name = f"service-{index:04}"
        conditions = o.AT_MAX if index % 400 == 399 else o.FINE
        items += [o.workload(name, hpa="cloud"), o.deployment(name=name), o.deployment("edge", name=name)]
        items.append(o.hpa(name=name, conditions=conditions))
    return [(0, "added", item) for item in items]


def test_trouble_comes_first_where_not_all_fits() -> None:
    view = view_of(many(1000))
    check_golden("scaling/live-1000.txt", "\n".join(view.picture(100, 16, o.NOW)) + "\n")


def test_where_all_fits_the_order_is_by_name() -> None:
    view = view_of(park())
    names = [line[2:].split()[0] for line in view.picture(100, 40, o.NOW)[4:16]]
    assert names == sorted(names)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.integers(1, 60), st.booleans(), st.booleans())
def test_a_picture_always_fits(columns: int, lines: int, colour: bool, unicode: bool) -> None:
    view = view_of(park(), colour=colour, unicode=unicode, namespaces=True)
    picture = view.picture(columns, lines, o.NOW)
    assert len(picture) <= lines
    screen = pyte.Screen(400, 100)
    stream = pyte.Stream(screen)
    for index, line in enumerate(picture):
        stream.feed(f"\x1b[{index + 1};1H{line}\x1b[0m")
    shown = [line.rstrip() for line in screen.display]
    assert all(width(line) <= columns for line in shown)
    assert not any(shown[len(picture) :])
    if not colour:
        assert "\x1b" not in "".join(picture)
    if not unicode:
        assert "".join(picture).isascii()


@given(
    st.lists(st.integers(0, 60), min_size=len(HEADS), max_size=len(HEADS)).map(
        lambda wanted: tuple(max(width(head), number, 1) for head, number in zip(HEADS, wanted, strict=True))
    ),
    st.integers(1, 60),
    st.integers(20, 300),
)
def test_a_layout_always_fits_and_never_stretches(
    natural: tuple[int, ...], metric: int, columns: int
) -> None:
    found = layouts(Wanted(natural, min(metric, natural[6])), columns)
    assert found
    for chosen in found:
        total = sum(chosen.widths) + 1 + chosen.gap * (len(chosen.widths) - 2)
        assert total <= columns
        assert all(cells <= natural[at] for at, cells in zip(chosen.shown, chosen.widths, strict=True))
        assert {2, 3, 7} <= set(chosen.shown)
        assert chosen.headed is (1 not in chosen.shown)


THREE = ("cpu 37%/20%", "memory 304Mi/512Mi", "requests-per-second 12.5/20")


def three_metrics(*services: str) -> list[Step]:
    """Services whose cloud side scales by cpu, by memory and by a metric of its pods."""

    def pods(kind: str, value: str) -> dict[str, Any]:
        amounts = {"type": "AverageValue"} if kind == "target" else {}
        return {
            "type": "Pods",
            "pods": {"metric": {"name": "requests-per-second"}, kind: {**amounts, "averageValue": value}},
        }

    def memory(kind: str, value: str) -> dict[str, Any]:
        amounts = {"type": "AverageValue"} if kind == "target" else {}
        return {"type": "Resource", "resource": {"name": "memory", kind: {**amounts, "averageValue": value}}}

    items = []
    for name in services:
        items += [
            o.workload(name),
            o.deployment("cloud", name=name, wanted=3),
            o.deployment("edge", name=name),
        ]
        items.append(
            o.hpa(
                "cloud",
                name=name,
                specs=[o.cpu(20), memory("target", "512Mi"), pods("target", "20")],
                readings=[o.cpu_reading(37), memory("current", "304Mi"), pods("current", "12500m")],
            )
        )
        items.append(o.hpa("edge", name=name))
    return [(0, "added", item) for item in items]


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 30), (200, 50)])
def test_every_metric_can_be_read_with_its_target_and_its_age(columns: int, lines: int) -> None:
    view = view_of(three_metrics(SEED))
    picture = "\n".join(view.picture(columns, lines, o.NOW + timedelta(seconds=46))) + "\n"
    check_golden(f"scaling/live-metrics-{columns}x{lines}.txt", picture)
    assert all(metric in picture for metric in THREE)
    assert "UPDATED" in picture
    assert " 45s" in picture


@pytest.mark.parametrize("columns", [80, 120])
def test_where_lines_are_few_services_go_before_metrics(columns: int) -> None:
    view = view_of(three_metrics(*(f"{SEED}-{index:02}" for index in range(20))))
    picture = view.picture(columns, 24, o.NOW)
    check_golden(f"scaling/live-metrics-many-{columns}x24.txt", "\n".join(picture) + "\n")
    assert len(picture) <= 24
    assert all(metric in "\n".join(picture) for metric in THREE)
    more = next(line for line in picture if "not fit" in line)
    sides = [line for line in picture if " cloud " in line or " edge " in line]
    assert int(more.split()[1]) == 40 - len(sides)


def test_a_metric_wider_than_its_column_goes_on_below() -> None:
    name = "queue-of-the-park-" * 4
    metric = {"name": name}
    spec = {"type": "External", "external": {"metric": metric, "target": {"type": "Value", "value": "30"}}}
    hpa = o.hpa(specs=[spec], readings=[])
    picture = view_of([(0, "added", item) for item in (o.workload(), o.deployment(), hpa)]).picture(
        80, 24, o.NOW
    )
    heads = next(line for line in picture if "METRICS" in line)
    left, right = heads.index("METRICS"), heads.index("WHY")
    first = next(at for at, line in enumerate(picture) if "cloud" in line)
    last = next(at for at, line in enumerate(picture) if "edge" in line)
    assert "".join(line[left:right].strip() for line in picture[first:last]) == f"{name} ?/30"


def test_rows_keep_their_lines_while_readings_change() -> None:
    workload, cloud, edge, hpa, _ = (item for _, _, item in three_metrics("a"))
    specs, others = hpa["spec"]["metrics"], hpa["status"]["currentMetrics"][1:]
    view = view_of([(0, "added", item) for item in (workload, cloud, edge)])
    heights = []
    for percent in (1000, 5, 37, 1000, 8):
        read = o.hpa(name="a", specs=specs, readings=[o.cpu_reading(percent), *others])
        for news, now in news_of([(0, "added", item) for item in (workload, cloud, edge, read)]):
            view.tell(news, now)
        heights.append(len(view.picture(80, 24, o.NOW)))
    assert heights == [heights[0]] * 5


@pytest.mark.parametrize("lines", [3, 4])
def test_a_screen_too_low_for_rows_does_not_say_that_there_are_no_services(lines: int) -> None:
    shown = view_of(park()).picture(80, lines, o.NOW)
    assert "6 services" in shown[0]
    assert "no JointInferenceServices" not in "\n".join(shown)
    assert "12 more rows do not fit" in shown[2]


def test_colour_is_never_alone() -> None:
    view = view_of(park(), colour=True)
    coloured = [line for line in view.picture(120, 40, o.NOW) if "\x1b[1;31m" in line]
    assert coloured
    assert all("!" in line for line in coloured)


def test_hostile_text_cannot_drive_the_terminal() -> None:
    nasty = o.condition("ScalingActive", "False", "FailedGetResourceMetric", "\x1b]0;owned\x07\x1b[2J")
    spec = {"type": "Pods", "pods": {"metric": {"name": "a\x1b[31m"}, "target": {"type": "AverageValue"}}}
    steps: list[Step] = [
        (0, "added", o.workload()),
        (0, "added", o.deployment()),
        (0, "added", o.hpa(conditions=(nasty,), specs=[spec], readings=[])),
    ]
    shown = "\n".join(view_of(steps, wide=True).picture(200, 40, o.NOW))
    assert "\x1b" not in shown
    assert "\x1b" not in table(snapshots(steps), o.NOW, namespaces=True, wide=True)
    assert "\x1b" not in lines_of(steps, wide=True)[0]


def test_history_bars() -> None:
    history = History()
    history.note(o.NOW, 1)
    assert sparkline(history.samples(o.NOW), 5) == "·" * 9 + "▂"
    history.note(o.NOW + timedelta(seconds=60), 5)
    history.note(o.NOW + timedelta(seconds=121), 2)
    now = o.NOW + timedelta(seconds=150)
    assert history.samples(now) == [None, None, None, None, 1, 1, 5, 5, 5, 2]
    assert sparkline(history.samples(now), 5, unicode=False) == "....115552"
    history.note(o.NOW + timedelta(hours=1), 0)
    assert history.samples(o.NOW + timedelta(hours=1)) == [2] * (BARS - 1) + [2]
    assert sparkline([0, 1, 12], 12) == "▁▁█"
    assert sparkline([12], 12, unicode=False) == "+"


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (512, "512"), (1536, "1.5Ki"), (2**30, "1Gi"), (319_094_784, "304Mi"), (2**60, "1024Pi")],
)
def test_sizes(count: int, shown: str) -> None:
    assert size(count) == shown


def test_amounts() -> None:
    def metric(unit: str) -> ScaleMetric:
        return ScaleMetric("x", "Resource", "AverageValue", 1, 1, unit)

    assert amount(metric("%"), 37) == "37%"
    assert amount(metric("m"), 250) == "250m"
    assert amount(metric(""), 12.5) == "12.5"
    assert amount(metric("bytes"), 2**20) == "1Mi"
    assert amount(metric("%"), None) == "?"
