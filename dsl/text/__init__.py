"""Text to syntax: what may be read, lexemes, tokens, the parser and what it did not expect."""
