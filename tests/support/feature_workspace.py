"""A workspace whose crates get features from everywhere, and what cargo compiles of it."""

import json
import os
import subprocess

from rtvariants.toolchain.metadata import identity
from rtvariants.toolchain.resolution import Node

TARGET = "x86_64-unknown-linux-gnu"

# A crate in a workspace of which another member, tests and build scripts turn on features too.
APP = """
[package]
name = "app"
version = "1.0.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[features]
default = ["plain"]
plain = []
python = ["dep:py"]
deep = ["middle/deep"]
both = ["dep:both", "both/one"]
[dependencies]
py = { package = "pyo3-ffi", path = "../ffi", optional = true, features = ["abi3-py310"] }
middle = { path = "../middle" }
both = { path = "../both", optional = true }
[target.'cfg(windows)'.dependencies]
only-windows = { path = "../only-windows" }
[target.'cfg(target_feature = "avx2")'.dependencies]
only-avx2 = { path = "../only-avx2" }
[build-dependencies]
both = { path = "../both", features = ["two"] }
macros = { path = "../macros" }
[dev-dependencies]
both = { path = "../both", features = ["tests"] }
middle = { path = "../middle", features = ["tests"] }
"""
OTHER = """
[dependencies]
pyo3-ffi = { path = "../ffi", features = ["abi3-py39"] }
middle = { path = "../middle", features = ["other"] }
"""
MEMBERS = {
    "ffi": ("pyo3-ffi", "[features]\nabi3-py39 = []\nabi3-py310 = []\n"),
    "middle": (
        "middle",
        """
[features]
deep = []
tests = []
other = []
[dependencies]
macros = { path = "../macros" }
""",
    ),
    "both": ("both", "[features]\none = []\ntwo = []\ntests = []\n"),
    "macros": (
        "macros",
        """
[lib]
proc-macro = true
[dependencies]
both = { path = "../both", features = ["two"] }
""",
    ),
    "only-windows": ("only-windows", ""),
    "only-avx2": ("only-avx2", ""),
    "other": ("other", OTHER),
}


def write(root, resolver="2"):
    """Write the workspace into a folder, and return the folder of its crate `app`."""
    names = ", ".join(f'"{name}"' for name in ("app", *MEMBERS))
    (root / "Cargo.toml").write_text(f'[workspace]\nresolver = "{resolver}"\nmembers = [{names}]\n')
    manifests = {"app": APP}
    for folder, (name, rest) in MEMBERS.items():
        manifests[folder] = (
            f'[package]\nname = "{name}"\nversion = "1.0.0"\nedition = "2021"\n{rest}'
        )
    for folder, text in manifests.items():
        (root / folder / "src").mkdir(parents=True)
        (root / folder / "Cargo.toml").write_text(text)
        (root / folder / "src/lib.rs").write_text("")
    (root / "app/build.rs").write_text("fn main() {}\n")
    return root / "app"


def compiled(app, options, env):
    """Return what cargo compiles, by its own graph of units."""
    argv = ["cargo", "build", "--lib", "--offline", "--unit-graph", "-Zunstable-options"]
    argv += ["--manifest-path", str(app / "Cargo.toml"), *options]
    env = {**os.environ, "RUSTC_BOOTSTRAP": "1", **env}
    said = subprocess.run(argv, env=env, check=True, capture_output=True, text=True).stdout
    return {
        Node(
            *identity(unit["pkg_id"]), tuple(sorted(unit["features"])), unit["platform"] is not None
        )
        for unit in json.loads(said)["units"]
        if "custom-build" not in unit["target"]["kind"]
    }
