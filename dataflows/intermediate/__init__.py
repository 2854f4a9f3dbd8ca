"""Tables that several marts share."""
