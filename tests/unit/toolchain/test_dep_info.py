"""cargo's own list of the files that an artifact is made of."""

from pathlib import Path

from rtvariants.toolchain.dep_info import dep_info


def test_cargos_list_of_files(tmp_path):
    file = tmp_path / "liba.d"
    file.write_text("/t/liba.so: /w/src/lib.rs /w/my\\ data.txt src/b.rs \\\n  /w/c\n/w/c:\n")
    names = ["/w/src/lib.rs", "/w/my data.txt", "/base/src/b.rs", "/w/c"]
    assert dep_info(file, Path("/base")) == tuple(map(Path, names))
    assert dep_info(tmp_path / "none.d", tmp_path) == ()
