"""Runs the README's two commands in a bare Debian, where nothing of a developer's machine is.

A fresh root of Debian 12 has Python, git and certificates from Debian's packages, and this
machine's Rust toolchain. The commit that is checked out is cloned into it. `--python` names the
interpreters that run `dev.py`, one after the other: Debian's own, and one of this machine's, such
as the oldest one that the README promises, whose folder is mounted into the root.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "target" / "bare"
SUITE = "bookworm"
# What a person has before reading the README; `dev.py` installs the rest.
PACKAGES = ("python3", "git", "ca-certificates")
DEBIAN = "debian"
COMMANDS = ("demo", "test")
#: How this machine reaches its package indexes; everything else of its environment stays outside.
KEPT = (
    "PIP_INDEX_URL", "PIP_CERT", "PIP_DEFAULT_TIMEOUT", "UV_DEFAULT_INDEX", "SSL_CERT_FILE",
    "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY",
)  # fmt: skip


def oldest() -> str:
    """Return the name of the oldest Python that the project promises to run on."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (version,) = re.findall(r'^requires-python = ">=([\d.]+)"$', text, re.MULTILINE)
    return f"python{version}"


def unable() -> str:
    """Return why a root can't be made here, or an empty text."""
    if sys.platform != "linux" or not Path("/etc/debian_version").is_file():
        return "this is not Debian"
    if os.geteuid() != 0:
        return "this is not root"
    for tool, package in {"debootstrap": "debootstrap", "unshare": "util-linux"}.items():
        if not shutil.which(tool):
            return f"`{tool}` not found\nhint: run `apt-get install {package}`"
    if not shutil.which("cargo"):
        return "`cargo` not found"
    return ""


def ok(*command: str | Path, **options: object) -> None:
    """Run a command; end with its status if it fails."""
    words = [str(word) for word in command]
    print("$ " + " ".join(words), flush=True)
    status = subprocess.run(words, check=False, **options).returncode  # type: ignore[call-overload]
    if status:
        sys.exit(f"error: exit status {status}: `{' '.join(words)}`")


def sources() -> str:
    """Return the address that this machine's packages of Debian come from."""
    for line in subprocess.check_output(["apt-cache", "policy"], text=True).splitlines():
        words = line.split()
        if len(words) > 2 and words[1].startswith("http") and words[2].startswith(f"{SUITE}/main"):
            return words[1]
    sys.exit(f"error: no package source of `{SUITE}`\nhint: run `apt-get update`")


def create(root: Path) -> None:
    """Make a fresh root with the clone, the toolchain and the means to reach the indexes."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    include = f"--include={','.join(PACKAGES)}"
    ok(
        "debootstrap",
        "--variant=minbase",
        include,
        SUITE,
        root,
        sources(),
        stdout=subprocess.DEVNULL,
    )
    for path in ("/etc/resolv.conf", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt"):
        if Path(path).is_file():
            shutil.copyfile(path, root / path[1:])
    for folder in ("/etc/apt/sources.list.d", "/etc/apt/apt.conf.d"):
        shutil.copytree(folder, root / folder[1:], dirs_exist_ok=True)
    home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    shutil.copytree(home / "bin", root / "root/.cargo/bin", symlinks=True)
    for name in ("config.toml", "config"):
        if (home / name).is_file():
            shutil.copyfile(home / name, root / "root/.cargo" / name)
    ok("git", "clone", "-q", ROOT, root / "src")


def starts(python: str) -> bool:
    """Return whether this machine has an interpreter of that name or path, which starts."""
    try:
        return not subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode
    except OSError:
        return False


def mounts(root: Path, python: str) -> tuple[list[Path], str]:
    """Return the folders to mount into the root, read-only, and the path of its interpreter."""
    rustup = Path(os.environ.get("RUSTUP_HOME", Path.home() / ".rustup"))
    if python == DEBIAN:
        return [rustup], "/usr/bin/python3"
    code = "import sys; print(sys.base_prefix)"
    prefix = subprocess.check_output([python, "-c", code], text=True).strip()
    return [rustup, Path(prefix)], f"{prefix}/bin/{Path(python).name}"


def inside(root: Path, python: str, *command: str) -> int:
    """Run a command of `dev.py` in the root, with processes and mounts of its own."""
    bound, interpreter = mounts(root, python)
    lines = ["set -e", f"mount -t proc proc {root}/proc", f"mount --rbind /dev {root}/dev"]
    for folder in bound:
        lines += [f"mkdir -p {root}{folder}", f"mount --bind -o ro {folder} {root}{folder}"]
    lines.append(f'exec chroot {root} /usr/bin/env -C /src {interpreter} dev.py "$@"')
    env = {key: os.environ[key] for key in KEPT if key in os.environ}
    env |= {
        "PATH": "/root/.cargo/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "CI": "true",
        "RUSTUP_HOME": str(bound[0]), "LANG": "C.UTF-8", "TERM": "dumb",
    }  # fmt: skip
    words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", "\n".join(lines)]
    return subprocess.run([*words, "sh", *command], env=env, check=False).returncode


def main() -> int:
    """Run both commands under each interpreter, and sum up."""
    parser = argparse.ArgumentParser(prog="dev.py bare", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--python", action="append", metavar="NAME",
        help=f"`{DEBIAN}`, or a Python of this machine (default: `{DEBIAN}` and `{oldest()}`)",
    )  # fmt: skip
    parser.add_argument("--keep", action="store_true", help="keep the root in target/bare")
    options = parser.parse_args()
    if reason := unable():
        print(f"NOT RUN: {reason}", flush=True)
        return 1
    create(FOLDER)
    results = []
    for python in options.python or (DEBIAN, oldest()):
        if python != DEBIAN and not starts(python):
            results.append((python, "NOT RUN: this machine has no such Python that starts", False))
            continue
        # Each interpreter has an environment of its own; what cargo has compiled is for all.
        shutil.rmtree(FOLDER / "src/.venv", ignore_errors=True)
        for command in COMMANDS:
            begun = time.monotonic()
            status = inside(FOLDER, python, command)
            text = f"exit status {status} after {time.monotonic() - begun:.0f} s"
            results.append((f"{python}: dev.py {command}", text, status == 0))
    if not options.keep:
        shutil.rmtree(FOLDER)
    print("\n==> Summary", *(f"{name:28} {text}" for name, text, _ in results), sep="\n")
    return 0 if all(good for _, _, good in results) else 1


if __name__ == "__main__":
    sys.exit(main())
