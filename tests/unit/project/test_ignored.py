"""What is kept out of an sdist: what version control ignores, and secrets that it doesn't."""

import subprocess

import pytest
from folders import lay_out

from rtvariants.errors import RtvariantsError
from rtvariants.project import ignored


@pytest.fixture
def tree(tmp_path):
    files = {
        ".gitignore": "*.log\n.cargo/\nCargo.lock\n/src/made.rs\n",
        "pyproject.toml": "",
        "Cargo.lock": "",
        ".cargo/config.toml": "",
        "src/lib.rs": "",
        "src/a.log": "",
        "src/made.rs": "",
        ".env": "PASSWORD=x",
        ".env.example": "PASSWORD=",
        "src/key.pem": "-----BEGIN PRIVATE KEY-----\n",
        "src/ca.pem": "-----BEGIN CERTIFICATE-----\n",
        "src/both.pem": "-----BEGIN CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----\n",
        "src/secrets.rs": "",
    }
    return lay_out(tmp_path, files)


def kept(root):
    files = {
        p.relative_to(root).as_posix(): p
        for p in sorted(root.rglob("*"))
        if p.is_file() and ".git" not in p.parts
    }
    return set(ignored.without(files, root))


ALWAYS = {
    ".gitignore", "pyproject.toml", "Cargo.lock", "src/lib.rs", ".env.example", "src/ca.pem",
    "src/secrets.rs",
}  # fmt: skip


def test_ignored_files_and_secrets_stay_out_and_what_may_be_missed_is_named(tree, capsys):
    subprocess.run(["git", "-C", tree, "init", "-q"], check=True)
    assert kept(tree) == ALWAYS
    first, hint, second, _ = capsys.readouterr().err.splitlines()
    names = "`.cargo/config.toml`, `src/made.rs`"
    assert first == f"warning: not in the sdist, because git ignores them: {names}"
    assert hint.startswith("hint: to ship it, name it to the build tool: `artifacts` in `[tool.h")
    names = "`.env`, `src/both.pem`, `src/key.pem`"
    assert second == f"warning: not in the sdist, because they are known to hold secrets: {names}"


def test_a_file_that_git_keeps_is_no_secret_and_no_ignored_file(tree, capsys):
    subprocess.run(["git", "-C", tree, "init", "-q"], check=True)
    subprocess.run(["git", "-C", tree, "add", "-f", "src", ".env"], check=True)
    assert kept(tree) == {
        *ALWAYS,
        "src/a.log",
        "src/made.rs",
        "src/both.pem",
        "src/key.pem",
        ".env",
    }
    assert "secrets" not in capsys.readouterr().err


def test_a_link_to_a_secret_is_one_too(tree, tmp_path_factory, capsys):
    home = tmp_path_factory.mktemp("home")
    (home / "id_ed25519").write_text("x")
    (tree / "src/data.bin").symlink_to(home / "id_ed25519")
    subprocess.run(["git", "-C", tree, "init", "-q"], check=True)
    subprocess.run(["git", "-C", tree, "add", "src/data.bin"], check=True)
    assert "src/data.bin" not in kept(tree)
    assert "`src/data.bin`" in capsys.readouterr().err


def test_an_unpacked_sdist_is_whole_wherever_it_lies(tree, capsys):
    inner = tree / "local/unpacked"
    (inner / "src").mkdir(parents=True)
    (inner / "pyproject.toml").touch()
    (inner / "src/made.log").touch()
    (tree / ".gitignore").write_text("/local/\n")
    subprocess.run(["git", "-C", tree, "init", "-q"], check=True)
    # The outer repository ignores all of it, so it says nothing about one of its files.
    assert kept(inner) == {"pyproject.toml", "src/made.log"}
    (tree / "PKG-INFO").touch()
    assert {"src/a.log", "src/key.pem"} < kept(tree)


@pytest.mark.parametrize("name", [".cargo/config.toml", "crates/a/.cargo/config"])
def test_a_token_for_a_registry_is_refused(name):
    text = b'[registries.corp]\nindex = "x"\ntoken = "Bearer x"\n'
    with pytest.raises(RtvariantsError) as caught:
        ignored.refuse_tokens({name: text, "Cargo.toml": b"token = 1"})
    said = f"{name}: secret in a file of the sdist: `registries.corp.token`\nhint: put it into "
    assert str(caught.value).startswith(said)
    with pytest.raises(RtvariantsError, match=r"`http\.proxy`"):
        ignored.refuse_tokens({name: b'[http]\nproxy = "http://me:word@example.invalid:80"\n'})
    ignored.refuse_tokens({name: b'[registries.corp]\nindex = "x"\n[registry]\ndefault = "corp"\n'})


