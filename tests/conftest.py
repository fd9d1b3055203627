"""Fixtures that every test may ask for. Those that start programs live in tests/servers.py."""

pytest_plugins = ["tests.servers"]
