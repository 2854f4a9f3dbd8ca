"""Turn operations into the nodes of a statement, a class of visitors for each subject."""
