"""What editable installs get beside the loader; no wheel for others holds it."""
