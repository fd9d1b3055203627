"""What `make bench` runs: the product's numbers, measured against what the same machine does without it.

One module per row. A row returns named results, each with its samples. docs/bench.md says what each one is.
"""
