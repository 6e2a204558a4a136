"""What the pages under docs/ show is true: configurations, commands, links, and who wins."""

import argparse
import importlib
import itertools
import json
import re
import shlex
import sys
from pathlib import Path

import jsonschema
import pytest
import tomli_w

from rtvariants.cli import COMMANDS
from rtvariants.config import load
from rtvariants.config.overrides import Overrides

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [*DOCS, ROOT / "build_plugin/README.md"]
SCHEMA = json.loads((ROOT / "build_plugin/rtvariants.schema.json").read_text())
ADOPT = (ROOT / "docs/adopt.md").read_text()
LANGUAGES = {"toml", "rust", "python", "sh", "json", "text", ""}


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def tables():
    """Return page and text of every configuration of ours; a part stands for a whole table."""
    for page in PAGES:
        for text in blocks(page.read_text(), "toml"):
            if "[tool.rtvariants" in text:
                yield pytest.param(text, id=f"{page.name}: {text.split(chr(10))[0]}")


def whole(text):
    data = tomllib.loads(text)
    table = data["tool"]["rtvariants"]
    for sample in blocks(ADOPT, "toml"):
        if "crate" not in table and "[[tool.rtvariants.runtimes]]" in sample:
            data["tool"]["rtvariants"] = tomllib.loads(sample)["tool"]["rtvariants"] | table
    return data


@pytest.mark.parametrize("text", list(tables()))
def test_each_configuration_is_one_that_the_plugin_takes(text, tmp_path):
    data = whole(text)
    table = data["tool"]["rtvariants"]
    for each in (table, *table.get("modules", ())):
        crate = tmp_path / each.get("crate", ".")
        crate.mkdir(parents=True, exist_ok=True)
        (crate / "Cargo.toml").touch()
    jsonschema.Draft7Validator(SCHEMA).validate(data["tool"]["rtvariants"])
    # Through the reader's front door, so that what a build backend's own table says counts too.
    (tmp_path / "pyproject.toml").write_text(tomli_w.dumps(data))
    assert load.read(tmp_path).runtimes


def test_the_pages_show_as_many_configurations_as_we_think():
    assert len(list(tables())) >= 6


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_of_a_known_language_and_reads_as_that(page):
    text = page.read_text()
    found = re.findall(r"^```(\S*)\n(?:.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert set(found) <= LANGUAGES
    for block in blocks(text, "toml"):
        tomllib.loads(block)
    for block in blocks(text, "python"):
        compile(block, str(page), "exec")


def commands(text):
    spans = re.findall(r"`(rtvariants [a-z][^`]*)`", text)
    lines = [line for block in blocks(text, "sh") for line in block.splitlines()]
    for line in [*spans, *lines]:
        words = shlex.split(line, comments=True)
        while words and "=" in words[0]:
            words.pop(0)
        if words[:1] == ["rtvariants"]:
            yield words[1:]


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_every_command_of_ours_has_the_options_that_are_shown(page):
    for name, *words in commands(re.sub("<!--.*?-->", "", page.read_text())):
        assert name in COMMANDS
        if words:
            parser = argparse.ArgumentParser(prog=f"{page.name}: rtvariants {name}")
            importlib.import_module(f"rtvariants.cli.{name}").arguments(parser)
            parser.parse_args(words)  # ends the test where it does not know one


def test_a_wrong_option_would_be_seen(capsys):
    ((name, *words),) = commands("`rtvariants plan --runtme v3`")
    parser = argparse.ArgumentParser()
    importlib.import_module(f"rtvariants.cli.{name}").arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(words)
    assert "--runtme" in capsys.readouterr().err


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_index_has_every_page():
    index = (ROOT / "docs/README.md").read_text()
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in DOCS} - {"README.md"}
    assert set(re.findall(r"\]\(([^)]+\.md)\)", index)) == pages


def example():
    """Return the rows of the worked example in the reference: command, jobs, runtimes."""
    text = (ROOT / "docs/reference.md").read_text()
    return re.findall(r"^\| `([^`]+)` \| (\d+) \| ([^|]+) \| [^|]+ \|$", text, re.MULTILINE)


