"""What this machine builds with: cargo, rustc, the crate's metadata, flags and cross compilers."""
