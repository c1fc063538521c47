"""From a program of the core language to Python source, and to a function."""
