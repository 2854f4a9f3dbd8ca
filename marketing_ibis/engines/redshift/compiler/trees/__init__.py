"""Complete the tree of a statement."""
