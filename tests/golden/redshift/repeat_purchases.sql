CREATE TABLE "dbt_marketing"."repeat_purchases__candidate" (
  "order_number" BIGINT NOT NULL,
  "customers" BIGINT NOT NULL,
  "continued" BIGINT NOT NULL,
  "continuation_rate" DOUBLE PRECISION,
  "median_days_to_next" DOUBLE PRECISION,
  "eligible_30" BIGINT NOT NULL,
  "returned_within_30" DOUBLE PRECISION,
  "eligible_60" BIGINT NOT NULL,
  "returned_within_60" DOUBLE PRECISION,
  "eligible_90" BIGINT NOT NULL,
  "returned_within_90" DOUBLE PRECISION,
  "eligible_180" BIGINT NOT NULL,
  "returned_within_180" DOUBLE PRECISION,
  "eligible_365" BIGINT NOT NULL,
  "returned_within_365" DOUBLE PRECISION
)
DISTSTYLE AUTO
SORTKEY ("order_number");
INSERT INTO "dbt_marketing"."repeat_purchases__candidate" ("order_number", "customers", "continued", "continuation_rate", "median_days_to_next", "eligible_30", "returned_within_30", "eligible_60", "returned_within_60", "eligible_90", "returned_within_90", "eligible_180", "returned_within_180", "eligible_365", "returned_within_365")
WITH "constant_rows" AS (
  SELECT
    0 AS "d"
  UNION ALL
  SELECT
    1 AS "d"
  UNION ALL
  SELECT
    2 AS "d"
  UNION ALL
  SELECT
    3 AS "d"
  UNION ALL
  SELECT
    4 AS "d"
  UNION ALL
  SELECT
    5 AS "d"
  UNION ALL
  SELECT
    6 AS "d"
  UNION ALL
  SELECT
    7 AS "d"
  UNION ALL
  SELECT
    8 AS "d"
  UNION ALL
  SELECT
    9 AS "d"
), "rows_filtered" AS (
  SELECT
    CAST(CAST((
      "t24"."d" * 1
    ) + CAST(1 AS BIGINT) AS SMALLINT) AS BIGINT) AS "order_number"
  FROM "constant_rows" AS "t24"
  WHERE
    "t24"."d" < 5
), "int_order_facts_filtered" AS (
  SELECT
    "t0"."customer_id",
    "t0"."order_date",
    "t0"."success_sequence" AS "order_number"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t0"
  WHERE
    "t0"."success_sequence" <= 6 AND "t0"."success_sequence" <= 5
), "int_order_facts_filtered_2" AS (
  SELECT
    "t0"."customer_id",
    "t0"."order_date" AS "next_date",
    "t0"."success_sequence" - 1 AS "order_number"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t0"
  WHERE
    "t0"."success_sequence" <= 6
), "int_order_facts_with_int_order_facts" AS (
  SELECT
    "t15"."order_number",
    "t15"."order_date",
    DATEDIFF(day, "t15"."order_date", "t16"."next_date") AS "days_to_next"
  FROM "int_order_facts_filtered" AS "t15"
  LEFT OUTER JOIN "int_order_facts_filtered_2" AS "t16"
    ON "t15"."customer_id" = "t16"."customer_id"
    AND "t15"."order_number" = "t16"."order_number"
), "int_order_facts_by_order_number" AS (
  SELECT
    "t21"."order_number",
    COUNT(*) AS "customers",
    CAST(SUM(CASE WHEN "t21"."days_to_next" IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS "continued",
    MEDIAN(CAST("t21"."days_to_next" AS DOUBLE PRECISION)) AS "median_days_to_next",
    CAST(SUM(
      CASE
        WHEN DATEDIFF(day, "t21"."order_date", CAST('2024-05-15' AS DATE)) >= 30
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "eligible_30",
    CAST(SUM(
      CASE
        WHEN (
          DATEDIFF(day, "t21"."order_date", CAST('2024-05-15' AS DATE)) >= 30
        )
        AND (
          "t21"."days_to_next" <= 30
        )
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "returned_30",
    CAST(SUM(
      CASE
        WHEN DATEDIFF(day, "t21"."order_date", CAST('2024-05-15' AS DATE)) >= 60
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "eligible_60",
    CAST(SUM(
      CASE
        WHEN (
          DATEDIFF(day, "t21"."order_date", CAST('2024-05-15' AS DATE)) >= 60
        )
        AND (
          "t21"."days_to_next" <= 60
        )
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "returned_60",
    CAST(SUM(
      CASE
        WHEN DATEDIFF(day, "t21"."order_date", CAST('2024-05-15' AS DATE)) >= 90
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "eligible_90",
    CAST(SUM(
      CASE
        WHEN (
          DATEDIFF(day, "t21"."order_date", CAST('2024-05-15' AS DATE)) >= 90
        )
        AND (
          "t21"."days_to_next" <= 90
        )
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "returned_90",
    CAST(SUM(
      CASE
        WHEN DATEDIFF(day, "t21"."order_date", CAST('2024-05-15' AS DATE)) >= 180
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "eligible_180",
    CAST(SUM(
      CASE
        WHEN (
          DATEDIFF(day, "t21"."order_date", CAST('2024-05-15' AS DATE)) >= 180
        )
        AND (
          "t21"."days_to_next" <= 180
        )
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "returned_180",
    CAST(SUM(
      CASE
        WHEN DATEDIFF(day, "t21"."order_date", CAST('2024-05-15' AS DATE)) >= 365
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "eligible_365",
    CAST(SUM(
      CASE
        WHEN (
          DATEDIFF(day, "t21"."order_date", CAST('2024-05-15' AS DATE)) >= 365
        )
        AND (
          "t21"."days_to_next" <= 365
        )
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "returned_365"
  FROM "int_order_facts_with_int_order_facts" AS "t21"
  GROUP BY
    1
), "rows_with_int_order_facts" AS (
  SELECT
    "t26"."median_days_to_next",
    "t28"."order_number",
    COALESCE("t26"."customers", 0) AS "customers",
    COALESCE("t26"."continued", 0) AS "continued",
    COALESCE("t26"."eligible_30", 0) AS "eligible_30",
    COALESCE("t26"."returned_30", 0) AS "returned_30",
    COALESCE("t26"."eligible_60", 0) AS "eligible_60",
    COALESCE("t26"."returned_60", 0) AS "returned_60",
    COALESCE("t26"."eligible_90", 0) AS "eligible_90",
    COALESCE("t26"."returned_90", 0) AS "returned_90",
    COALESCE("t26"."eligible_180", 0) AS "eligible_180",
    COALESCE("t26"."returned_180", 0) AS "returned_180",
    COALESCE("t26"."eligible_365", 0) AS "eligible_365",
    COALESCE("t26"."returned_365", 0) AS "returned_365"
  FROM "rows_filtered" AS "t28"
  LEFT OUTER JOIN "int_order_facts_by_order_number" AS "t26"
    ON "t28"."order_number" = "t26"."order_number"
)
SELECT
  CAST("t29"."order_number" AS BIGINT) AS "order_number",
  CAST("t29"."customers" AS BIGINT) AS "customers",
  CAST("t29"."continued" AS BIGINT) AS "continued",
  CAST((
    CAST("t29"."continued" AS DOUBLE PRECISION) / CAST(NULLIF("t29"."customers", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "continuation_rate",
  CAST("t29"."median_days_to_next" AS DOUBLE PRECISION) AS "median_days_to_next",
  CAST("t29"."eligible_30" AS BIGINT) AS "eligible_30",
  CAST((
    CAST("t29"."returned_30" AS DOUBLE PRECISION) / CAST(NULLIF("t29"."eligible_30", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "returned_within_30",
  CAST("t29"."eligible_60" AS BIGINT) AS "eligible_60",
  CAST((
    CAST("t29"."returned_60" AS DOUBLE PRECISION) / CAST(NULLIF("t29"."eligible_60", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "returned_within_60",
  CAST("t29"."eligible_90" AS BIGINT) AS "eligible_90",
  CAST((
    CAST("t29"."returned_90" AS DOUBLE PRECISION) / CAST(NULLIF("t29"."eligible_90", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "returned_within_90",
  CAST("t29"."eligible_180" AS BIGINT) AS "eligible_180",
  CAST((
    CAST("t29"."returned_180" AS DOUBLE PRECISION) / CAST(NULLIF("t29"."eligible_180", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "returned_within_180",
  CAST("t29"."eligible_365" AS BIGINT) AS "eligible_365",
  CAST((
    CAST("t29"."returned_365" AS DOUBLE PRECISION) / CAST(NULLIF("t29"."eligible_365", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "returned_within_365"
FROM "rows_with_int_order_facts" AS "t29";
COMMENT ON TABLE "dbt_marketing"."repeat_purchases__candidate" IS 'How many buyers order again after each order number, and within how many days.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."order_number" IS 'Number of the successful order, from 1.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."customers" IS 'Buyers with at least this many successful orders. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."continued" IS 'Buyers with at least one successful order more than that. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."continuation_rate" IS 'continued / customers, so far: many of the others have had little time to order again. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."median_days_to_next" IS 'Median of the days to the next successful order, of those who continued. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."eligible_30" IS 'Customers whose order of this number is at least 30 days before as_of. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."returned_within_30" IS 'Share of these with another successful order at most 30 days later; NULL without any. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."eligible_60" IS 'Customers whose order of this number is at least 60 days before as_of. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."returned_within_60" IS 'Share of these with another successful order at most 60 days later; NULL without any. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."eligible_90" IS 'Customers whose order of this number is at least 90 days before as_of. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."returned_within_90" IS 'Share of these with another successful order at most 90 days later; NULL without any. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."eligible_180" IS 'Customers whose order of this number is at least 180 days before as_of. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."returned_within_180" IS 'Share of these with another successful order at most 180 days later; NULL without any. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."eligible_365" IS 'Customers whose order of this number is at least 365 days before as_of. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."repeat_purchases__candidate"."returned_within_365" IS 'Share of these with another successful order at most 365 days later; NULL without any. Unit: share 0-1.';
