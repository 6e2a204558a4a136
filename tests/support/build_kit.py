"""Builds that are to fail, or to be stopped: how they are started, and what is left of them."""

import os
import subprocess
import sys

# What `python -m build`, pip and uv do in the end, without their second of start.
BACKEND = (sys.executable, "-c", "import hatchling.build as b; b.build_wheel('dist')")


def start(folder, target, *argv, before=(), **env):
    """Start the build of a project by its backend, or another command in its folder."""
    return subprocess.Popen(
        [*before, *(argv or BACKEND)],
        cwd=folder,
        env=os.environ | {"CARGO_TARGET_DIR": str(target)} | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def fake(folder, name, text):
    """Write a program of the shell; gives its path."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def descendants(pid):
    """Return the processes that a process has started, and those that they have."""
    done = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True)
    rows = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    found, grown = {pid}, True
    while grown:
        more = {p for p, parent in rows if parent in found} - found
        found |= more
        grown = bool(more)
    return found - {pid}


def alive(pid):
    """Return whether a process exists and is not a zombie."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def command(pid):
    """Return the words of a process's command line; none where it has ended."""
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return file.read().split("\0")
    except FileNotFoundError:
        return []
