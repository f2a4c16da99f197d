"""Expressions to equations: operators, the functions of the language, what is read through time."""
