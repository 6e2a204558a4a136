"""What the build generates into a wheel: the loader's table, its files, the PyInstaller hook."""
