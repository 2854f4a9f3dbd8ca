CREATE TABLE "dbt_marketing"."int_clv_purchases__candidate" (
  "frequency" BIGINT NOT NULL,
  "age_days" BIGINT NOT NULL,
  "purchases_if_active" DOUBLE PRECISION NOT NULL,
  "variance_if_active" DOUBLE PRECISION NOT NULL
)
DISTSTYLE AUTO;
COMMENT ON TABLE "dbt_marketing"."int_clv_purchases__candidate" IS 'Purchases that are expected of a buyer who has not left, by how often and since when the buyer has bought.';
COMMENT ON COLUMN "dbt_marketing"."int_clv_purchases__candidate"."frequency" IS 'Purchase days after the first. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."int_clv_purchases__candidate"."age_days" IS 'Days since the first purchase. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."int_clv_purchases__candidate"."purchases_if_active" IS 'Expected purchase days in the next 365 days of a buyer who has not left. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."int_clv_purchases__candidate"."variance_if_active" IS 'Variance of these purchase days.';
