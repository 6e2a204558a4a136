"""Whether a second build of the same sources gives the same bytes: builds it, and compares."""
