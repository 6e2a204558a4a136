"""Tables of pyproject.toml that tests of several modules begin with."""

#: The least that a table says: one runtime, of a crate in the project's own folder.
LEAST = """
[tool.rtvariants]
crate = "."
module = "pkg._core"
env = "PKG"
[[tool.rtvariants.runtimes]]
name = "a"
level = "x86_64"
"""
