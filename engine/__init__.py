"""Numbers: loads and runs a program with numpy and attrs alone; knows nothing of text."""
