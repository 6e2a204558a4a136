"""The adopter's tree: its sources, version, source archives and build backend."""