def test_the_example_of_who_wins_has_a_row_for_each_place():
    said = " ".join(command for command, _, _ in example())
    assert all(part in said for part in ("-C jobs", "RTVARIANTS_JOBS", "--jobs"))


@pytest.mark.parametrize(("line", "jobs", "runtimes"), example())
def test_who_wins_is_as_the_reference_shows(tmp_path, line, jobs, runtimes):
    (tmp_path / "Cargo.toml").touch()
    (text,) = (t for t in blocks((ROOT / "docs/reference.md").read_text(), "toml") if "jobs" in t)
    words = shlex.split(line)
    environ = dict(word.split("=", 1) for word in words if word.startswith("RTVARIANTS_"))
    after = dict(itertools.pairwise(words))
    settings = dict([after["-C"].split("=")]) if "-C" in after else {}
    options = {"jobs": int(after["--jobs"])} if "--jobs" in after else {}
    table = whole(text)["tool"]["rtvariants"]
    read = load.parse(table, tmp_path, Overrides(environ, settings, options))
    assert (read.build.jobs, ", ".join(read.build.runtimes)) == (int(jobs), runtimes)


def test_the_hook_shows_the_two_files_of_the_first_page():
    from rtvariants.backends import hatchling

    shown = (hatchling.RtvariantsHook.__doc__ or "").replace("\n    ", "\n")
    files = [t for t in blocks(ADOPT, "toml") if "[build-system]" in t] + blocks(ADOPT, "rust")[:1]
    assert len(files) == 2
    assert [text for text in files if text not in shown] == []
    assert "`pyproject.toml`" in shown
    assert "`src/lib.rs`" in shown


@pytest.mark.parametrize(
    ("name", "page"),
    [("maturin", "move-from-maturin"), ("setuptools", "move-from-setuptools-rust")],
)
def test_the_other_routes_show_the_file_of_their_page(name, page):
    shown = importlib.import_module(f"rtvariants.backends.{name}").__doc__ or ""
    (after,) = (
        text
        for text in blocks((ROOT / "docs" / f"{page}.md").read_text(), "toml")
        if "[tool.rtvariants]" in text
    )
    assert after in shown


def test_the_events_are_those_that_a_build_writes(tmp_path):
    from rtvariants.compile.progress import Progress

    shown = [
        json.loads(line)
        for block in blocks((ROOT / "docs/how-it-works.md").read_text(), "json")
        for line in block.splitlines()
    ]
    file = tmp_path / "events"
    with (tmp_path / "log").open("w") as log:
        progress = Progress(("v3", "base"), log, str(file))
        progress.start("v3")
        progress.step("v3", 18, 29)
        progress.done("v3", 15)
        progress.checked("v3", 0)
        progress.start("base")
        progress.failed("base")
        progress.end(812_000_000)
    written = {e["event"]: set(e) for e in map(json.loads, file.read_text().splitlines())}
    assert {each["event"]: set(each) for each in shown} == written


def test_the_first_page_counts_the_lines_that_an_adopter_writes():
    files = dict(
        re.findall(r"^`([\w./]+)`:.*?^```\w+\n(.*?)^```$", ADOPT, re.DOTALL | re.MULTILINE)
    )
    lines = {name: [x for x in text.splitlines() if x.strip()] for name, text in files.items()}
    ours = [x for x in lines["Cargo.toml"] if "rtvariants" in x]
    table = lines["pyproject.toml"]
    ours += [x for x in table if x == "[tool.hatch.build.hooks.rtvariants]"]
    ours += table[table.index("[tool.rtvariants]") :]
    total = sum(map(len, lines.values()))
    assert f"Of their {total} lines, {len(ours)} are there for the runtimes;" in ADOPT
    further = table[-3:]
    assert further[0] == "[[tool.rtvariants.runtimes]]"
    assert "each further runtime is three more" in ADOPT
