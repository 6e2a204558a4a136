"""Time a package that is built with a profile next to the same package without one.

`python3 dev.py bench pgo` builds a copy of the tests' package greeter with a function that has many
branches. `--without WHEEL --with WHEEL --work FILE` compares two wheels that are there: FILE is a
Python file with a function `work()`, and its folder is not the one of the package. Each sample is a
fresh process that runs `work()` five times, and its least processor time counts; the two wheels
take turns. The ratios are of the two samples of one round.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from _measure import ROOT, Case, interleave, machine, table

BENCH = ROOT / "target" / "bench-pgo"
#: A reader of numbers and names, which are mostly lowercase letters.
FUNCTION = r"""
    /// Sum up what is in a text: the values of numbers, the lengths of names.
    #[pyfunction]
    fn sum_up(text: &str) -> u64 {
        let (mut sum, mut number, mut letters) = (0u64, 0u64, 0u64);
        for letter in text.bytes() {
            match letter {
                b'a'..=b'z' => letters += 1,
                b'0'..=b'9' if letters == 0 => number = number * 10 + u64::from(letter - b'0'),
                b'0'..=b'9' | b'_' => letters += 1,
                b'-' if number == 0 => sum ^= 1,
                b'\n' | b'\r' => { sum = sum.rotate_left(1); number = 0; }
                b' ' | b'\t' | b',' | b';' => {
                    sum = sum.wrapping_add(number * 3 + letters);
                    (number, letters) = (0, 0);
                }
                b'A'..=b'Z' => letters += 2,
                128.. => sum = sum.wrapping_mul(31),
                _ => sum = sum.wrapping_add(u64::from(letter)),
            }
        }
        sum
    }
"""
WORK = """
import random
from greeter._hello import sum_up

random.seed(7)
words = ("name", "value_1", "1234", "42", "Other", "-7", "x" * 20)
text = " ".join(random.choices(words, (30, 20, 20, 10, 2, 2, 16), k=20000))


def work():
    for _ in range(40):
        sum_up(text)


if __name__ == "__main__":
    work()
"""
SAMPLE = """
import importlib.util, json, sys, time
spec = importlib.util.spec_from_file_location("bench_work", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
taken = []
for _ in range(5):
    start = time.process_time()
    module.work()
    taken.append(time.process_time() - start)
print(json.dumps(min(taken) * 1000))
"""
WITH, WITHOUT = "with a profile", "without"


def sample() -> Path:
    """Write greeter with the function, and what trains it; returns its folder."""
    folder = BENCH / "project"
    shutil.rmtree(BENCH, ignore_errors=True)
    shutil.copytree(ROOT / "tests/packages/greeter", folder)
    source = folder / "src/lib.rs"
    mark = "    /// The largest count"
    source.write_text(source.read_text().replace(mark, f"{FUNCTION}\n{mark}"))
    (folder / "work.py").write_text(WORK)
    with (folder / "pyproject.toml").open("a") as file:
        file.write('\n[tool.rtvariants.pgo]\ncommand = "python work.py"\n')
    return folder


def build(folder: Path, mode: str) -> tuple[Path, float]:
    """Build a wheel from nothing; returns it and the seconds."""
    out = BENCH / mode
    env = os.environ | {"RTVARIANTS_PGO_MODE": mode, "CARGO_TARGET_DIR": str(out / "target")}
    argv = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(out), str(folder)]
    start = time.perf_counter()
    done = subprocess.run(
        argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\nthe build with the mode `{mode}` fails")
    (wheel,) = out.glob("*.whl")
    return wheel, time.perf_counter() - start


def case(name: str, wheel: Path, work: Path) -> Case:
    """Return the case of a wheel, which is unpacked."""
    site = BENCH / "sites" / name
    shutil.rmtree(site, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    natives = sum(path.stat().st_size for path in site.glob("_*/*.so"))
    print(f"{name}: {wheel.stat().st_size / 1e3:.0f} kB, modules {natives / 1e3:.0f} kB")
    return Case(name, [sys.executable, "-c", SAMPLE, str(work)], {"PYTHONPATH": str(site)})


def main() -> None:
    """Build, measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--without", type=Path)
    parser.add_argument("--with", type=Path, dest="profiled")
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    machine(["rtvariants"])
    if options.work:
        wheels, work = {WITHOUT: options.without, WITH: options.profiled}, options.work
    else:
        folder = sample()
        plain, first = build(folder, "off")
        profiled, second = build(folder, "run")
        print(f"cold build: {first:.0f} s without, {second:.0f} s with: {second / first:.2f} times")
        wheels, work = {WITHOUT: plain, WITH: profiled}, folder / "work.py"
    cases = [case(name, wheel.resolve(), work.resolve()) for name, wheel in wheels.items()]
    runs = interleave(cases, options.rounds)
    samples = {name: [float(run.answer) for run in found] for name, found in runs.items()}
    table("work()", "ms", samples, WITHOUT)
    ratios = [a / b for a, b in zip(samples[WITHOUT], samples[WITH], strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    print(f"\n{WITHOUT} / {WITH}, of each round: median {middle:.3f}, half in {low:.3f}–{high:.3f}")


if __name__ == "__main__":
    main()
