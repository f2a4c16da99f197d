"""What is said of a deal: diagnostics as data, their codes and pages, and how each is shown."""
