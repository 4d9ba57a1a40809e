"""A small cluster in one process: API server, Global Manager, controllers and load, for first minutes, courses and tests."""
