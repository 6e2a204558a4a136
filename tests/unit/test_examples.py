"""The examples as whole files are those that the pages show, and each is linked from the index."""

import argparse
import re
import shlex
from pathlib import Path

from rtvariants.cli import wheel

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs/examples"
FILE = re.compile(r"^`([\w./]+)`:.*?^```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_adopted_package_is_the_one_that_its_page_shows():
    shown = dict(FILE.findall((ROOT / "docs/adopt.md").read_text()))
    folder = EXAMPLES / "adopted"
    assert {name: (folder / name).read_text() for name in shown} == shown


def test_every_example_is_in_the_index():
    index = (ROOT / "docs/README.md").read_text()
    linked = {path.partition("/")[0] for path in re.findall(r"\]\(examples/([^)]+)\)", index)}
    # The script names the package that it fits.
    assert {path.name for path in EXAMPLES.iterdir()} - linked == {"unmodified"}
    assert "unmodified" in (EXAMPLES / "fit.sh").read_text()


def test_the_script_that_fits_a_package_has_a_command_that_is_taken():
    (line,) = re.findall(
        r"^rtvariants wheel (.*)$", (EXAMPLES / "fit.sh").read_text(), re.MULTILINE
    )
    parser = argparse.ArgumentParser()
    wheel.arguments(parser)
    options = parser.parse_args(shlex.split(line))
    assert (EXAMPLES / options.source / "pyproject.toml").is_file()
    assert options.levels == ["v3=x86_64_v3", "base=x86_64"]


def test_the_package_that_is_fitted_knows_nothing_of_rtvariants():
    files = [path for path in (EXAMPLES / "unmodified").rglob("*") if path.is_file()]
    assert len(files) >= 3
    assert [path for path in files if "rtvariants" in path.read_text("utf-8")] == []
