CREATE TABLE "dbt_marketing"."attribution_markov__candidate" (
  "channel" VARCHAR(32) NOT NULL,
  "removal_effect" DOUBLE PRECISION NOT NULL,
  "credit_share" DOUBLE PRECISION NOT NULL,
  "attributed_customers" DOUBLE PRECISION NOT NULL,
  "attributed_revenue" DOUBLE PRECISION NOT NULL,
  "analysis_timestamp" TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
SORTKEY ("channel");
COMMENT ON TABLE "dbt_marketing"."attribution_markov__candidate" IS 'Customers and revenue that the removal effect of a Markov chain credits each channel with.';
COMMENT ON COLUMN "dbt_marketing"."attribution_markov__candidate"."channel" IS 'One of five channels, by a stand-in rule on the order, not observed traffic.';
COMMENT ON COLUMN "dbt_marketing"."attribution_markov__candidate"."removal_effect" IS 'Share of journeys that would not reach their end if every touch in the channel ended them. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."attribution_markov__candidate"."credit_share" IS 'removal_effect / the sum of all removal effects; 0 when no one has bought. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."attribution_markov__candidate"."attributed_customers" IS 'credit_share of all buyers. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."attribution_markov__candidate"."attributed_revenue" IS 'credit_share of the revenue of all buyers. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."attribution_markov__candidate"."analysis_timestamp" IS 'as_of at midnight.';
