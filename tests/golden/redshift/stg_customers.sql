CREATE VIEW "dbt_marketing"."stg_customers__candidate" AS
WITH "raw_customers_picked" AS (
  SELECT
    "t0"."id",
    "t0"."first_name",
    "t0"."last_name"
  FROM "dbt_production"."customers" AS "t0"
  WHERE
    "t0"."id" IS NOT NULL
  QUALIFY
    (
      ROW_NUMBER() OVER (
        PARTITION BY "t0"."id"
        ORDER BY "t0"."first_name" NULLS LAST, "t0"."last_name" NULLS LAST
      ) - 1
    ) < 1
)
SELECT
  CAST("t1"."id" AS BIGINT) AS "customer_id",
  "t1"."first_name",
  "t1"."last_name"
FROM "raw_customers_picked" AS "t1"
WITH NO SCHEMA BINDING;
