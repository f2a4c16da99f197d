"""What reads a whole program: printed, stored, verified, analysed."""
