"""One model of all settings: a dataclass field feeds the reading, the JSON schema and the docs.

The model itself is `rtvariants.config.model`. To add a setting there, write one field with its
docstring:

```python
budget: int = setting(Number(minimum=1), default=100, override="budget")
\"\"\"Largest size of a wheel, in MB.\"\"\"
```

- The key in the table is the field's name with `-` for `_`, or `key=`.
- Without `default=` the key is required. A default is written as it would stand in the table.
- `override=` lets `RTVARIANTS_BUDGET` and `-C budget=…` win over the table; leave it out for what
  belongs to the source tree and not to one build.
- A section is a dataclass of its own, named by a field of the kind `Section(ThatClass)`.
- What a single value can't tell, such as two runtimes of one name, is checked in
  `rtvariants.config.load`.

Then `python -m rtvariants schema --write build_plugin/rtvariants.schema.json docs/reference.md`
brings the generated files up to date; a test compares them.
"""
