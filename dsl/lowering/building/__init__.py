"""Equations as they are written: shared, folded, known by what they vary over."""
