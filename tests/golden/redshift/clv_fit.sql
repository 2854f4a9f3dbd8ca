CREATE TABLE "dbt_marketing"."clv_fit__candidate" (
  "as_of" DATE NOT NULL,
  "status" VARCHAR(16) NOT NULL,
  "reason" VARCHAR(256),
  "time_unit" VARCHAR(16) NOT NULL,
  "buyers" BIGINT NOT NULL,
  "repeat_buyers" BIGINT NOT NULL,
  "loyal_buyers" BIGINT NOT NULL,
  "history_days" BIGINT NOT NULL,
  "r" DOUBLE PRECISION,
  "alpha" DOUBLE PRECISION,
  "a" DOUBLE PRECISION,
  "b" DOUBLE PRECISION,
  "p" DOUBLE PRECISION,
  "q" DOUBLE PRECISION,
  "v" DOUBLE PRECISION,
  "repeat_purchases" BIGINT NOT NULL,
  "repeat_purchases_expected" DOUBLE PRECISION,
  "holdout_purchases" BIGINT NOT NULL,
  "holdout_purchases_expected" DOUBLE PRECISION
)
DISTSTYLE AUTO;
COMMENT ON TABLE "dbt_marketing"."clv_fit__candidate" IS 'Parameters of the models that forecast purchases and spend, or the reason why the orders do not determine them.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."as_of" IS 'Day of the fit.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."status" IS 'fitted, or refused where the orders do not determine the parameters.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."reason" IS 'Why there is no fit; NULL with one.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."time_unit" IS 'Unit of time of the parameters.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."buyers" IS 'Buyers; a fit needs 500. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."repeat_buyers" IS 'Buyers with successful orders on two days or more. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."loyal_buyers" IS 'Buyers with successful orders on three days or more; a fit needs 10. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."history_days" IS 'Days from the first order to as_of; a fit needs 180. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."r" IS 'BG/NBD: shape of the rates of purchase. NULL without a fit.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."alpha" IS 'BG/NBD: scale of the rates of purchase, in weeks. NULL without a fit.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."a" IS 'BG/NBD: first parameter of the probability of leaving after a purchase. NULL without a fit.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."b" IS 'BG/NBD: second parameter of the probability of leaving after a purchase. NULL without a fit.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."p" IS 'Gamma-Gamma: shape of the spend per purchase day. NULL without a fit.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."q" IS 'Gamma-Gamma: shape of the rates of spend. NULL without a fit.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."v" IS 'Gamma-Gamma: scale of the rates of spend, in dollars. NULL without a fit.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."repeat_purchases" IS 'Purchase days after the first of each buyer. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."repeat_purchases_expected" IS 'repeat_purchases as the fit expects them; NULL without a fit. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."holdout_purchases" IS 'Purchase days in the last 90 days of those who were buyers before. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."clv_fit__candidate"."holdout_purchases_expected" IS 'holdout_purchases as a fit without the last 90 days forecasts them; NULL without such a fit. Unit: days.';
