"""Two archives that should be equal: the member, the section and the bytes that differ."""

import json
from dataclasses import replace

from sample_wheels import FAST, with_files

from rtvariants.archives import sdist
from rtvariants.wheels.reproducibility.compare import differences

SBOM = "sample_pack-1.2.dist-info/sboms/sample-fast.cdx.json"


def found(fat, tmp_path, files):
    one, other = fat.write(tmp_path / "a"), with_files(fat, files).write(tmp_path / "b")
    return differences(one, other)


def test_equal_files_do_not_differ(fat, tmp_path):
    assert found(fat, tmp_path, {}) == []


def test_a_path_in_an_extension_module_is_shown_with_its_section(fat, native, tmp_path):
    stamp = fat.files["_sample_fast/rtvariants.stamp"]
    path = stamp.replace(b"rustc 1.95.0", b"/home/someone/cargo")
    said = found(fat, tmp_path, {FAST: native(path)})
    # The longer text moves other sections too; the build id, a hash of all, is not shown.
    (line,) = [each for each in said if each.startswith(f"`{FAST}`: section `.rtvariants`: from ")]
    assert "/home/someone/cargo" in line
    assert not any("build-id" in each for each in said)


def test_a_time_in_an_sbom_is_shown_with_its_key(fat, tmp_path):
    one = {"metadata": {"timestamp": "2026-01-01"}, "components": [{"a": 1}]}
    other = {"metadata": {"timestamp": "2026-01-02"}, "components": [{"a": 2}]}
    first = with_files(fat, {SBOM: json.dumps(one).encode()})
    assert found(first, tmp_path, {SBOM: json.dumps(other).encode()}) == [
        f"`{SBOM}`: components[0].a: '1', '2'",
        f"`{SBOM}`: metadata.timestamp: '2026-01-01', '2026-01-02'",
    ]


def test_a_consequence_of_another_difference_is_not_a_cause(fat, native, tmp_path):
    stamp = fat.files["_sample_fast/rtvariants.stamp"]
    code = 'static const char *f[] = {{"{0}", "b"}}; const char *g(int i) {{ return f[i]; }}'
    one, other = (native(stamp, code.format(text)) for text in ("12:00", "12:00:01 now"))
    sboms = [json.dumps({
        "serialNumber": n, "metadata": {"component": {"hashes": [n], "name": "a"}},
    }).encode() for n in "12"]  # fmt: skip
    first = with_files(fat, {FAST: one, SBOM: sboms[0]})
    said = found(first, tmp_path, {FAST: other, SBOM: sboms[1]})
    assert "12:00:01 now" in said[0]
    assert said[0].startswith(f"`{FAST}`: section `.rodata")
    assert said[-1].startswith(f"`{FAST}`: and, as a consequence: `")
    assert ".rela.dyn" in said[-1]
    assert not any(SBOM in line for line in said)
    # Alone they are causes.
    said = found(first, tmp_path, {FAST: one, SBOM: sboms[1]})
    assert len(said) == 2
    assert all(SBOM in line for line in said)


def test_members_and_lines_are_named(fat, tmp_path):
    said = found(fat, tmp_path, {"sample/__init__.py": b"a = 1\n", "sample/new.py": b""})
    assert said == ["only in the second: `sample/new.py`", "`sample/__init__.py`: 0 bytes, 6 bytes"]


def test_a_difference_in_the_archive_alone_is_reported(fat, tmp_path, monkeypatch):
    one = fat.write(tmp_path / "a")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    other = fat.write(tmp_path / "b")
    assert "their times" in differences(one, other)[0]
    renamed = replace(fat, label="v3").write(tmp_path / "b")
    assert differences(one, renamed)[0].startswith("name: ")


def test_sdists_are_compared_too(tmp_path):
    one = sdist.Sdist("a", "1", {"x": b"1\n2\n"}).write(tmp_path / "a")
    other = sdist.Sdist("a", "1", {"x": b"1\n3\n"}).write(tmp_path / "b")
    assert differences(one, other) == ["`x`: line 2: '2', '3'"]
