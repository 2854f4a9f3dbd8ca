"""Order lines: one flat table of any shop, with the product, the customer and the payment of an order in each row."""
