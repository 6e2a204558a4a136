"""The limits of size: what is too large is refused, and such a wheel is removed."""

import json
import zipfile

import pytest

from rtvariants.config.load import parse
from rtvariants.errors import VerifyError
from rtvariants.wheels import limits

TABLE = {
    "crate": ".",
    "module": "greeter._hello",
    "env": "GREETER_RUNTIME",
    "runtimes": [{"name": "safe", "level": "x86_64"}],
}


@pytest.fixture
def limited(tmp_path):
    (tmp_path / "Cargo.toml").touch()
    return lambda **limits: parse(TABLE | {"sizes": limits}, tmp_path)


def sbom(**crates):
    properties = [
        {"name": "rtvariants:code-bytes", "value": f"{crate} {size}"}
        for crate, size in crates.items()
    ]
    component = {"name": "a", "properties": properties, "hashes": []}
    return json.dumps({"metadata": {"component": component}})


def test_an_sbom_of_another_tool_lists_no_code_by_crate(limited, tmp_path):
    wheel = tmp_path / "a-1.0-py3-none-any.whl"
    for text in ("{}", "[", json.dumps({"metadata": {"component": {"properties": None}}})):
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("a-1.0.dist-info/sboms/a-one.cdx.json", sbom(serde=700))
            archive.writestr("a-1.0.dist-info/sboms/other.cdx.json", text)
        with pytest.raises(VerifyError, match="most code: serde 700 B; turn off"):
            limits.keep(wheel, limited(wheel="0.1 kB"))
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a-1.0.dist-info/METADATA", bytes(1000))
    with pytest.raises(VerifyError, match="no SBOM lists its code by crate"):
        limits.keep(wheel, limited(wheel="0.1 kB"))


def test_a_wheel_at_its_limit_stays_and_a_larger_one_is_removed(limited, tmp_path):
    wheel = tmp_path / "a-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a-1.0.dist-info/sboms/a-one.cdx.json", sbom(serde=700, core=20))
        archive.writestr("a-1.0.dist-info/sboms/a-two.cdx.json", sbom(serde=700, big=900))
    packed = wheel.read_bytes()
    wheel.write_bytes(bytes(2000 - len(packed)) + packed)
    assert limits.keep(wheel, limited(wheel="2 kB")) == wheel
    assert limits.keep(wheel, limited()) == wheel
    assert wheel.is_file()
    with pytest.raises(VerifyError) as caught:
        limits.keep(wheel, limited(wheel="1.5 kB"))
    (problem,) = caught.value.problems
    assert (problem.rule, problem.where) == ("size", wheel.name)
    assert problem.what == "2.0 kB, 500 B more than the 1.5 kB of `tool.rtvariants.sizes.wheel`"
    assert problem.hint.startswith("most code: serde 1.4 kB, big 900 B, core 20 B; turn off")
    assert not wheel.exists()


def test_extension_modules_together_have_a_limit(limited, tmp_path):
    natives = [tmp_path / "one.so", tmp_path / "two.so"]
    for path in natives:
        path.write_bytes(bytes(1000))
    said = tmp_path / "a.cdx.json"
    said.write_text(sbom(serde=900))
    assert list(limits.within(limited(installed="2 kB"), natives, [said])) == []
    assert list(limits.within(limited(), natives, [said])) == []
    (problem,) = limits.within(limited(installed="1.9 kB"), natives, [said])
    assert problem.rule == "size"
    assert problem.what.startswith(
        "extension modules of 2.0 kB together, 100 B more than the 1.9 kB"
    )
    assert "serde 900 B" in problem.hint


def test_a_wheel_with_counters_for_one_run_has_no_limit(limited, tmp_path, monkeypatch):
    wheel = tmp_path / "a-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a-1.0.dist-info/METADATA", bytes(1000))
    monkeypatch.setenv("RTVARIANTS_INSTRUMENTED", "/handed.json")
    assert limits.keep(wheel, limited(wheel="0.1 kB")) == wheel
