"""The package's own tests, with the plain wheel and with each runtime of ours."""

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

from .bench import digest, folder, reused
from .build import fat, plain, python, site, table_of, unpacked
from .packages import Package

PLUGIN = Path(__file__).with_name("outcomes.py")
FAILED = {"failed", "error", "xpassed"}
LIMIT = 1800


def outcomes(package: Package, runtime: str) -> dict:
    """Return how each test ends under a runtime, or with the plain wheel, and what was loaded."""
    kind = "plain" if runtime == "plain" else "fat"
    wheel = Path((plain if kind == "plain" else fat)(package)["files"][0])
    home = site(package, kind, wheel)
    forced = {} if kind == "plain" else {table_of(package)["env"]: runtime}

    def make() -> dict:
        return _run(package, runtime, home, forced) | {"wheel": digest(wheel)}

    asked = json.dumps([package.folder, package.arguments, package.requires, package.shadowing])
    return reused(package, f"suite-{runtime}", digest(wheel, PLUGIN, asked), make)


def _run(package: Package, runtime: str, home: Path, forced: dict) -> dict:
    written = folder(package) / f"outcomes-{runtime}.jsonl"
    written.unlink(missing_ok=True)
    # `CI` makes hypothesis try the same examples each time, without a deadline.
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    env |= forced | {
        "FOREIGN_SITE": str(home), "PYTHONPATH": str(PLUGIN.parent),
        "OUTCOMES": str(written), "CI": "true", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    options = ("-q", "-p", "outcomes", "-p", "no:cacheprovider", *package.arguments)
    with unpacked(package) as tree, (folder(package) / f"suite-{runtime}.log").open("w") as log:
        for name in package.shadowing:
            shutil.rmtree(tree / name)
        done = subprocess.run(
            [python(package), "-m", "pytest", *options], cwd=tree / package.folder, env=env,
            stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=LIMIT,
        )  # fmt: skip
    lines = [json.loads(line) for line in written.read_text().splitlines()]
    loaded = (file for line in lines for file in line.get("loaded", ()))
    return {
        "status": done.returncode,
        "tests": {line["test"]: line["outcome"] for line in lines if "test" in line},
        "loaded": [file[len(f"{home}/") :] for file in loaded if file.startswith(f"{home}/")],
    }


def counts(package: Package, result: dict) -> dict[str, int]:
    """Return how many tests passed, failed and were skipped, without the unsteady ones."""
    tests = result["tests"].items()
    words = Counter(word for name, word in tests if name not in package.unsteady)
    failed = sum(words[word] for word in FAILED)
    return {
        "passed": words["passed"], "failed": failed,
        "skipped": words["skipped"] + words["xfailed"],
    }  # fmt: skip


def failing(result: dict) -> set[str]:
    """Return the tests that failed."""
    return {name for name, word in result["tests"].items() if word in FAILED}


def differences(package: Package, one: dict, other: dict) -> dict[str, tuple]:
    """Return the tests that end differently, except the unsteady ones."""
    first, second = one["tests"], other["tests"]
    names = (first.keys() | second.keys()) - package.unsteady.keys()
    pairs = {name: (first.get(name), second.get(name)) for name in sorted(names)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
