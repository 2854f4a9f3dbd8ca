"""Build, test and publish models: the plan, and what carries it out."""
