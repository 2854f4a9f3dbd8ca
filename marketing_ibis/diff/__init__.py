"""Compare the tables of two builds: their columns, their rows by key, and how far the values of each column differ."""
