"""Vendor systems that do not exist, each a process of its own: ``python -m demo.simulators.<name>``."""
