"""The sandbox's API server: the Kubernetes API over objects in memory. Knows no controller."""
