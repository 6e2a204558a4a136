"""Profile-guided optimization: runs a command with instrumented modules, and keeps the profiles."""
