"""Look at the tables of a shop, and propose how the sources of a project read them."""
