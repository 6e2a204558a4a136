//! The assembly, called in-process: Python's two symbols are stand-ins that keep the message.
