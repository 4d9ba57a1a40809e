"""The autoscaler of a service, seen and judged: snapshots, conditions to wait for, watch."""
