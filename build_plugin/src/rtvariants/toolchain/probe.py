"""What the build machine offers: cargo, rustc and the crate's metadata, as frozen facts."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rtvariants.config.model import Config
from rtvariants.errors import MachineError, Problem
from rtvariants.targets import levels
from rtvariants.targets.allocators import OWN_FLAGS
from rtvariants.targets.platforms import SYSTEMS

from . import cross, metadata
from .cargo_path import require_cargo
from .cross import Cross
from .metadata import Graph
from .rustflags import Ambient, ambient, linker

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

COMMIT_FILE = ".rtvariants-commit"
#: The folder of an sdist that carries its crates.
VENDOR = "vendor"
#: Apple's compilers and rustc read the oldest macOS to build for from this variable.
DEPLOYMENT = "MACOSX_DEPLOYMENT_TARGET"
_C_VARIABLES = ("CFLAGS", "CXXFLAGS", *OWN_FLAGS)
_SYSTEMS = {each.rust: each.name for each in SYSTEMS.values()}


@dataclass(frozen=True)
class Crate:
    """What cargo says about the crate that holds the module; `abi` is such as `cp310-abi3`.

    `locked` is a digest of what settles its dependencies, empty where nothing does; `own` are
    the names of the crates that come from no registry, itself among them.
    """

    name: str
    lib: str
    manifest: Path
    workspace: Path
    package_id: str
    rust_version: str
    features: frozenset[str]
    abi: str
    outside: tuple[Path, ...]
    graph: Graph = field(default_factory=Graph)
    locked: str = ""
    own: tuple[str, ...] = ()


@dataclass(frozen=True)
class Toolchain:
    """Compiler, target and folders of one build; `cfg_features` maps flags to what they turn on.

    `linker` is the one that the user has chosen, if any.
    """

    cargo: str
    rustc: str
    version: str
    release: str
    sysroot: Path
    cargo_home: Path
    target: str
    machine: str
    system: str
    libc: str
    cfg_features: Mapping[tuple[str, ...], tuple[str, ...]]
    ambient: Ambient
    c_ambient: Mapping[str, str]
    target_base: Path
    commit: str
    locked: bool
    cpus: int
    cross: Cross | None = None
    cross_env: Mapping[str, str] = field(default_factory=dict)
    linker: str = ""


def inspect(
    config: Config, flag_sets: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> tuple[Toolchain, Crate]:
    """Ask cargo and rustc once for all that a plan needs.

    `flag_sets` gives, by machine, the rustc flags of each level, so that the features that the
    compiler turns on for them can be read. Raises `MachineError`.
    """
    cargo = require_cargo()
    chosen = cross.chosen()
    prepared = chosen.prepared.rustc if chosen else ""
    rustc = (
        prepared
        or os.environ.get("RUSTC")
        or shutil.which("rustc", path=os.environ.get("PATH"))
        or "rustc"
    )
    verbose = run([rustc, "-vV"], config.root)
    fields = dict(re.findall(r"^([\w -]+): (.*)$", verbose, re.MULTILINE))
    target = chosen.target if chosen else os.environ.get("CARGO_BUILD_TARGET")
    target = target or fields["host"]
    machine = target.split("-")[0]
    if machine not in flag_sets:
        raise MachineError(
            f"no runtime for this machine: `{machine}` (target `{target}`)",
            "give the runtimes a `level` for it",
        )
    extra = chosen.flags if chosen else ()
    by_level = {
        level: levels.for_target(flags, target) for level, flags in flag_sets[machine].items()
    }
    sets = set(by_level.values())
    # Small processes of about the same length, the longest first: they need not wait in line.
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(_crate, cargo, config, target)
        at = pool.submit(commit, config.root)
        found = {
            flags: pool.submit(target_cfg, rustc, target, (*extra, *flags), config.root)
            for flags in sets
        }
        cfgs = {flags: cfg.result() for flags, cfg in found.items()}
        crate, workspace_target, locked = asked.result()
    cfg = next(iter(cfgs.values()))
    features = {flags: target_features(cfgs[flags]) for flags in by_level.values()}
    _require_version(fields["release"], crate)
    base = os.environ.get("CARGO_TARGET_DIR")
    home = os.environ.get("CARGO_HOME")
    outside = ambient(os.environ, config.root, target)
    toolchain = Toolchain(
        cargo=cargo,
        rustc=rustc,
        version=verbose.splitlines()[0],
        release=fields["release"],
        sysroot=Path(cfg["sysroot"]),
        cargo_home=Path(home) if home else Path.home() / ".cargo",
        target=target,
        machine=machine,
        system=_SYSTEMS.get(cfg.get("target_os", ""), cfg.get("target_os", "")),
        libc=cfg.get("target_env", ""),
        cfg_features=features,
        ambient=outside,
        c_ambient=_c_ambient(target),
        target_base=(Path.cwd() / base) if base else workspace_target,
        commit=at.result(),
        locked=locked,
        cpus=_cpus(),
        cross=chosen,
        cross_env=chosen.env(os.environ) if chosen else {},
        linker=linker(os.environ, config.root, target, outside.flags),
    )
    if chosen:
        # A plan for another platform speaks of a toolchain that may have to be prepared.
        require_std(toolchain)
    return toolchain, crate


def _c_ambient(target: str) -> dict[str, str]:
    """Return what C code is compiled with; asked by name, since Windows lists all in capitals."""
    ends = ("", f"_{target}", f"_{target.replace('-', '_')}")
    names = (
        "SOURCE_DATE_EPOCH",
        DEPLOYMENT,
        *(f"{name}{end}" for name in _C_VARIABLES for end in ends),
    )
    return {name: os.environ[name] for name in names if name in os.environ}


def run(argv: list[str], cwd: Path) -> str:
    """Run a small command and return what it printed; raises `MachineError`."""
    try:
        done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False)
    except OSError as error:
        raise MachineError(
            f"can't run `{argv[0]}`: {error.strerror}", "install Rust from https://rustup.rs"
        ) from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        command = " ".join(argv[:3])
        raise MachineError(f"`{command}` failed with exit code {done.returncode}:\n{said}")
    return done.stdout


def target_cfg(rustc: str, target: str, flags: tuple[str, ...], cwd: Path) -> dict[str, str]:
    """Return rustc's `--print cfg` for a target; features share one key, joined by commas.

    `sysroot` is the folder of the toolchain.
    """
    argv = [rustc, "--print", "sysroot", "--print", "cfg", "--target", target, *flags]
    try:
        sysroot, _, text = run(argv, cwd).partition("\n")
    except MachineError as error:
        hint = f"rustup target add {target}"
        if "could not find specification" in str(error):
            hint = "`CARGO_BUILD_TARGET` or cargo's configuration asks for it; one that there is, "
            hint += "by `rustc --print target-list`, or none"
        problem = Problem(f"unusable target: `{target}`", hint)
        raise MachineError([*error.problems, problem]) from error
    found = {"sysroot": sysroot}
    for key, value in re.findall(r'^(\w+)="(.*)"$', text, re.MULTILINE):
        found[key] = f"{found[key]},{value}" if key in found else value
    return found


def require_std(toolchain: Toolchain) -> None:
    """Name a missing standard library at once, and not after the crates that do without it.

    Raises `MachineError`. A nightly compiler may be about to build the library itself.
    """
    if re.search("nightly|dev", toolchain.release):
        return
    sysroot, target, chosen = toolchain.sysroot, toolchain.target, toolchain.cross
    if any(cross.holds_std(folder) for folder in sysroot.glob(f"lib*/rustlib/{target}/lib")):
        return
    hint = add_target(sysroot, target)
    if chosen and chosen.platform.linker:
        hint = f"`rtvariants toolchain prepare {chosen.platform.name}`, or: {hint}"
    raise MachineError(f"no standard library for `{target}` in the toolchain {sysroot}", hint)


def add_target(sysroot: Path, target: str) -> str:
    """Return how this very toolchain gets a target; rustup's default may be another one.

    >>> add_target(Path("/home/me/.rustup/toolchains/1.90"), "aarch64-unknown-linux-musl")
    'rustup target add --toolchain 1.90 aarch64-unknown-linux-musl'
    """
    if sysroot.parent.name == "toolchains":
        return f"rustup target add --toolchain {sysroot.name} {target}"
    return (
        "install it from where this Rust came from, or take Rust from https://rustup.rs and "
        f"`rustup target add {target}`"
    )


def target_features(cfg: Mapping[str, str]) -> tuple[str, ...]:
    """Return the CPU features of a `--print cfg`, sorted.

    >>> target_features({"target_feature": "sse2,crt-static,sse"})
    ('sse', 'sse2')
    """
    # How the C library is linked is no feature of a CPU.
    return tuple(sorted(set(cfg.get("target_feature", "").split(",")) - {"", "crt-static"}))


def _crate(cargo: str, config: Config, target: str) -> tuple[Crate, Path, bool]:
    manifest = config.crate / "Cargo.toml"
    argv = [cargo, "metadata", "--format-version=1", "--manifest-path", str(manifest)]
    argv += ["--filter-platform", target]
    locked = any((p / "Cargo.lock").is_file() for p in (config.crate, *config.crate.parents))
    try:
        data = json.loads(run([*argv, *(["--locked"] if locked else [])], config.root))
    except MachineError as error:
        if "because --locked was passed" in str(error) or "needs to be updated but" in str(error):
            raise MachineError(
                f"Cargo.lock does not fit {os.path.relpath(manifest, config.root)}",
                "run `cargo update --workspace` and keep the changed Cargo.lock",
            ) from error
        raise
    workspace = Path(data["workspace_root"])
    package = next(p for p in data["packages"] if Path(p["manifest_path"]) == manifest)
    libs = [t for t in package["targets"] if "cdylib" in t["crate_types"]]
    if not libs:
        raise MachineError(
            f"no cdylib in crate `{package['name']}`",
            'add `crate-type = ["cdylib"]` to `[lib]` of its Cargo.toml',
        )
    crate = Crate(
        name=package["name"],
        lib=libs[0]["name"],
        manifest=manifest,
        workspace=workspace,
        package_id=package["id"],
        rust_version=package["rust_version"] or "",
        features=frozenset(package["features"]),
        abi=_abi(data, package["id"]),
        outside=_outside(data["packages"], workspace, config.root),
        graph=metadata.read(data, _lock(workspace / "Cargo.lock")),
        locked=_locked(workspace),
        own=tuple(sorted(p["name"] for p in data["packages"] if p["source"] is None)),
    )
    return crate, Path(data["target_directory"]), (workspace / "Cargo.lock").is_file()


def _lock(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _locked(workspace: Path) -> str:
    """Return a digest of what settles versions and profiles; empty without a Cargo.lock."""
    files = [workspace / "Cargo.lock", workspace / "Cargo.toml"]
    if not all(file.is_file() for file in files):
        return ""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _outside(packages: list[dict[str, Any]], workspace: Path, root: Path) -> tuple[Path, ...]:
    """Return the folders of crates that cargo names by their whole path, but for its own home.

    Those are crates beside the workspace, and the folder of crates that came with an sdist.
    """
    found = set()
    for package in packages:
        folder = Path(package["manifest_path"]).parent
        if package["source"] is None and not folder.is_relative_to(workspace):
            found.add(folder)
        elif package["source"] is not None and folder.parent == root / VENDOR:
            found.add(folder.parent)
    return tuple(sorted(found))


def _abi(data: dict[str, Any], package_id: str) -> str:
    """Read the wheel's Python and ABI tag from the features of pyo3 that cargo resolved."""
    names = {p["id"]: p["name"] for p in data["packages"]}
    for node in data["resolve"]["nodes"]:
        if names[node["id"]] == "pyo3":
            return abi_of(node["features"])
    raise MachineError(
        f"no pyo3 among the dependencies of `{names[package_id]}`",
        "name the crate that holds the PyO3 module in `[tool.rtvariants] crate`, or add to it: "
        'pyo3 = { version = "…", features = ["abi3-py310"] }',
    )


