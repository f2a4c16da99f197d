"""What a deal shows and asks: reports, checks, what may be kept, and what components require of their fields."""
