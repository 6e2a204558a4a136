"""Files behind URLs, through fsspec, which has the clients of object stores and of the web."""

from __future__ import annotations

from contextlib import contextmanager

from mydf.errors import ArgumentError, FileError, FilePermissionError, MissingFileError, MydfError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

# fsspec's extras by scheme, where they have other names.
_EXTRAS = {"https": "http", "az": "abfs", "abfss": "abfs", "s3a": "s3", "gcs": "gs"}
_KNOWN = ("abfs", "adl", "dropbox", "git", "github", "gs", "hdfs", "http", "oci", "s3", "sftp")


def system(what: str, url: str, options: Mapping[str, Any] | None) -> tuple[Any, str]:
    """Return fsspec's file system of a URL, and its own path in it."""
    scheme = url.partition("://")[0]
    extra = _EXTRAS.get(scheme, scheme)
    package = f'"fsspec[{extra}]"' if extra in _KNOWN else "fsspec"
    instead = "" if extra != "http" else ", or pass `urllib.request.urlopen(url)`"
    try:
        import fsspec
    except ImportError:
        fact = f"`{url}` is a URL, and fsspec, which reads and writes URLs, is not installed"
        hint = f"run `pip install {package}`{instead}"
        raise ArgumentError(f"{what}: {fact}", hint=hint, what=what) from None
    try:
        found: tuple[Any, str] = fsspec.url_to_fs(url, **dict(options or {}))
    except ImportError as error:
        hint = f"run `pip install {package}`{instead}"
        raise ArgumentError(f"{what}: `{url}`: {error}", hint=hint, what=what) from None
    except (TypeError, ValueError) as error:
        hint = "check the scheme of the URL and `storage_options`"
        raise ArgumentError(f"{what}: `{url}`: {error}", hint=hint, what=what) from None
    return found


@contextmanager
def failures(operation: str, url: str) -> Iterator[None]:
    """Turn the errors of fsspec and of its clients into errors of files."""
    try:
        yield
    except MydfError:
        raise
    except FileNotFoundError:
        hint = "check the URL"
        fact = f"{operation} `{url}`: the file does not exist"
        raise MissingFileError(fact, hint=hint, operation=operation, path=url) from None
    except PermissionError as error:
        hint = "pass the credentials in `storage_options`, or set them up for the client"
        fact = f"{operation} `{url}`: {error}"
        raise FilePermissionError(fact, hint=hint, operation=operation, path=url) from error
    except Exception as error:
        # Each client has exceptions of its own.
        said = str(error) or type(error).__name__
        hint = "check the URL, the network and `storage_options`"
        fact = f"{operation} `{url}`: {said}"
        raise FileError(fact, hint=hint, operation=operation, path=url) from error


def read(remote: tuple[Any, str], url: str) -> bytes:
    """Return the content of a file."""
    found, path = remote
    with failures("read", url):
        return bytes(found.cat_file(path))


def write(local: str, url: str, options: Mapping[str, Any] | None) -> None:
    """Upload a file of this machine."""
    found, path = system("path", url, options)
    with failures("write", url):
        found.put_file(local, path)
