"""The guard that a build links into an extension module: `object.rs` of the guard's crate.

The linker leaves the guard unused. `marker.linked` lets the exported init function lead to it, and
`marker.problems` shows from a file's own bytes that it does. Each format has a module that finds
addresses in its files and changes an export (`elf`, `macho`, `pe`).
"""
