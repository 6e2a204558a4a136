"""From one commit to a complete, verified release.

Every file of a release follows from its declaration: the configuration and the version. Decisions
are functions of data (`declaration`, `expected`, `fanin`, `preflight`, `publish_plan`, `verify`,
`version`, `workflow`, `notes`); what acts has modules of its own (`source`, `journal`, `index`,
`upload`, `install`, `publish`, `forge`, `notify`). `steps` puts them together, and `rehearsal` has
a local index and a local forge.
"""
