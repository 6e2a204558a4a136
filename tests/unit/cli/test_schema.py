"""`rtvariants schema`: the generated files are compared and written."""

import os
import subprocess
import sys
from pathlib import Path

from rtvariants.cli import main

ROOT = Path(__file__).resolve().parents[3]
FILES = (ROOT / "build_plugin/rtvariants.schema.json", ROOT / "docs/reference.md")


def command(*argv, **options):
    return subprocess.run(
        [sys.executable, "-m", "rtvariants", "schema", *map(str, argv)],
        capture_output=True, text=True, env=os.environ, check=False, **options,
    )  # fmt: skip


def test_the_generated_files_are_up_to_date():
    done = command("--check", *FILES)
    assert done.returncode == 0, done.stderr


def test_a_generated_file_that_is_out_of_date_is_reported_and_updated(tmp_path):
    copies = []
    for file in FILES:
        copies.append(tmp_path / file.name)
        copies[-1].write_text(file.read_text().replace("allocator", "alocator"))
    done = command("--check", *copies)
    assert done.returncode == 1
    for copy in copies:
        assert f"error: out of date: `{copy}`" in done.stderr
    assert command("--write", *copies).returncode == 0
    assert [c.read_text() for c in copies] == [f.read_text() for f in FILES]


def test_a_page_without_the_marks_is_left_alone(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("by hand\n")
    done = command("--write", page)
    assert done.returncode == 1
    assert "no generated part" in done.stderr
    assert page.read_text() == "by hand\n"


def test_a_file_that_cannot_be_written_is_one_line(capsys, tmp_path):
    path = tmp_path / "nowhere/schema.json"
    assert main(["schema", "--write", str(path)]) == 1
    assert capsys.readouterr().err == f"error: {path}: No such file or directory\n"
