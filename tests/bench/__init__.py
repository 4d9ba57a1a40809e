"""Benchmarks, run by hand (`make bench`): ratios to programs measured in the same run, never times to hold to."""
