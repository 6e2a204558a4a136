"""What the build generates into a wheel: the loader with its table, and the PyInstaller hook."""
