"""Functions of public packages, none of which was written to be differentiated."""