@pytest.mark.parametrize(
    "how", ['"secret.toml"', '["../.cargo/secret.toml"]', '[{path="secret.toml"}]']
)
def test_a_token_in_a_file_that_the_configuration_includes_is_refused(how):
    token = b'[registries.corp]\ntoken = "x"\n'
    files = {".cargo/config.toml": f"include = {how}\n".encode(), ".cargo/secret.toml": token}
    with pytest.raises(
        RtvariantsError, match=r"\A\.cargo/secret\.toml: secret in a file of the sd"
    ):
        ignored.refuse_tokens(files)
    ignored.refuse_tokens({**files, ".cargo/config.toml": b""})


URL = "https://me:ghp_0123456789@example.invalid/a"
NAMING = {
    "a dependency": ("Cargo.toml", f'dependencies.a = {{ git = "{URL}" }}', "dependencies.a.git"),
    "a crate's": ("crates/a/Cargo.toml", f'dependencies.a.git = "{URL}"', "dependencies.a.git"),
    "a token as the user": (
        "Cargo.toml", 'dependencies.a.git = "https://ghp_0123456789abcdef@example.invalid/a"',
        "dependencies.a.git",
    ),
    "a lock file": ("Cargo.lock", f'[[package]]\nsource = "git+{URL}"', "package.source"),
    "a requirement": ("pyproject.toml", f'build-system.requires = ["a @ {URL}"]', "build-system."),
    "an index": ("pyproject.toml", f'[[tool.uv.index]]\nurl = "{URL}"', "tool.uv.index.url"),
}  # fmt: skip


@pytest.mark.parametrize("case", NAMING)
def test_a_url_with_a_password_is_refused(case):
    name, text, place = NAMING[case]
    with pytest.raises(RtvariantsError) as caught:
        ignored.refuse_tokens({name: text.encode()})
    fact, hint = str(caught.value).splitlines()
    assert fact.startswith(f"{name}: secret in a file of the sdist: `{place}")
    assert hint.startswith("hint: take it out of the URL")
    assert "ghp_" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        'dependencies.a.git = "ssh://git@example.invalid/a"',
        'dependencies.a.git = "https://me@example.invalid/a"',
        'tool.pytest.ini_options.env = ["DB=postgres://postgres:postgres@localhost/db"]',
        'build-system.requires = ["a @ https://${USER}:${A_LONG_NAME_OF_A_TOKEN}@example.invalid/a"]',
        'build-system.requires = ["a @ https://${A_LONG_NAME_OF_A_TOKEN}@example.invalid/a"]',
        'project.dependencies = ["a @ git+https://example.invalid/someone/a@v1.0"]',
    ],
)
def test_a_url_without_a_password_is_fine(text):
    ignored.refuse_tokens({"pyproject.toml": text.encode()})


def test_what_the_build_tool_itself_puts_in_is_named(tree, capsys):
    (tree / ".gitignore").write_text("*.log\nmade.py\n.env\n")
    (tree / "src/made.py").touch()
    subprocess.run(["git", "-C", tree, "init", "-q"], check=True)
    written = [".env", "src/key.pem", "src/a.log", "src/made.py", "src/lib.rs", "PKG-INFO", "gone"]
    ignored.warn_of_written(written, tree)
    first, hint, second, _ = capsys.readouterr().err.splitlines()
    names = "`.env`, `src/key.pem`"
    assert first == f"warning: in the sdist, although they are known to hold secrets: {names}"
    assert hint.startswith("hint: exclude what does not belong there: `exclude` in `[tool.hatch.")
    assert second == "warning: in the sdist, although git ignores them: `src/a.log`"
    ignored.warn_of_written(["src/lib.rs"], tree)
    assert capsys.readouterr().err == ""


def test_a_tree_of_mercurial_is_reported(tree, capsys):
    (tree / ".hg").mkdir()
    kept(tree)
    assert "may hold files that Mercurial ignores: only git is asked\n" in capsys.readouterr().err
