"""Online Retail: one flat table of invoice lines, in which an invoice is an order and a credit note a return."""
