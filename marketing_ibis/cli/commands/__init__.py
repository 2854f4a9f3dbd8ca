"""One command a module, each called ``command`` there."""
