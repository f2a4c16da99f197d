"""Text to IR, and what people touch: parsing, checking, lowering, the command line."""
