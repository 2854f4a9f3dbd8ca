"""Lists of customers that a campaign writes to."""
