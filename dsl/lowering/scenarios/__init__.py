"""Columns, draws, and how draws go together."""
