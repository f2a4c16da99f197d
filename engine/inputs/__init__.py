"""What a run is fed with."""
