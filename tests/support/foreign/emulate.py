"""The import of the wheel with runtimes on old CPUs, emulated by qemu-user."""

import os
import subprocess
from pathlib import Path

from .bench import digest, reused
from .build import RUNTIMES, fat, python, site, table_of
from .packages import Package

#: Imports the modules, and prints the file of each.
IMPORT = """
import importlib, sys
for name in sys.argv[1:]:
    print(importlib.import_module(name).__file__)
"""
#: Loads an extension module without the loader, so that its own guard must answer.
LOAD = """
import importlib.util, sys
name, path = sys.argv[1:]
spec = importlib.util.spec_from_file_location(name, path)
spec.loader.exec_module(importlib.util.module_from_spec(spec))
"""


def cases(package: Package) -> dict[str, dict]:
    """Return what each case gives: the exit status, and what Python prints."""
    wheel = Path(fat(package)["files"][0])
    home = site(package, "fat", wheel)

    def make() -> dict:
        table = table_of(package)

        def on(cpu: str, runtime: str, code: str, *arguments: str) -> dict:
            env = {k: v for k, v in os.environ.items() if k != table["env"]}
            env |= {"PYTHONPATH": str(home), table["env"]: runtime}
            done = subprocess.run(
                ["qemu-x86_64", "-cpu", cpu, python(package), "-c", code, *arguments],
                env=env, capture_output=True, text=True, timeout=600, cwd=home,
            )  # fmt: skip
            return {"status": done.returncode, "out": done.stdout, "err": done.stderr[-4000:]}

        found = {
            f"{cpu}, {runtime}": on(cpu, runtime, IMPORT, *package.modules)
            for cpu in ("Nehalem", "Haswell")
            for runtime in ("auto", *RUNTIMES)
        }
        for path in sorted(home.glob("_*_v3/**/*.so")):
            name = next(m for m in package.modules if m.endswith("." + path.name.split(".")[0])
                        or m == path.name.split(".")[0])  # fmt: skip
            key = f"Nehalem, the file of v3 alone: {name}"
            found[key] = on("Nehalem", "auto", LOAD, name, str(path))
        return {"cases": found, "wheel": digest(wheel)}

    key = digest(wheel, IMPORT, LOAD, *package.modules)
    return reused(package, "emulated", key, make)["cases"]
