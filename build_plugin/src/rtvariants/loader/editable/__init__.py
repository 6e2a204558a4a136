"""What editable installs get in addition to the loader; no other wheel contains it."""
