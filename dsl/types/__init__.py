"""The type of every expression, and where two things meet that do not go together."""
