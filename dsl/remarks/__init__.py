"""What only a run can bring up, and that may well be meant: remarks, each with a code and a page."""
