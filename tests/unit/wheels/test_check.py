"""Bad wheels, each with the name of the rule that it breaks."""

import hashlib
import json
from dataclasses import replace

import pytest
from sample_wheels import FAST, MACHINE, TAG, rules, text, with_files

from rtvariants.archives.wheel import read
from rtvariants.errors import WheelError
from rtvariants.wheels.check import check, checked
from rtvariants.wheels.rules import RULES

INFO = "sample_pack-1.2.dist-info"
FIRST = "_sample_loader/__init__.py"
TABLE = "_sample_loader/table.py"
OTHER = {"x86_64": "aarch64", "aarch64": "x86_64"}[MACHINE]


def test_a_wheel_as_a_build_writes_it_breaks_no_rule(fat, tmp_path):
    assert check(fat) == []
    assert checked(fat.write(tmp_path)) == fat


def swapped(wheel, native):
    fast, wide = "_sample_fast/_core.abi3.so", "_sample_wide/_core.abi3.so"
    return with_files(wheel, {fast: wheel.files[wide], wide: wheel.files[fast]})


def swapped_with_its_stamp(wheel, native):
    """Swap whole packages: only the table still tells."""
    names = ("_core.abi3.so", "rtvariants.stamp")
    moved = {f"_sample_fast/{n}": wheel.files[f"_sample_wide/{n}"] for n in names}
    moved |= {f"_sample_wide/{n}": wheel.files[f"_sample_fast/{n}"] for n in names}
    return with_files(wheel, moved)


def renamed(wheel, native):
    files = {n.replace("_sample_fast/", "_sample_swift/"): d for n, d in wheel.files.items()}
    return replace(wheel, files=files).sealed()


def other_version(wheel, native):
    stamp = wheel.files["_sample_fast/rtvariants.stamp"].replace(b"version=1.2", b"version=1.1")
    files = {"_sample_fast/rtvariants.stamp": stamp, "_sample_fast/_core.abi3.so": native(stamp)}
    return with_files(wheel, files)


def without_guard(wheel, native):
    stamp = wheel.files["_sample_fast/rtvariants.stamp"].replace(b"=crate", b"=configuration")
    files = {"_sample_fast/rtvariants.stamp": stamp, "_sample_fast/_core.abi3.so": native(stamp)}
    return with_files(wheel, files)


def instrumented(wheel, native):
    code = '__attribute__((section("__llvm_prf_cnts"), used)) int counts[1];'
    return with_files(wheel, {FAST: native(wheel.files["_sample_fast/rtvariants.stamp"], code)})


def tagged(tag, inside=True):
    def change(wheel, native):
        said = wheel.files[f"{INFO}/WHEEL"].replace(TAG.encode(), (tag if inside else TAG).encode())
        return replace(with_files(wheel, {f"{INFO}/WHEEL": said}), tag=tag)

    return change


def member(name, data):
    return lambda wheel, _: with_files(wheel, {name: data})


def without(name):
    return lambda wheel, _: with_files(wheel, {name: None})


def unrecorded(name, data):
    return lambda wheel, _: with_files(wheel, {name: data}, sealed=False)


def edited(name, old, new):
    def change(wheel, native):
        assert old in wheel.files[name]
        return with_files(wheel, {name: wheel.files[name].replace(old, new)})

    return change


def with_stamp(wheel, native, old, new):
    """Edit a stamp, and put the same bytes into its native: only the table still tells."""
    stamp = wheel.files["_sample_fast/rtvariants.stamp"].replace(old, new)
    return with_files(wheel, {"_sample_fast/rtvariants.stamp": stamp, FAST: native(stamp)})


def sbom(wheel, name, **changes):
    """Return the SBOM of a runtime; `changes` are what it says instead."""
    data = wheel.files[f"_sample_{name}/_core.abi3.so"]
    said = {"runtime": name, "sha256": hashlib.sha256(data).hexdigest()} | changes
    component = {
        "name": "sample",
        "properties": [{"name": "rtvariants:runtime", "value": said["runtime"]}],
        "hashes": [{"alg": "SHA-256", "content": said["sha256"]}],
    }
    return json.dumps({"metadata": {"component": component}}).encode()


