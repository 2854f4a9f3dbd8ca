"""Write the lists of audiences to files, and keep what was published of each."""
