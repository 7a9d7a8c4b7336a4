"""What is measured against what. `python -m benchmarks [name …]` prints ratios against a rival of the same run."""