def with_sboms(changed=None, **changes):
    """Return a change that adds all sboms, of which one says something else; `None` is absent."""

    def change(wheel, native):
        sboms = {name: sbom(wheel, name) for name in ("fast", "wide", "safe")}
        if changes:
            sboms[changed] = sbom(wheel, changed, **changes)
        elif changed:
            sboms[changed] = None
        named = {f"{INFO}/sboms/sample-{n}.cdx.json": data for n, data in sboms.items()}
        return with_files(wheel, named)

    return change


def with_swapped_sboms(wheel, native):
    files = with_sboms()(wheel, native).files
    names = [f"{INFO}/sboms/sample-{n}.cdx.json" for n in ("fast", "safe")]
    return with_files(wheel, {names[0]: files[names[1]], names[1]: files[names[0]]})


def recorded(old, new):
    def change(wheel, native):
        name = f"{INFO}/RECORD"
        assert old in wheel.files[name]
        return with_files(wheel, {name: wheel.files[name].replace(old, new)}, sealed=False)

    return change


def without_runtime(name):
    def change(wheel, native):
        files = {n: d for n, d in wheel.files.items() if not n.startswith(f"_sample_{name}/")}
        return replace(wheel, files=files).sealed()

    return change


WIDE = "_sample_wide/_core.abi3.so"
METADATA = f"{INFO}/METADATA"
BAD = {
    "swapped native": (swapped, "native", "runtime `wide` in the module, `fast` in the file"),
    "swapped packages": (swapped_with_its_stamp, "runtimes", "holds the runtime `_sample_wide`"),
    "instrumented native": (
        instrumented, "instrumented", f"for a profile: `{FAST}` has `__llvm_prf_cnts`",
    ),
    "renamed runtime": (renamed, "runtimes", "`_sample_swift` is not a runtime of the"),
    "missing runtime": (
        lambda wheel, _: replace(
            wheel, files={n: d for n, d in wheel.files.items() if "_safe" not in n}
        ).sealed(),
        "runtimes", "not in the wheel: `_sample_safe`",
    ),
    "code in a runtime's package": (
        member("_sample_fast/__init__.py", b"import os"), "runtimes", "is not empty: the loader",
    ),
    "missing stamp": (without("_sample_fast/rtvariants.stamp"), "stamp", "no stamp: `_sample_fast"),
    "damaged stamp": (member("_sample_fast/rtvariants.stamp", b"x"), "stamp", "damaged stamp"),
    "stamp of another version": (other_version, "stamp", "is of version `1.1`"),
    "native without a stamp": (
        lambda wheel, native: with_files(wheel, {FAST: native(b"")}),
        "native", f"module without a stamp in it: `{FAST}`",
    ),
    "no native": (member(FAST, b"MZ"), "native", "not an extension module that can be read"),
    "missing native": (without(FAST), "native", "not exactly one extension module in `_sample_"),
    "wrong tag": (tagged("cp311-cp311-linux_x86_64", inside=False), "tag", "file name has tag"),
    "guard taken away": (without_guard, "guard", "no guard in the file"),
    "tag of another machine": (
        tagged(f"cp310-abi3-manylinux_2_17_{OTHER}"), "native-tag", f"it is for `{MACHINE}`",
    ),
    "tag of another ABI": (
        tagged(f"cp312-abi3-manylinux_2_17_{MACHINE}"), "native-tag", "has ABI `cp310-abi3`",
    ),
    "pure with natives": (
        lambda wheel, _: with_files(
            wheel, {f"{INFO}/WHEEL": wheel.files[f"{INFO}/WHEEL"].replace(b"false", b"true")}
        ),
        "tag", "Root-Is-Purelib is `true`, extension modules: 3",
    ),
    "no tag": (
        edited(f"{INFO}/WHEEL", b"Tag: ", b"Tag: any\nTag: "), "tag", "WHEEL has `any`",
    ),
    "another format of wheels": (
        edited(f"{INFO}/WHEEL", b"Version: 1.0", b"Version: 2.0"), "tag", "the format `2.0`",
    ),
    "requirement that can't be read": (
        edited(METADATA, b"Dist: archspec", b"Dist: !"), "metadata", "installers can't read: `!`",
    ),
    "name of another version": (
        lambda wheel, _: replace(wheel, version="1.3"),
        "file-name", "no `sample_pack-1.3.dist-info/`",
    ),
    "metadata of another distribution": (
        member("other-1.dist-info/METADATA", b""), "file-name", "distribution: `other-1.dist-info/",
    ),
    "swapped SBOMs": (with_swapped_sboms, "sbom", "-fast.cdx.json` is of the runtime `safe`"),
    "SBOM of another build": (
        with_sboms("wide", sha256="0"), "sbom", f"-wide.cdx.json` is of other bytes than `{WIDE}`",
    ),
    "missing SBOM": (with_sboms("safe"), "sbom", "no SBOM of `_sample_safe`"),
    "empty SBOM": (
        member(f"{INFO}/sboms/sample-fast.cdx.json", b"{}"), "sbom", "is not the SBOM of a runtime",
    ),
    "stray file by another way": (
        member("sample_pack-1.2.data/purelib/other/__init__.py", b""), "stray", "stray file: `",
    ),
    "native over a native": (
        member(f"sample_pack-1.2.data/platlib/{FAST}", b""), "stray", "installed over another one",
    ),
    "stray file": (member("other/__init__.py", b""), "stray", "stray file: `other/__init__.py`"),
    "stray native": (member("sample/x.abi3.so", b""), "stray", "outside of the runtimes' packages"),
    "second native": (member("_sample_fast/_other.abi3.so", b""), "stray", "stray file in a runt"),
    "path file": (member("evil.pth", b"import os"), "stray", "stray file: `evil.pth`"),
    "unlisted member": (unrecorded("sample/new.py", b""), "record", "does not list: `sample/new"),
    "changed member": (unrecorded("sample/__init__.py", b"1"), "record", "another hash for"),
    "listed but absent": (
        unrecorded("sample/__init__.py", None), "record", "does not exist: `sample/__init__.py`",
    ),
    "other size": (
        recorded(b",0\n", b",1\n"), "record", "another size for: `_sample_fast/__init__.py`",
    ),
    "RECORD that can't be read": (
        recorded(b"sample/", b"x" * 200_000), "record", "/RECORD` can't be read: field larger",
    ),
    "no RECORD": (unrecorded(f"{INFO}/RECORD", None), "record", f"no `{INFO}/RECORD`"),
    "other name": (
        lambda w, _: with_files(w, {METADATA: w.files[METADATA].replace(b"Sample", b"Simple")}),
        "metadata", "METADATA names `Simple.Pack`",
    ),
    "other version": (
        lambda w, _: with_files(w, {METADATA: w.files[METADATA].replace(b"1.2", b"1.3")}),
        "metadata", "METADATA has version `1.3`",
    ),
    "first file of another table": (
        lambda wheel, _: with_files(
            wheel, {FIRST: wheel.files[FIRST].replace(b"runtime=fast", b"runtime=safe")}
        ),
        "loader", "another `PREFERRED` than the table next to it",
    ),
    "edited stamp": (
        lambda wheel, native: with_stamp(wheel, native, b"rustc 1.95.0", b"rustc 1.96.0"),
        "stamp", "its toolchain is `rustc 1.96.0`, the built one has `rustc 1.95.0` (edited",
    ),
    "edited blanks of a stamp": (
        lambda wheel, native: with_stamp(wheel, native, b"rustc 1.95.0", b"rustc 1.95.0 "),
        "stamp", "its spaces differ from those of the built one (edited)",
    ),
    "stamp that is edited in the first file alone": (
        edited(FIRST, b"rustc 1.95.0", b"rustc 1.96.0"),
        "loader", "another `PREFERRED` than the table next to it",
    ),
    "stamp that is edited in the table": (
        edited(TABLE, b"rustc 1.95.0", b"rustc 1.96.0"),
        "stamp", "its toolchain is `rustc 1.95.0`, the built one has `rustc 1.96.0`",
    ),
    "stamp that is gone from the table": (
        edited(TABLE, b"stamp='rtvariants-stamp", b"install='rtvariants-stamp"),
        "loader", "table does not state the stamp of `fast`",
    ),
    "stamp of a runtime that is elsewhere": (
        without_runtime("safe"), "loader", "a runtime that is not in the wheel: `safe`",
    ),
    "first file of another package": (
        member(FIRST, b'ALIAS = "x._core"'), "loader", "another `ALIAS`",
    ),
    "table that is a program": (
        member("_sample_loader/table.py", b"import os; TABLE = os.environ"), "table", "no `Table`",
    ),
    "label without its file": (
        lambda wheel, _: replace(wheel, label="v3"), "variant", "but no `variant.json`",
    ),
    "variant file without a label": (
        member(f"{INFO}/variant.json", b"{}"), "variant", "in a wheel without a variant label",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_wheel_breaks_the_rule_that_is_named(fat, native, name):
    change, rule, said = BAD[name]
    problems = check(change(fat, native))
    assert rule in rules(problems)
    assert said in text(p for p in problems if p.rule == rule)


def test_every_rule_is_broken_by_one_of_these_wheels():
    assert {rule for _, rule, _ in BAD.values()} == {*RULES, "table"}


def test_a_wheel_with_true_sboms_breaks_no_rule(fat, native):
    assert check(with_sboms()(fat, native)) == []


OWN = ("more/__init__.py", "single.py", "more-stubs/__init__.pyi", "sample-stubs/a.pyi")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (METADATA, b"Import-Name: more.deep ; private\nImport-Name: single\n"),
        (METADATA, b"Import-Namespace: more\nImport-Name: single\n"),
        (f"{INFO}/top_level.txt", b"more\nsingle\n"),
    ],
)
def test_other_top_level_names_of_the_distribution_are_declared(fat, name, text):
    strays = [p.what for p in check(with_files(fat, dict.fromkeys(OWN, b"")))]
    assert strays == [f"stray file: `{n}`" for n in sorted(OWN) if not n.startswith("sample")]
    said = fat.files.get(name, b"").replace(b"Summary", text + b"Summary") or text
    files = {**dict.fromkeys(OWN, b""), name: said}
    assert check(with_files(fat, files)) == []
    (problem,) = check(with_files(fat, files | {"more.pth": b""}))
    assert problem.what == "stray file: `more.pth`"
    assert "`import-names` in `[project]`" in problem.hint


