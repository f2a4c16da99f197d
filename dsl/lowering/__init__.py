"""The resolved deal to equations."""
