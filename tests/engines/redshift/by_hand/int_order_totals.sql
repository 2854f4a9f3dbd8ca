-- Payments join while orders are still where their order_id is; only then do rows move to their customer.
WITH paid AS (
  SELECT order_id,
    SUM(amount_cents) AS cents,
    SUM(CASE WHEN payment_method = 'credit_card' THEN amount_cents ELSE 0 END) AS credit_card_cents,
    SUM(CASE WHEN payment_method = 'coupon' THEN amount_cents ELSE 0 END) AS coupon_cents,
    SUM(CASE WHEN payment_method = 'bank_transfer' THEN amount_cents ELSE 0 END) AS bank_transfer_cents,
    SUM(CASE WHEN payment_method = 'gift_card' THEN amount_cents ELSE 0 END) AS gift_card_cents,
    BIT_OR(CAST(CASE payment_method WHEN 'credit_card' THEN 1 WHEN 'coupon' THEN 2 WHEN 'bank_transfer' THEN 4
      WHEN 'gift_card' THEN 8 ELSE 0 END AS BIGINT)) AS method_bits,
    COUNT(*) AS payment_count
  FROM dbt_marketing.stg_payments AS p
  WHERE order_id IS NOT NULL
  GROUP BY order_id
), orders AS (
  SELECT o.order_id, o.customer_id, o.order_date, o.status, o.product_name,
    o.order_status_group = 'successful' AS is_success,
    p.cents, p.credit_card_cents, p.coupon_cents, p.bank_transfer_cents, p.gift_card_cents, p.method_bits,
    p.payment_count
  FROM dbt_marketing.stg_orders AS o
  LEFT JOIN paid AS p ON o.order_id = p.order_id
  WHERE o.order_date <= CAST('2024-05-15' AS DATE)
)
SELECT o.order_id, o.customer_id, o.order_date, o.status, o.product_name,
  c.customer_id IS NOT NULL AS is_known_customer,
  COALESCE(o.cents, 0) AS cents,
  COALESCE(o.credit_card_cents, 0) AS credit_card_cents,
  COALESCE(o.coupon_cents, 0) AS coupon_cents,
  COALESCE(o.bank_transfer_cents, 0) AS bank_transfer_cents,
  COALESCE(o.gift_card_cents, 0) AS gift_card_cents,
  COALESCE(o.method_bits, 0) AS method_bits,
  COALESCE(o.payment_count, 0) AS payment_count,
  CASE WHEN c.customer_id IS NOT NULL
    THEN ROW_NUMBER() OVER (PARTITION BY o.customer_id ORDER BY o.order_date, o.order_id) END AS order_sequence,
  CASE WHEN c.customer_id IS NOT NULL AND o.is_success
    THEN SUM(CASE WHEN o.is_success THEN 1 ELSE 0 END) OVER (
      PARTITION BY o.customer_id ORDER BY o.order_date, o.order_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) END AS success_sequence
FROM orders AS o
LEFT JOIN dbt_marketing.stg_customers AS c ON o.customer_id = c.customer_id
