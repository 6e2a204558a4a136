"""Where readers take their data from."""

from __future__ import annotations

from mydf import _paths, _requests
from mydf.errors import ArgumentError
from mydf.frame import DataFrame
from mydf.functions import lit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mydf._requests import Format, Request


def read(source: object, request: Request, form: Format) -> DataFrame:
    """Return the frame of a content, an open file, or all files that a source stands for."""
    content = _paths.text_content if form.is_text else _paths.content
    if isinstance(source, (str, list, tuple)) or hasattr(source, "__fspath__"):
        frame = _of_paths(source, request, form)
    elif (found := content(source, form.quote)) is not None:
        frame = _of_content(found, request, form)
    else:
        frame = _of_paths(source, request, form)
    if request.row_index_name is None:
        return frame
    return frame.with_row_index(request.row_index_name, request.row_index_offset)


def _of_paths(source: object, request: Request, form: Format) -> DataFrame:
    from mydf import _discovery, _tables

    files = _discovery.files(
        source,
        suffixes=form.suffixes,
        hive=request.hive_partitioning,
        storage_options=request.storage_options,
    )
    return _tables.read(files, request, form)


def _of_content(found: tuple[bytes, str], request: Request, form: Format) -> DataFrame:
    if request.hive_partitioning:
        hint = "pass the path of the file"
        fact = "hive_partitioning: the content of a file has no path with keys"
        raise ArgumentError(fact, hint=hint, what="hive_partitioning")
    paths = request.include_file_paths
    columns = _requests.names(request.columns, form, found)
    if columns is not None and paths is not None:
        columns = [name for name in columns if name != paths]
    frame = DataFrame._from_core(form.read(found, columns, request.n_rows, []))
    return frame if paths is None else frame.with_columns(lit(found[1]).alias(paths))
