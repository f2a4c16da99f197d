"""The graph of parties, as the text of a deal states it."""
