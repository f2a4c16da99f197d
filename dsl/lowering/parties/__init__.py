"""What the graph of parties comes to."""
