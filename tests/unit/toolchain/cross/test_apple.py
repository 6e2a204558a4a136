"""What stands for Apple's SDK."""

from rtvariants.toolchain.cross import apple


def test_what_stands_for_apples_sdk_has_what_rusts_library_links(tmp_path):
    zig = tmp_path / "zig"
    listed = tmp_path / "lib/libc/darwin/libSystem.tbd"
    listed.parent.mkdir(parents=True)
    listed.write_text("targets: [ arm64-macos, arm64e-macos, arm64e.x1-macos,\n arm64e.x1-x ]")
    # What an earlier version made is not whole.
    (tmp_path / "sdk/usr/lib").mkdir(parents=True)
    folder = apple.sdk(zig, tmp_path / "sdk") / "usr/lib"
    assert (folder / "libSystem.tbd").read_text() == "targets: [ arm64-macos, arm64e-macos ]"
    names = {path.name for path in folder.iterdir()}
    assert names >= {"libSystem.tbd", "libc.tbd", "libm.tbd", "libiconv.tbd"}
    framework = tmp_path / "sdk/System/Library/Frameworks/CoreFoundation.framework"
    assert "_CFTimeZoneCopySystem" in (framework / "CoreFoundation.tbd").read_text()
    assert "#define" not in (apple.headers(tmp_path / "sdk") / "sys/syscall.h").read_text()