@pytest.mark.parametrize("spelling", ["1.02", "v1.2", "1.2.0"])
def test_metadata_may_spell_a_version_in_another_way(fat, spelling):
    said = fat.files[METADATA].replace(b"Version: 1.2", f"Version: {spelling}".encode())
    found = check(with_files(fat, {METADATA: said}))
    # A zero more is another name of a file.
    assert bool(found) == (spelling == "1.2.0")


def test_a_module_that_needs_a_newer_glibc_than_the_tag_says_breaks_a_rule(fat, native):
    # `memcpy` has a version of its own since glibc 2.14.
    code = "#include <string.h>\nvoid f(char *a, char *b, unsigned long n) { memcpy(a, b, n); }"
    data = native(fat.files["_sample_fast/rtvariants.stamp"], code)
    old = tagged(f"cp310-abi3-manylinux_2_10_{MACHINE}")(with_files(fat, {FAST: data}), native)
    said = text(check(old))
    assert f"`{FAST}`: it needs glibc 2." in said
    assert f"the tag promises `manylinux_2_10_{MACHINE}`" in said


def test_a_module_for_the_other_c_library_breaks_a_rule(fat, native):
    code = "#include <string.h>\nvoid f(char *a, char *b, unsigned long n) { memcpy(a, b, n); }"
    data = native(fat.files["_sample_fast/rtvariants.stamp"], code)
    tag = f"cp310-abi3-musllinux_1_2_{MACHINE}"
    said = text(check(tagged(tag)(with_files(fat, {FAST: data}), native)))
    assert f"`{FAST}`: it is for glibc, the tag for `musllinux_1_2_{MACHINE}`" in said


def test_an_empty_record_is_one_violation(fat):
    (problem,) = check(with_files(fat, {f"{INFO}/RECORD": b""}, sealed=False))
    assert problem.what.startswith("RECORD does not list: `_sample_fast/__init__.py`, `_sample_")
    assert problem.what.endswith(f" and {len(fat.files) - 4} more")


def test_all_violations_are_reported_at_once(fat, native, tmp_path):
    bad = renamed(with_files(fat, {"evil.pth": b""}), native)
    with pytest.raises(WheelError) as error:
        checked(bad.write(tmp_path))
    assert {"runtimes", "stray"} <= rules(error.value.problems)
    assert all(problem.where == bad.filename for problem in error.value.problems)
    assert read(tmp_path / bad.filename) == bad
