"""What a backend's call of cargo asks for, and what of it holds for every runtime."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rtvariants.errors import ConfigError, Problem
from rtvariants.toolchain.stand_in import value

from .plain import Call

# Variables that a backend, or its setup.py, may give cargo to change what is compiled.
_COMPILING = re.compile(
    r"(CARGO_ENCODED_|CARGO_BUILD_)?RUSTFLAGS|CARGO_PROFILE_\w+|CARGO_TARGET_\w+_(RUSTFLAGS|LINKER)"
    r"|(HOST_|TARGET_)?(C|CXX)(FLAGS)?(_\w+)?|RUSTC_WRAPPER|RUSTC_BOOTSTRAP|RUSTUP_TOOLCHAIN"
)
# Arguments of rustc that each backend adds and every runtime gets in our own way: stripping, and
# how macOS and Windows link an extension module.
_USUAL = re.compile(
    r"-Clink-args?=(-s|-Wl,-s|-undefined|dynamic_lookup|-Wl,-install_name,.*|-undefined "
    r"dynamic_lookup.*)|-Cstrip=\w+|-Cdebuginfo=\d"
)
_REFUSED = {
    "--config": "put it into `.cargo/config.toml`, which every build reads",
    "-Z": "put `[unstable]` into `.cargo/config.toml`",
}
_ALIKE = "all extension modules of a distribution are built alike; this project can't be built so"


@dataclass(frozen=True)
class Asked:
    """What all runtimes are built with; `environ` has the variables that the backend has changed.

    `crate_type` is set where the backend adds `cdylib` to a crate that is a plain library.
    """

    crate: Path
    features: tuple[str, ...]
    default_features: bool
    profile: str
    environ: Mapping[str, str]
    crate_type: bool


def of(call: Call, environ: Mapping[str, str]) -> Asked:
    """Read a call; `environ` is what the backend itself was given.

    Raises `ConfigError` with everything in the call that no runtime could get.
    """
    if problems := list(_refused(call)):
        raise ConfigError(problems)
    profile = value(list(call.argv), "--profile")
    release = {"--release", "-r"} & set(call.argv)
    return Asked(
        crate=call.manifest.parent,
        features=tuple(dict.fromkeys(_features(call))),
        default_features="--no-default-features" not in call.argv,
        profile=profile or ("release" if release else "dev"),
        environ={
            name: text
            for name, text in call.environ.items()
            if _COMPILING.fullmatch(name) and environ.get(name) != text
        },
        crate_type="cdylib" not in call.crate_types,
    )


def require_alike(found: Mapping[str, Asked]) -> None:
    """Check what the extension modules of one distribution have in common, by their names.

    A runtime has one profile and one environment for all of them, and features for each crate.
    Raises `ConfigError` with everything that differs.
    """
    (name, first), *others = found.items()
    problems = []
    for other, asked in others:
        both = f"`{name}` and `{other}`"
        for what, one, two in (
            ("profiles", first.profile, asked.profile),
            ("default features", first.default_features, asked.default_features),
            ("variables", first.environ, asked.environ),
        ):
            if one != two:
                problems.append(Problem(f"different {what} of {both}: `{one}` and `{two}`", _ALIKE))
        if first.crate == asked.crate and not set(first.features) <= set(asked.features):
            what = f"different features of {both}, which are one crate"
            problems.append(Problem(what, _ALIKE))
    if problems:
        raise ConfigError(problems)


def _features(call: Call) -> Iterator[str]:
    argv = call.argv[: call.argv.index("--")] if "--" in call.argv else call.argv
    for at, word in enumerate(argv):
        texts = ""
        if word in ("--features", "-F") and at + 1 < len(argv):
            texts = argv[at + 1]
        elif word.startswith("--features="):
            texts = word.partition("=")[2]
        yield from (name for name in re.split(r"[\s,]+", texts) if name)
    if "--all-features" in argv:
        yield from (name for name in call.known_features if name != "default")


def _refused(call: Call) -> Iterator[Problem]:
    for name, hint in _REFUSED.items():
        found = value(list(call.argv), name)
        if found:
            what = f"option of the backend for cargo that can't be followed: `{name} {found}`"
            yield Problem(what, hint)
    for flag in _of_rustc(call):
        if not _USUAL.fullmatch(flag):
            yield Problem(
                f"argument of the backend for rustc that can't be followed: `{flag}`",
                "put flags for all runtimes into `.cargo/config.toml`; the CPU is the `level` of "
                "each runtime",
            )


def _of_rustc(call: Call) -> Iterator[str]:
    """Yield the arguments for rustc of a `cargo rustc`, each as one word."""
    words = iter(call.argv[call.argv.index("--") + 1 :] if "--" in call.argv else ())
    for word in words:
        if word in ("-C", "--codegen"):
            yield f"-C{next(words, '')}"
        elif word == "--crate-type":
            next(words, "")
        elif not word.startswith("--crate-type="):
            yield word
