"""Builds of a crate that compiles in a moment, by the real cargo."""

import io
import json
import os
import subprocess
from dataclasses import dataclass
from typing import Any

from rtvariants.compile import cargo
from rtvariants.compile.environment import environment

TARGET = f"{os.uname().machine}-unknown-linux-gnu"
# Waits for a file that a test names, and gives up where it does not come.
WAITING = """
fn main() {
    println!("cargo:rerun-if-env-changed=WAIT_FOR");
    let Ok(file) = std::env::var("WAIT_FOR") else { return };
    std::fs::write(format!("{file}.asked"), std::process::id().to_string()).unwrap();
    for _ in 0..600 {
        if std::path::Path::new(&file).exists() { return }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{file} did not come");
}
"""


@dataclass(frozen=True)
class Seen:
    """What the check of a test returns, as a check without violations."""

    value: Any
    problems: tuple = ()


def run(builds, check, events="", out=None, **options):
    out = out or io.StringIO()
    found = cargo.run(
        builds, 2, lambda each: Seen(check(each)), events=str(events), stream=out, **options
    )
    return tuple(each.value for each in found)


ALL = ["helper", "macros", "small"]


def compiled(argv_of):
    """Run a build's cargo and return the crates that were not fresh."""
    env = environment(argv_of.command, os.environ, os.environ["PATH"])
    done = subprocess.run(
        argv_of.command.argv, cwd=argv_of.command.cwd, env=env,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = [json.loads(line) for line in done.stdout.splitlines()]
    return sorted({m["target"]["name"] for m in said if m.get("fresh") is False} & set(ALL))


def of_lanes(builds, **options):
    """Return how many crates cargo compiled for each build of a run."""
    return run(builds, lambda artifact: artifact.compiled, **options)
