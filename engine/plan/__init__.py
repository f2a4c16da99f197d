"""A program as a plan: what is computed once, once a block, date by date."""
