"""Checks of a source that is running: by command, by page and at a vendor's desk, the same ones."""
