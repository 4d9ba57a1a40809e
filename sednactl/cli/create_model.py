"""`sednactl create model`: a model file that workers load."""

from __future__ import annotations

from sednactl.cli.creating_flags import Flag
from sednactl.cli.creating_kind import creating_app
from sednactl.sedna.kinds import MODEL

_PANEL = "Model"
_HELP = """Create a model: where its file is and what format it has.

    \b
    Examples:
      sednactl create model little --url /models/little/ --format pb
      sednactl create model big --url s3://models/big.onnx --format onnx \\
        --credential s3-keys
      sednactl create model big -f values.yaml --dry-run=client -o yaml
"""
FLAGS = (
    Flag("--url", "text", "URL", (("url",),), "A path on the nodes, s3://, http:// or https://.", _PANEL),
    Flag(
        "--format", "text", "FORMAT", (("format",),), "Format of the file, e.g. pb, ckpt, onnx, pth.", _PANEL
    ),
    Flag("--device-soc", "texts", "VERSION", (("deviceSoc",),), "Chip it is compiled for. Repeats.", _PANEL),
    Flag(
        "--credential",
        "text",
        "SECRET",
        (("credential",),),
        "Secret with the access keys for the url.",
        _PANEL,
    ),
)

app = creating_app(MODEL, FLAGS, name="Name of the model.", words=_HELP)
