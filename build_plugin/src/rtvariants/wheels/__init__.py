"""Wheels: laid out from checked builds, and finished ones checked, repackaged, inspected, compared.

Nothing here compiles. So every packaging holds the bytes that the build has verified, whichever
build backend made them. `check` judges by the rules in `rules/`; `inspection` only reports.
"""
