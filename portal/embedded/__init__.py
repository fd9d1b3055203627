"""One machine, one command: what `make run` starts, in which order, and how all of it ends."""
