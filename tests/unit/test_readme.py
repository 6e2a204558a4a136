"""What README.md shows is true: its commands, its links, and the table of runtimes it leads to."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_table_of_runtimes_says_what_pyproject_says():
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["rtvariants"]["runtimes"]
    page = (ROOT / "docs/mydf/runtimes.md").read_text()
    shown = dict(re.findall(r"^\| `(rt\w+)` \| (.*) \|$", page, re.MULTILINE))
    assert list(shown) == [runtime["name"] for runtime in table]
    for runtime in table:
        index, x86, _, allocator, chosen = shown[runtime["name"]].split(" | ")
        assert index == f"{runtime['index-bits']}-bit"
        level = runtime["level"]["x86_64"].replace("_", "-")
        assert x86.startswith(level) or (level == "x86-64" and x86 == "every x86-64 CPU")
        linux = runtime["allocator"]["linux"] if isinstance(runtime["allocator"], dict) else "sys"
        assert linux in allocator
        assert chosen.startswith(
            "automatically" if runtime["select"] == "auto" else "only when asked"
        )


def test_it_fits_one_screen():
    lines = [line for line in README.splitlines() if line.strip()]
    assert len(lines) <= 60


def test_each_command_of_dev_that_the_readme_names_is_one():
    names = set(re.findall(r"python3 dev\.py (\w+)", README))
    assert {"demo", "test", "bench", "site"} == names
    for name in names:
        command = [sys.executable, "dev.py", name, "--help"]
        assert subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 0


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", "benches/README.md"])
def test_each_link_into_the_project_leads_somewhere(page):
    folder = (ROOT / page).parent
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / page).read_text())
    assert [link for link in links if not (folder / link).exists()] == []
