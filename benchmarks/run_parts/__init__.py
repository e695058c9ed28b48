"""What benchmarks/run is made of: the ratios of one build, two builds in alternation, and the targets."""
