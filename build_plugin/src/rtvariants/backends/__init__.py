"""Adapters of build tools: each calls the pipeline for hatchling, maturin or setuptools."""
