"""Blocks of a run on any number of processes, and the slow evaluator that the tests compare with."""
