"""What a runtime gains over another one: a small workload in pairs of fresh processes."""

import os
import statistics
import subprocess
from pathlib import Path

from .bench import digest, reused
from .build import fat, python, site, table_of
from .packages import DATA, Package

PAIRS = 15
#: The least CPU time of a few runs in one process, after a first one.
ONCE = """
import runpy, sys, time
module = runpy.run_path(sys.argv[1])
data, work = module["prepare"](), module["work"]
work(data)
def seconds(turns):
    start = time.process_time()
    for _ in range(turns):
        work(data)
    return (time.process_time() - start) / turns
# As many turns as take 20 ms, so that the clock's steps do not matter.
turns = 1 + int(0.02 / seconds(1))
print(min(seconds(turns) for _ in range(7)))
"""


def gain(package: Package) -> dict:
    """Return the median and the quartiles of base's time divided by v3's."""
    wheel = Path(fat(package)["files"][0])
    script = DATA / "workloads" / f"{package.name}.py"
    home = site(package, "fat", wheel)
    variable = table_of(package)["env"]

    def seconds(runtime: str) -> float:
        env = os.environ | {"PYTHONPATH": str(home), variable: runtime}
        done = subprocess.run(
            [python(package), "-c", ONCE, script],
            env=env, cwd=home, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return float(done.stdout)

    def make() -> dict:
        pairs = []
        for turn in range(PAIRS):
            order = ("v3", "base") if turn % 2 else ("base", "v3")
            times = {runtime: seconds(runtime) for runtime in order}
            pairs.append(times["base"] / times["v3"])
        low, middle, high = statistics.quantiles(pairs, n=4, method="inclusive")
        return {"low": low, "median": middle, "high": high, "wheel": digest(wheel)}

    return reused(package, "gain", digest(wheel, script, ONCE, str(PAIRS)), make)
