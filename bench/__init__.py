"""Measurements: ratios and counts that `turnabout bench` prints; no test depends on a bare time."""
