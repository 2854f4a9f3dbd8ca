CREATE TABLE "dbt_marketing"."rfm_summary__candidate" (
  "customer_id" BIGINT NOT NULL,
  "frequency" BIGINT NOT NULL,
  "recency" BIGINT NOT NULL,
  "t" BIGINT NOT NULL,
  "monetary_value" DOUBLE PRECISION NOT NULL
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("customer_id");
INSERT INTO "dbt_marketing"."rfm_summary__candidate" ("customer_id", "frequency", "recency", "t", "monetary_value")
SELECT
  CAST("t0"."customer_id" AS BIGINT) AS "customer_id",
  CAST("t0"."frequency" AS BIGINT) AS "frequency",
  CAST("t0"."recency_days" AS BIGINT) AS "recency",
  CAST("t0"."age_days" AS BIGINT) AS "t",
  CAST(COALESCE(
    CAST("t0"."later_cents" AS DOUBLE PRECISION) / CAST(NULLIF("t0"."frequency" * 100, 0) AS DOUBLE PRECISION),
    0.0
  ) AS DOUBLE PRECISION) AS "monetary_value"
FROM "dbt_marketing"."int_purchase_days__candidate" AS "t0";
COMMENT ON TABLE "dbt_marketing"."rfm_summary__candidate" IS 'Frequency, recency, age and mean spend of each buyer, by days with successful orders.';
COMMENT ON COLUMN "dbt_marketing"."rfm_summary__candidate"."customer_id" IS 'Key of the buyer.';
COMMENT ON COLUMN "dbt_marketing"."rfm_summary__candidate"."frequency" IS 'Days with a successful order after the first such day: several orders on a day count once. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."rfm_summary__candidate"."recency" IS 'Days from the first to the last day with a successful order; 0 with one such day. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."rfm_summary__candidate"."t" IS 'T of the literature: days from the first day with a successful order to as_of. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."rfm_summary__candidate"."monetary_value" IS 'Payments of successful orders after the first day / frequency; 0 if frequency is 0. Unit: dollars.';
