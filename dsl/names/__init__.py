"""Syntax to the resolved deal: every named thing once, and every name checked."""
