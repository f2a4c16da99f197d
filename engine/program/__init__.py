"""What reads a whole program: printed, read back, analysed."""
