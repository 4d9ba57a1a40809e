"""JointInferenceServices as our own templates write them, thousands of them, each a little different."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from sednactl.cli.main import run
from sednactl.surroundings import Surroundings

VARIANTS = 48
"""Different sets of flags; names, images, nodes and values differ from file to file."""


def written(folder: Path, texts: Iterable[str]) -> list[int]:
    """Write each text into a file, a hundred a folder below; gives their lengths."""
    sizes = []
    for number, text in enumerate(texts):
        place = folder / f"{number // 100:04}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"service-{number:06}.yaml").write_text(text)
        sizes.append(len(text))
    return sizes


def services(count: int, *, seed: int = 7) -> Iterator[str]:
    """Give manifests of 2 to 2.8 KB."""
    random_ = random.Random(seed)
    variants = [_variant(random_) for _ in range(VARIANTS)]
    for number in range(count):
        site = (
            f"{random_.choice(('north', 'south', 'harbour', 'plant', 'depot'))}-{random_.randrange(100_000)}"
        )
        yield (
            variants[number % VARIANTS]
            .replace("xname", f"detect-{number}")
            .replace("xmodel", f"helmet-{random_.randrange(5000)}")
            .replace("xtag", f"v{random_.randrange(9)}.{random_.randrange(99)}.{random_.randrange(99)}")
            .replace("xnode", site)
            .replace("xshape", f"{random_.randrange(32, 640)},{random_.randrange(32, 640)}")
            .replace("xplace", f"{site}-{random_.randrange(10_000)}")
        )


def _variant(random_: random.Random) -> str:
    cpu, memory = random_.randint(1, 8), random_.randint(1, 16)
    words = [
        *("create", "jointinference", "xname", "--cloud-model=xmodel-big", "--edge-model=xmodel-little"),
        *("--cloud-image=registry.example.com/vision/big:xtag", "--cloud-node=cloud-xnode"),
        *("--edge-image=registry.example.com/vision/little:xtag", "--edge-node=edge-xnode"),
        *("--hem=IBT", f"--hem-param=threshold_img=0.{random_.randint(1, 9)}"),
        f"--hem-param=threshold_box=0.{random_.randint(1, 9)}",
        *(
            f"--cloud-request=cpu={cpu},memory={memory}Gi",
            f"--cloud-limit=cpu={cpu + 1},memory={memory + 2}Gi",
        ),
        *(f"--edge-request=cpu={100 * cpu}m,memory=512Mi", f"--edge-limit=cpu={cpu},memory={memory}Gi"),
        *(
            "--cloud-env=input_shape=xshape",
            "--edge-env=input_shape=xshape",
            "--edge-env=video_url=rtsp://xnode/video",
        ),
        *(
            "--edge-env=output=/data/xplace",
            "--edge-volume=/data/xplace:/data/xplace",
            "--cloud-volume=/models:/models",
        ),
        f"--cloud-hpa=min=1,max={random_.randint(2, 9)},cpu={random_.randint(20, 90)}%",
    ]
    if random_.random() < 0.7:
        words.append(
            f"--edge-hpa=min=1,max={random_.randint(2, 5)},cpu={random_.randint(20, 90)}%,down-window=120"
        )
    else:
        words.append("--edge-host-network")
    if random_.random() < 0.5:
        words += ["--edge-env=LOG_LEVEL=DEBUG", "--cloud-env=LOG_LEVEL=INFO"]
    if random_.random() < 0.5:
        words += [
            "--edge-volume=/videos/xplace:/videos",
            "--edge-env=all_examples_inference_output=/data/xplace/out",
        ]
    out = io.StringIO()
    surroundings = Surroundings(io.StringIO(), out, io.StringIO(), {})
    if run([*words, "--dry-run=client", "-o", "yaml"], surroundings):
        raise SystemExit(f"create refused {words}: {surroundings.stderr.getvalue()}")  # type: ignore[attr-defined]
    return out.getvalue()
