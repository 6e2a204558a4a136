"""Sizes: code by crate, what may not be larger, and that nothing too large is left."""

import json
import subprocess
import sys
import zipfile

import pytest

from rtvariants.config.load import parse
from rtvariants.errors import ConfigError, VerifyError
from rtvariants.native import sizes
from rtvariants.native.binary import Code, Mark

TABLE = {
    "crate": ".",
    "module": "greeter._hello",
    "env": "GREETER_RUNTIME",
    "runtimes": [{"name": "safe", "level": "x86_64"}],
}


@pytest.fixture
def table(tmp_path):
    (tmp_path / "Cargo.toml").touch()
    return lambda **limits: parse(TABLE | {"sizes": limits}, tmp_path)


def bill(**crates):
    properties = [
        {"name": "rtvariants:code-bytes", "value": f"{crate} {size}"}
        for crate, size in crates.items()
    ]
    return json.dumps({"metadata": {"component": {"properties": properties}}})


def test_code_counts_for_the_crate_that_wrote_it(tmp_path):
    archive = tmp_path / "libsum.a"
    archive.write_bytes(b"!<arch>\n\0checksum_of\0.text.folded\0")
    marks = (
        Mark(4, "_ZN5serde4read17h0123456789abcdefE"),
        Mark(10, "checksum_of"),
        Mark(15, "folded"),
        Mark(16, "table", True),
        Mark(20, "unknown_to_all"),
        Mark(22, "_ZN5serde5write17h0123456789abcdefE"),
    )
    code = Code("x86_64", 0, bytes(32), marks)
    assert sizes.crates([code], [("summer-sys", archive)]) == [
        ("serde", 16), ("(other)", 6), ("summer-sys", 6),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("66 MB", 66_000_000), ("1.5MB", 1_500_000), ("3 kB", 3000), ("2 GiB", 2 * 1024**3),
        ("10 KiB", 10_240), ("", 0),
    ],
)  # fmt: skip
def test_a_size_is_a_number_with_a_unit(table, text, number):
    assert table(wheel=text).sizes.wheel == number


@pytest.mark.parametrize("text", ["66", "MB", "-1 MB", "6 Mb", "1.5.2 MB", "66 MB or so"])
def test_anything_else_is_refused_with_an_example(table, text):
    with pytest.raises(ConfigError) as caught:
        table(installed=text)
    (problem,) = caught.value.problems
    assert problem.where == "tool.rtvariants.sizes.installed"
    assert problem.what == f"not a size: `{text}`"
    assert problem.hint.endswith("such as `25 MB`")


@pytest.mark.parametrize("number", [66, 0, 1.5, True, []])
def test_a_number_without_a_unit_is_refused_with_an_example(table, number):
    with pytest.raises(ConfigError, match=r"not a size: .*\nhint: write .*such as `25 MB`"):
        table(installed=number)


@pytest.mark.parametrize("text", ["0 MB", "0.0 GiB", "0.0001 kB"])
def test_nothing_is_no_limit(table, text):
    with pytest.raises(ConfigError, match=f"a limit that nothing keeps: `{text}`\nhint: leave"):
        table(wheel=text)


def test_bills_of_other_tools_tell_nothing_of_natives(table, tmp_path):
    wheel = tmp_path / "a-1.0-py3-none-any.whl"
    for text in ("{}", "[", json.dumps({"metadata": {"component": {"properties": None}}})):
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("a-1.0.dist-info/sboms/a-one.cdx.json", bill(serde=700))
            archive.writestr("a-1.0.dist-info/sboms/other.cdx.json", text)
        with pytest.raises(VerifyError, match="most code: serde 700 B; turn off"):
            sizes.keep(wheel, table(wheel="0.1 kB"))
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a-1.0.dist-info/METADATA", bytes(1000))
    with pytest.raises(VerifyError, match="no bill of materials tells what it is made of"):
        sizes.keep(wheel, table(wheel="0.1 kB"))


def test_a_wheel_at_its_limit_stays_and_one_above_is_gone(table, tmp_path):
    wheel = tmp_path / "a-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a-1.0.dist-info/sboms/a-one.cdx.json", bill(serde=700, core=20))
        archive.writestr("a-1.0.dist-info/sboms/a-two.cdx.json", bill(serde=700, big=900))
    packed = wheel.read_bytes()
    wheel.write_bytes(bytes(2000 - len(packed)) + packed)
    assert sizes.keep(wheel, table(wheel="2 kB")) == wheel
    assert sizes.keep(wheel, table()) == wheel
    assert wheel.is_file()
    with pytest.raises(VerifyError) as caught:
        sizes.keep(wheel, table(wheel="1.5 kB"))
    (problem,) = caught.value.problems
    assert (problem.rule, problem.where) == ("size", wheel.name)
    assert problem.what == "2.0 kB, 500 B more than the 1.5 kB of `tool.rtvariants.sizes.wheel`"
    assert problem.hint.startswith("most code: serde 1.4 kB, big 900 B, core 20 B; turn off")
    assert not wheel.exists()


def test_natives_together_have_a_limit(table, tmp_path):
    natives = [tmp_path / "one.so", tmp_path / "two.so"]
    for path in natives:
        path.write_bytes(bytes(1000))
    said = tmp_path / "a.cdx.json"
    said.write_text(bill(serde=900))
    assert list(sizes.within(table(installed="2 kB"), natives, [said])) == []
    assert list(sizes.within(table(), natives, [said])) == []
    (problem,) = sizes.within(table(installed="1.9 kB"), natives, [said])
    assert problem.rule == "size"
    assert problem.what.startswith("natives of 2.0 kB together, 100 B more than the 1.9 kB")
    assert "serde 900 B" in problem.hint


def test_a_wheel_shows_what_it_is_made_of(greeter_wheel):
    def run(*words):
        command = [sys.executable, "-m", "rtvariants", "size", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    found = json.loads(run(str(greeter_wheel), "--json"))
    assert [size["runtime"] for size in found] == ["fast", "safe", "wide"]
    for size in found:
        assert 0 < size["packed"] < size["bytes"]
        # Code is a part of the sections, which are nearly all of the file.
        code = sum(size["crates"].values())
        assert {"core", "std", "pyo3", "greeter"} <= set(size["crates"])
        assert 0.98 * size["sections"][".text"] < code < 1.02 * size["sections"][".text"]
        assert 0.9 * size["bytes"] < sum(size["sections"].values()) < size["bytes"]
        assert list(size["sections"].values()) == sorted(size["sections"].values(), reverse=True)
    text = run(str(greeter_wheel), "--top", "3")
    assert "… " in text
    assert "crate, code" in text
    assert text.splitlines()[-1].startswith("wheel: ")
    same = run(str(greeter_wheel), "--against", str(greeter_wheel))
    assert "installed: " in same
    assert "(+0 B)" in same
    assert ".text" not in same
