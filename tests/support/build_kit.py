"""Builds that are to fail, or to be stopped: how they are started, and what is left of them."""

import os
import subprocess
import sys

import psutil

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
    """Return the processes that a process has started, and those that these have."""
    try:
        return {process.pid for process in psutil.Process(pid).children(recursive=True)}
    except psutil.NoSuchProcess:
        return set()


def alive(pid):
    """Return whether a process exists and is not a zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def command(pid):
    """Return the words of a process's command line; none if it has ended."""
    try:
        return psutil.Process(pid).cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []
