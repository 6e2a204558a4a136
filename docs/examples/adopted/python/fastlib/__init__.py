from . import _core

sum_of_squares = _core.sum_of_squares
