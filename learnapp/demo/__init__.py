"""Charter to be written by the area."""
