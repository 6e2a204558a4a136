"""One extension module, read: its format, symbols, instructions, signature, sizes and stamp."""
