"""The settings in pyproject.toml: a field of a dataclass feeds reader, JSON schema and reference.

The dataclasses are in `rtvariants.config.model`, those of `[tool.rtvariants.release]` in
`rtvariants.config.release`. To add a setting, write one field with its docstring there:

```python
budget: int = setting(Number(minimum=1), default=100, override="budget")
\"\"\"The size of the largest wheel, in MB.\"\"\"
```

- The key in pyproject.toml is the field's name with `-` for `_`, or `key=`.
- Without `default=` the key is required. Write a default as it would be written in the file.
- `override=` makes `RTVARIANTS_BUDGET` and `-C budget=…` win over the file. Leave it out if the
  setting belongs to the source tree and not to one build.
- A section is a dataclass of its own, named by a field of the kind `Section(ThatClass)`.
- What no single value can show, such as two runtimes of one name, is checked in
  `rtvariants.config.consistency`.

Then `python -m rtvariants schema --write build_plugin/rtvariants.schema.json docs/reference.md`
updates the generated files; a test compares them.
"""
