"""Runs narwhals' own tests, from its sdist, with frames of mydf: `python3 dev.py narwhals`."""

import os
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "target" / "narwhals"


def sources():
    """Return the folder of the sources of the installed narwhals, fetched once."""
    name = f"narwhals-{version('narwhals')}"
    if not (TARGET / name).is_dir():
        words = ["download", "-q", "--no-deps", "--no-binary", "narwhals", "-d", str(TARGET)]
        command = [sys.executable, "-m", "pip", *words, name.replace("-", "==")]
        subprocess.run(command, check=True)
        with tarfile.open(TARGET / f"{name}.tar.gz") as archive:
            archive.extractall(TARGET, filter="data")
    return TARGET / name


def main(words):
    """Run the tests; the status is pytest's."""
    folder = sources()
    plugin = ["-p", "narwhals_with_mydf", "--use-external-constructor"]
    command = ["-m", "pytest", "-c", str(HERE / "pytest.ini"), "--rootdir", str(folder), *plugin]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), str(folder)])}
    args = [sys.executable, *command, "-q", *(words or ["tests"])]
    return subprocess.run(args, cwd=folder, env=env).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
