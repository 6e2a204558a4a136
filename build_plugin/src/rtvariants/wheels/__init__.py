"""Finished wheels as values: read, checked, cut into other packagings, compared, tried out.

Everything here starts from files that exist; nothing compiles. So each packaging holds the bytes
that the build has proven, whichever adapter built them.
"""
