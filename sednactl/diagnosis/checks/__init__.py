"""The checks of `doctor`, one short module a part of the cluster."""
