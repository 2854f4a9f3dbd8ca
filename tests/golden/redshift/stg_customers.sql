CREATE VIEW "dbt_marketing"."stg_customers__candidate" AS
WITH "t1" AS (
  SELECT
    "t0"."id",
    "t0"."first_name",
    "t0"."last_name"
  FROM "dbt_production"."customers" AS "t0"
  WHERE
    "t0"."id" IS NOT NULL
), "t2" AS (
  SELECT
    "t1"."id",
    "t1"."first_name",
    "t1"."last_name"
  FROM "t1" AS "t1"
  QUALIFY
    ROW_NUMBER() OVER (
      PARTITION BY "t1"."id"
      ORDER BY "t1"."first_name" NULLS LAST, "t1"."last_name" NULLS LAST
    ) = 1
)
SELECT
  CAST("t2"."id" AS BIGINT) AS "customer_id",
  "t2"."first_name",
  "t2"."last_name"
FROM "t2" AS "t2"
WITH NO SCHEMA BINDING;
