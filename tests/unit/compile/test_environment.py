"""The environment of a cargo process."""

from builds import build_of

from rtvariants.compile.environment import SCRUBBED, environment


def test_a_temporary_environment_leaves_no_trace():
    ambient = {"PATH": "/x", "VIRTUAL_ENV": "x", "RUSTFLAGS": "x", "HOME": "/h"}
    command = build_of(unset=(*SCRUBBED, "RUSTFLAGS")).command
    env = environment(command, ambient, "/stable")
    assert (env["PATH"], env["HOME"]) == ("/stable", "/h")
    assert not {"VIRTUAL_ENV", "RUSTFLAGS"} & set(env)
