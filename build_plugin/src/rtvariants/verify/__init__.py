"""The artifact against its configuration: rules, audit, SBOM, and what an earlier check left."""
