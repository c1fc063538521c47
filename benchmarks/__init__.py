"""What generated derivatives cost, as ratios: `python -m benchmarks --help`."""
