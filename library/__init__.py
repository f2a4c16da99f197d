"""The standard library, written in the language itself; Python only to open it."""
