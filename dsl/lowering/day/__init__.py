"""One day of a deal: opening, its acts in the order written, closing."""
