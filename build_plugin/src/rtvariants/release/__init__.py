"""From one commit to a complete, verified release, or to nothing.

The declaration (the runtime table and `[tool.rtvariants.release]`) computes every file of a
release. All decisions are functions of data (`declaration`, `expected`, `manifest`, `preflight`,
`plan`, `version`, `workflow`, `notes`); doing is in modules of its own (`source`,
`journal`, `index`, `upload`, `install`, `publish`, `forge`, `notify`).
"""
