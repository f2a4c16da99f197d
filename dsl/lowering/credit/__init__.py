"""Curves, contracts and portfolios of credit."""