def abi_of(features: list[str]) -> str:
    """Return `cp310-abi3` for pyo3's feature `abi3-py310`; the lowest version wins, as in pyo3.

    >>> abi_of(["abi3", "abi3-py310", "abi3-py311"])
    'cp310-abi3'
    """
    minors = [int(m.group(1)) for f in features if (m := re.fullmatch(r"abi3-py3(\d+)", f))]
    if not minors:
        raise MachineError(
            "pyo3 without a stable ABI: no `abi3-py3…` feature is on",
            'write `pyo3 = { version = "…", features = ["abi3-py310"] }`; one wheel then serves '
            "every later Python",
        )
    return f"cp3{min(minors)}-abi3"


def _require_version(release: str, crate: Crate) -> None:
    def numbers(text: str) -> tuple[int, ...]:
        return tuple(int(n) for n in re.findall(r"\d+", text.split("-", 1)[0]))

    if crate.rust_version and numbers(release) < numbers(crate.rust_version):
        raise MachineError(
            f"rustc too old: {release}, crate `{crate.name}` needs {crate.rust_version}",
            "rustup update stable",
        )


def commit(root: Path) -> str:
    """Return the commit that the tree is exactly at; empty when files differ or outside git.

    An unpacked sdist has no git folder; the hook wrote its commit into a file.
    """
    kept = root / COMMIT_FILE
    git = shutil.which("git")
    if not (root / ".git").exists() and not _tracked(root, git):
        return kept.read_text(encoding="utf-8").strip() if kept.is_file() else ""
    if not git:
        return ""
    argv = [git, "-C", str(root), "describe", "--always", "--abbrev=40", "--dirty=+", "--exclude=*"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    said = done.stdout.strip()
    return said if re.fullmatch("[0-9a-f]{40}", said) else ""


def _tracked(root: Path, git: str | None) -> bool:
    """Tell whether this is a folder of a repository, and no sdist that was unpacked there."""
    if not git or (root / "PKG-INFO").is_file():
        return False
    argv = [git, "-C", str(root), "ls-files", "--error-unmatch", "pyproject.toml"]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def _cpus() -> int:
    jobs = os.environ.get("CARGO_BUILD_JOBS", "")
    if jobs.isdigit() and int(jobs) > 0:
        return int(jobs)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
