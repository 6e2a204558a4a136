"""Download what is needed to build for other platforms into a cache folder.

On Debian and systems based on it, everything comes from Debian's packages and the package index.
Nothing is installed, and root is not needed. If rustup has the platform's target, its compiler is
used. `rtvariants build --platform NAME` and `package --platform NAME` build with these tools, and
`rtvariants test` runs wheels with the Python among them.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from rtvariants.errors import MachineError
from rtvariants.targets import platforms
from rtvariants.toolchain import cargo_config, compiler, cross, profdata, requirements
from rtvariants.toolchain.cargo_path import require_cargo
from rtvariants.toolchain.cross.prepare import prepare
from rtvariants.toolchain.profdata import Rust


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants toolchain`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    get = verbs.add_parser("prepare", help="download what is missing for these platforms")
    get.add_argument("platforms", nargs="+", metavar="PLATFORM")
    get.add_argument(
        "--no-python", dest="python", action="store_false",
        help="only the compilers, without the Python for `rtvariants test`",
    )  # fmt: skip
    verbs.add_parser("list", help="show every platform, what is prepared for it, and llvm-profdata")


def run(options: argparse.Namespace) -> int:
    """Prepare platforms, or show them."""
    if options.verb == "prepare":
        wanted = [cross.known(name) for name in options.platforms]
        for platform in wanted:
            prepare(platform, lambda text: print(text, flush=True), python=options.python)
        lacking = {need: None for each in wanted for need in requirements.missing(each.target)}
        if lacking:
            print("to verify what is built, this environment needs more:")
            print(f"  {requirements.install(list(lacking))}")
        return 0
    width = max(map(len, platforms.PLATFORMS))
    for name, platform in platforms.PLATFORMS.items():
        state = "no recipe" if not platform.linker else "not prepared"
        tools = cross.prepared(platform)
        if tools:
            state = "ready" + (f", runs with {tools.python[0]}" if tools.python else "")
        mine = " (this machine)" if name == platforms.host() else ""
        print(f"{name:<{width}}  {platform.target}  {state}{mine}")
    print(f"llvm-profdata: {_profdata()}")
    print(f"cache: {cross.cache()}")
    return 0


def _profdata() -> str:
    """Return the tool that makes profiles, or how to get it."""
    here = Path.cwd()
    try:
        rustc = compiler.of(cargo_config.read(require_cargo(), here, os.environ), here)
        fields = rustc.fields
        sysroot = Path(rustc.ask("--print", "sysroot").strip())
        llvm = fields.get("LLVM version", "")
        return profdata.find(Rust(fields["release"], llvm, sysroot, fields["host"])).path
    except MachineError as error:
        problem = error.problems[0]
        return f"{problem.what}; {problem.hint}"
