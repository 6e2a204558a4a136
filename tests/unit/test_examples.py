"""The examples as whole files are those that the pages show, and each is linked from the index."""

import re
from pathlib import Path

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
