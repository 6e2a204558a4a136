"""Build one PyO3 crate for several CPU levels and pack the results into one wheel.

The table `[tool.rtvariants]` in pyproject.toml names the runtimes. `rtvariants.hatch` is the
hatchling build hook that turns it into natives; `rtvariants.backend` is a build backend for
projects that carry this package in their own tree.
"""
