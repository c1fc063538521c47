"""Programs by which the transforms are tested: a corpus, the known ways to be wrong, random programs."""
