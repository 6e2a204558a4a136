"""A build, a toolchain and a crate for tests that need no real ones."""

from dataclasses import fields, replace
from pathlib import Path

from rtvariants.compile.build import Build, Command, Contract, Sharing
from rtvariants.targets import levels
from rtvariants.toolchain.crate import Crate
from rtvariants.toolchain.interpreter import Interpreter
from rtvariants.toolchain.probe import Toolchain
from rtvariants.toolchain.resolution import Node, Resolution
from rtvariants.toolchain.rustflags import Ambient

PARTS = {"command": Command, "contract": Contract, "sharing": Sharing}
OF = {each.name: part for part, kind in PARTS.items() for each in fields(kind)}

USUAL = Build(
    runtime="fast",
    output_dir=Path("/w/o"),
    command=Command(argv=(), cwd=Path("/w")),
    contract=Contract(
        package="g", version="1.0", level="x86_64_v3", target="x86_64-unknown-linux-gnu",
        rust_features=(), index_bits=64, allocator="system", abi="cp310-abi3", page_size="",
        stated_by="crate", toolchain="rustc 1.95.0", crate="g", lib="g", export="PyInit__core",
        cargo_features=(),
        suffix=".abi3.so",
    ),
    sharing=Sharing(target_dir=Path("/w/t")),
)  # fmt: skip


def changed(build, **facts):
    """Return a build with other facts, each by its own name, wherever it stands."""
    own = {name: facts.pop(name) for name in ("runtime", "output_dir") if name in facts}
    for part in PARTS:
        mine = {name: value for name, value in facts.items() if OF[name] == part}
        own[part] = replace(getattr(build, part), **mine)
    return replace(build, **own)


def build_of(**facts):
    """Return a build with these facts."""
    return changed(USUAL, **facts)


PYTHON = Interpreter(
    executable="/usr/bin/python3.11", library="", implementation="cpython", version=(3, 11),
    free_threaded=False, bits=64, suffix=".cpython-311-x86_64-linux-gnu.so",
    suffixes=(".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so"), platform="linux-x86_64",
    libc="glibc", traced=False,
)  # fmt: skip
TOOLCHAIN = Toolchain(
    cargo="cargo", rustc="rustc", version="rustc 1.95.0", release="1.95.0",
    sysroot=Path("/sys"), cargo_home=Path("/home/me/.cargo"), target="x86_64-unknown-linux-gnu",
    machine="x86_64", system="linux", libc="gnu",
    cfg_features={levels.rustc_flags(n): (n,) for n in ("x86_64", "x86_64_v3", "aarch64")},
    ambient=Ambient(), c_ambient={}, target_base=Path("/w/target"), commit="c0ffee",
    locked=True, cpus=2, python=PYTHON, host="aarch64-apple-darwin",
)  # fmt: skip
# The crate calls `module!` itself.
OWN_GUARD = Resolution(frozenset({Node("rtvariants-guard", "0.1.0")}))
CRATE = Crate(
    name="g", lib="g_lib", manifest=Path("/w/g/Cargo.toml"), workspace=Path("/w"),
    package_id="path+file:///w#g@1.0", rust_version="1.88", abi="cp310-abi3", suffix=".abi3.so",
    outside=(),
    features=frozenset({"simd", "jemalloc", "mimalloc"}),
    resolved={"fast": OWN_GUARD, "safe": OWN_GUARD},
)  # fmt: skip
