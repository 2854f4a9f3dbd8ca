"""What marketers read: segments, products, cohorts, channels."""
