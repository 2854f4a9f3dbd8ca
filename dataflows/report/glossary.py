"""What the terms of the report mean."""

from __future__ import annotations

from marketing_ibis.report.blocks import Term

GLOSSARY = (
    Term("ABC class", "Products by gross revenue: A brings the first part of all revenue, B the next, C the rest."),
    Term("Audience", "A declared list of customers for an advertising or mailing system: only those who agreed."),
    Term("Average order value", "Net revenue divided by successful orders, those without a payment included."),
    Term("Buyer", "A customer with at least one successful order."),
    Term("Campaign", "A kind of order, by promotion or quarter: a rule on the order, not a campaign that people saw."),
    Term("Censored", "Not known yet: customers who still have time to order again are excluded, not counted as lost."),
    Term("Channel", "What an order is attributed to. The shop's five channels are a stand-in rule on the order."),
    Term("Churn risk", "How overdue a buyer's next order is, against the buyer's usual gap: Low to High."),
    Term("Cohort", "The buyers whose first successful order was in the same month."),
    Term("Continuation", "The share of buyers with a given number of orders who have placed another one so far."),
    Term("Estimated profit", "Net revenue times an assumed margin of the campaign, not a result of costs."),
    Term(
        "Forecast value",
        "What the buyers so far are expected to spend in the next year, by when and for how much they bought.",
    ),
    Term("Gross revenue", "What was paid for successful and returned orders."),
    Term("Lift", "How much more often customers bought both of two products than if the two had nothing in common."),
    Term("Lifetime value", "Net revenue of a cohort up to a month, per buyer of the cohort."),
    Term("Net revenue", "What was paid for successful orders."),
    Term(
        "Next best action",
        "The one thing to do next about a customer: the first of ten actions that applies.",
    ),
    Term("Paid by those at risk", "What buyers at high churn risk have paid so far, net; not what they would pay."),
    Term("Promotion", "A payment by a method that the settings call promotional, such as a coupon or a gift card."),
    Term("Repeat purchase", "A successful order of a customer who had one before."),
    Term("Retention", "The share of buyers who order again in a later period."),
    Term("Return rate", "Returned orders as a share of successful and returned ones."),
    Term("ROAS", "Return on ad spend: credited revenue divided by the cost of the channel in the same months."),
    Term("RFM score", "A buyer's place by recency of the last order, frequency of orders and monetary value."),
    Term("Segment", "A group of customers by their RFM scores, such as Champions or At Risk."),
    Term("Usual gap", "A buyer's mean number of days between two days with orders, or that of all buyers."),
    Term(
        "Win-back",
        "Winning back buyers whose next order is late for them: the highest spenders in person, the others by low-cost"
        " means.",
    ),
)
