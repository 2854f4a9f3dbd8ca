"""Tables for marketers: segments, products, cohorts, channels."""
