"""Views over the history of the segments: who moved from which segment to which."""
