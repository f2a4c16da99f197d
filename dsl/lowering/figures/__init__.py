"""What a name comes to at a moment."""
