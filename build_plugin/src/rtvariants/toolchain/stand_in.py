"""Stands in for cargo while a project's own backend builds its wheel.

The backend says by its call which crate it builds, and how. Instead of compiling it, this program
writes down the call and returns a small library with the number of the call in it: where that
library lies in the wheel, the runtimes go. All other questions go to the real cargo.

It is copied to a folder of its own and runs alone, so it imports the standard library only. The
plugin imports what it knows about cargo's messages from here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

#: Next to this program: the real cargo, what its environment had, and how to answer.
SETTINGS = "stand-in.json"
#: Next to this program, where a program was asked for in a wheel that holds nothing else.
PROGRAM = "program"
#: What is in the libraries: the number of the call follows, and a `;`.
MARK = "rtvariants-stand-in:"
#: Next to this program: the last call that the real cargo has answered by compiling.
COMPILED = "compiled"
_BUILDS = ("build", "b", "rustc")
_RUNS = (*_BUILDS, "run", "r", "install")
# Options of cargo before its subcommand that have a value.
_VALUED = ("--config", "--color", "-C", "-Z")
_OTHER_TARGETS = ("--bin", "--bins", "--example", "--examples", "--test", "--tests", "--bench")
_SOURCE = """
#[no_mangle]
pub static RTVARIANTS_STAND_IN: [u8; {length}] = *b"{mark}";
#[no_mangle]
pub extern "C" fn PyInit_{name}() -> *const u8 {{
    RTVARIANTS_STAND_IN.as_ptr()
}}
"""


def main(argv: list[str]) -> int:
    """Answer one call of cargo; returns its exit status.

    Where the setting `alone` says that a wheel holds what one call builds, a program is refused.
    """
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, SETTINGS), encoding="utf-8") as file:
        said = json.load(file)
    env = {k: v for k, v in os.environ.items() if k not in said["environ"]}
    env.update({name: value for name, value in said["environ"].items() if value is not None})
    builds = _command(argv) in _BUILDS
    target = _library(said["cargo"], argv, env) if builds else None
    if target is None and builds and said["alone"] and _names_program(argv):
        open(os.path.join(here, PROGRAM), "wb").close()
        return 1
    if target is None:
        if _command(argv) in _RUNS:
            with open(os.path.join(here, COMPILED), "w", encoding="utf-8") as file:
                file.write(" ".join(argv))
        return subprocess.run([said["cargo"], *argv], env=env, check=False).returncode
    number = _written(here, argv, target)
    if said["compile"]:
        return subprocess.run([said["cargo"], *argv], env=env, check=False).returncode
    return _answered(argv, target, number, said["rustc"], env)


def _command(argv: list[str]) -> str:
    words = iter(argv)
    for word in words:
        if word in _VALUED:
            next(words, "")
        elif not word.startswith(("-", "+")):
            return word
    return ""


def value(argv: list[str], *names: str) -> str:
    """Return the last value of an option, in either of its spellings; empty without one."""
    found = ""
    for at, word in enumerate(argv):
        if word == "--":
            break
        if word in names and at + 1 < len(argv):
            found = argv[at + 1]
        for name in names:
            if name.startswith("--") and word.startswith(f"{name}="):
                found = word.partition("=")[2]
    return found


def _names_program(argv: list[str]) -> bool:
    return "--lib" not in argv and any(word.split("=")[0] in ("--bin", "--bins") for word in argv)


def _library(cargo: str, argv: list[str], env: dict[str, str]) -> dict[str, Any] | None:
    """Return the library that a call builds, as `cargo metadata` has it; `None` without one."""
    if "--lib" not in argv and any(w.split("=")[0] in _OTHER_TARGETS for w in argv):
        return None
    ask = [cargo, "metadata", "--no-deps", "--format-version=1"]
    manifest = value(argv, "--manifest-path")
    ask += ["--manifest-path", manifest] if manifest else []
    done = subprocess.run(ask, env=env, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        return None  # The real cargo says what is wrong.
    data = json.loads(done.stdout)
    made = "cdylib" in value(argv, "--crate-type") or "cdylib" in argv
    found = [
        {**target, "package": package, "folder": data["target_directory"]}
        for package in _packages(data, argv, manifest)
        for target in [library(package)]
        if target and (made or "cdylib" in target["crate_types"])
    ]
    return found[0] if len(found) == 1 else None


def library(package: dict[str, Any]) -> dict[str, Any] | None:
    """Return the library of a package, which cargo can build as a cdylib; `None` without one."""
    kinds = {"cdylib", "lib", "rlib", "dylib", "staticlib"}
    return next((t for t in package["targets"] if kinds & set(t["kind"])), None)


def artifact(package: dict[str, Any], target: dict[str, Any], path: str) -> str:
    """Return what cargo prints about a cdylib that it has built.

    https://doc.rust-lang.org/cargo/reference/external-tools.html
    """
    message = {
        "reason": "compiler-artifact",
        "package_id": package["id"],
        "manifest_path": package["manifest_path"],
        "target": {**target, "kind": ["cdylib"], "crate_types": ["cdylib"]},
        "profile": {
            "opt_level": "3",
            "debuginfo": 0,
            "debug_assertions": False,
            "overflow_checks": False,
            "test": False,
        },
        "features": [],
        "filenames": [path],
        "executable": None,
        "fresh": True,
    }
    end = {"reason": "build-finished", "success": True}
    return f"{json.dumps(message)}\n{json.dumps(end)}\n"


def _packages(data: dict[str, Any], argv: list[str], manifest: str) -> list[dict[str, Any]]:
    """Return the packages that a call may build."""
    packages: list[dict[str, Any]] = data["packages"]
    named = value(argv, "-p", "--package")
    if named:
        return [p for p in packages if named in (p["name"], p["id"])]
    place = os.path.realpath(manifest or _above(os.getcwd()))
    own = [p for p in packages if os.path.realpath(p["manifest_path"]) == place]
    return own or [p for p in packages if p["id"] in data.get("workspace_default_members", ())]


def _above(folder: str) -> str:
    while not os.path.isfile(os.path.join(folder, "Cargo.toml")):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            break
    return os.path.join(folder, "Cargo.toml")


def _written(here: str, argv: list[str], target: dict[str, Any]) -> int:
    """Write down a call and return its number."""
    number = len([name for name in os.listdir(here) if name.startswith("call-")])
    call = {
        "argv": argv,
        "cwd": os.getcwd(),
        "manifest": target["package"]["manifest_path"],
        "features": sorted(target["package"]["features"]),
        "crate_types": target["crate_types"],
        "environ": dict(os.environ),
    }
    with open(os.path.join(here, f"call-{number}.json"), "w", encoding="utf-8") as file:
        json.dump(call, file)
    return number


def _answered(
    argv: list[str], target: dict[str, Any], number: int, rustc: str, env: dict[str, str]
) -> int:
    profile = value(argv, "--profile") or ("release" if {"--release", "-r"} & set(argv) else "dev")
    triple = value(argv, "--target") or env.get("CARGO_BUILD_TARGET", "")
    folder = os.path.join(
        value(argv, "--target-dir") or target["folder"],
        triple,
        "debug" if profile == "dev" else profile,
    )
    os.makedirs(folder, exist_ok=True)
    name = target["name"].replace("-", "_")
    names = {"darwin": f"lib{name}.dylib", "win32": f"{name}.dll"}
    path = os.path.join(folder, names.get(sys.platform, f"lib{name}.so"))
    mark = f"{MARK}{number};"
    source = os.path.join(folder, f"rtvariants_stand_in_{number}.rs")
    with open(source, "w", encoding="utf-8") as file:
        file.write(_SOURCE.format(length=len(mark), mark=mark, name=name))
    command = [rustc, "--crate-type=cdylib", f"--crate-name={name}", "-Cpanic=abort"]
    command += ["-Cstrip=symbols", *([f"--target={triple}"] if triple else []), "-o", path, source]
    code = subprocess.run(command, env=env, check=False).returncode
    os.unlink(source)
    if not code and "json" in value(argv, "--message-format"):
        package = target["package"]
        found = {k: v for k, v in target.items() if k not in ("package", "folder")}
        sys.stdout.write(artifact(package, found, path))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
