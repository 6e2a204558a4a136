"""Build one PyO3 crate for several CPU levels and pack the results into one wheel.

The table `[tool.rtvariants]` in pyproject.toml names the runtimes. The build hook of hatchling,
`rtvariants.backends.hatchling`, turns it into extension modules; `rtvariants.backends.in_tree` is a
build backend for projects that carry this package in their own tree.
"""
