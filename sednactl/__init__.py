"""sednactl: author, validate, apply, watch and clean up KubeEdge-Sedna workloads."""

__version__ = "0.1.0"
