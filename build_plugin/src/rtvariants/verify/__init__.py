"""Checks an artifact against its configuration: rules, audit, SBOM, results of earlier checks."""
