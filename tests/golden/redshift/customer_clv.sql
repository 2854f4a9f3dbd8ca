CREATE TABLE "dbt_marketing"."customer_clv__candidate" (
  "customer_id" BIGINT NOT NULL,
  "as_of" DATE NOT NULL,
  "active_probability" DOUBLE PRECISION NOT NULL,
  "expected_purchases" DOUBLE PRECISION NOT NULL,
  "expected_order_value" DOUBLE PRECISION NOT NULL,
  "forecast_clv" DOUBLE PRECISION NOT NULL,
  "forecast_clv_low" DOUBLE PRECISION NOT NULL,
  "forecast_clv_high" DOUBLE PRECISION NOT NULL
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("customer_id");
INSERT INTO "dbt_marketing"."customer_clv__candidate" ("customer_id", "as_of", "active_probability", "expected_purchases", "expected_order_value", "forecast_clv", "forecast_clv_low", "forecast_clv_high")
WITH "clv_fit_filtered" AS (
  SELECT
    "t2"."r",
    "t2"."alpha",
    "t2"."a",
    "t2"."b",
    "t2"."p",
    "t2"."q",
    "t2"."v"
  FROM "dbt_marketing"."clv_fit__candidate" AS "t2"
  WHERE
    "t2"."status" = 'fitted'
)
SELECT
  CAST("t3"."customer_id" AS BIGINT) AS "customer_id",
  CAST('2024-05-15' AS DATE) AS "as_of",
  CAST(CASE
    WHEN "t3"."frequency" > 0
    THEN CAST(1.0 AS DOUBLE PRECISION) / (
      (
        (
          "t6"."a" / (
            (
              "t6"."b" + CAST(GREATEST("t3"."frequency", 1) AS DOUBLE PRECISION)
            ) - 1.0
          )
        ) * EXP(
          LEAST(
            (
              "t6"."r" + CAST("t3"."frequency" AS DOUBLE PRECISION)
            ) * LN(
              (
                (
                  CAST("t3"."age_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                ) + "t6"."alpha"
              ) / (
                (
                  CAST("t3"."recency_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                ) + "t6"."alpha"
              )
            ),
            700.0
          )
        )
      ) + 1.0
    )
    ELSE 1.0
  END AS DOUBLE PRECISION) AS "active_probability",
  CAST(CASE
    WHEN "t3"."frequency" > 0
    THEN CAST(1.0 AS DOUBLE PRECISION) / (
      (
        (
          "t6"."a" / (
            (
              "t6"."b" + CAST(GREATEST("t3"."frequency", 1) AS DOUBLE PRECISION)
            ) - 1.0
          )
        ) * EXP(
          LEAST(
            (
              "t6"."r" + CAST("t3"."frequency" AS DOUBLE PRECISION)
            ) * LN(
              (
                (
                  CAST("t3"."age_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                ) + "t6"."alpha"
              ) / (
                (
                  CAST("t3"."recency_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                ) + "t6"."alpha"
              )
            ),
            700.0
          )
        )
      ) + 1.0
    )
    ELSE 1.0
  END * "t4"."purchases_if_active" AS DOUBLE PRECISION) AS "expected_purchases",
  CAST((
    "t6"."p" * (
      "t6"."v" + (
        CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
      )
    )
  ) / (
    (
      (
        "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
      ) + "t6"."q"
    ) - 1.0
  ) AS DOUBLE PRECISION) AS "expected_order_value",
  CAST(CASE
    WHEN "t3"."frequency" > 0
    THEN CAST(1.0 AS DOUBLE PRECISION) / (
      (
        (
          "t6"."a" / (
            (
              "t6"."b" + CAST(GREATEST("t3"."frequency", 1) AS DOUBLE PRECISION)
            ) - 1.0
          )
        ) * EXP(
          LEAST(
            (
              "t6"."r" + CAST("t3"."frequency" AS DOUBLE PRECISION)
            ) * LN(
              (
                (
                  CAST("t3"."age_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                ) + "t6"."alpha"
              ) / (
                (
                  CAST("t3"."recency_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                ) + "t6"."alpha"
              )
            ),
            700.0
          )
        )
      ) + 1.0
    )
    ELSE 1.0
  END * "t4"."purchases_if_active" * (
    (
      "t6"."p" * (
        "t6"."v" + (
          CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
        )
      )
    ) / (
      (
        (
          "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
        ) + "t6"."q"
      ) - 1.0
    )
  ) AS DOUBLE PRECISION) AS "forecast_clv",
  CAST(GREATEST(
    (
      CASE
        WHEN "t3"."frequency" > 0
        THEN CAST(1.0 AS DOUBLE PRECISION) / (
          (
            (
              "t6"."a" / (
                (
                  "t6"."b" + CAST(GREATEST("t3"."frequency", 1) AS DOUBLE PRECISION)
                ) - 1.0
              )
            ) * EXP(
              LEAST(
                (
                  "t6"."r" + CAST("t3"."frequency" AS DOUBLE PRECISION)
                ) * LN(
                  (
                    (
                      CAST("t3"."age_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                    ) + "t6"."alpha"
                  ) / (
                    (
                      CAST("t3"."recency_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                    ) + "t6"."alpha"
                  )
                ),
                700.0
              )
            )
          ) + 1.0
        )
        ELSE 1.0
      END * "t4"."purchases_if_active" * (
        (
          "t6"."p" * (
            "t6"."v" + (
              CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
            )
          )
        ) / (
          (
            (
              "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
            ) + "t6"."q"
          ) - 1.0
        )
      )
    ) - (
      SQRT(
        GREATEST(
          (
            (
              (
                CASE
                  WHEN "t3"."frequency" > 0
                  THEN CAST(1.0 AS DOUBLE PRECISION) / (
                    (
                      (
                        "t6"."a" / (
                          (
                            "t6"."b" + CAST(GREATEST("t3"."frequency", 1) AS DOUBLE PRECISION)
                          ) - 1.0
                        )
                      ) * EXP(
                        LEAST(
                          (
                            "t6"."r" + CAST("t3"."frequency" AS DOUBLE PRECISION)
                          ) * LN(
                            (
                              (
                                CAST("t3"."age_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                              ) + "t6"."alpha"
                            ) / (
                              (
                                CAST("t3"."recency_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                              ) + "t6"."alpha"
                            )
                          ),
                          700.0
                        )
                      )
                    ) + 1.0
                  )
                  ELSE 1.0
                END * "t4"."purchases_if_active" * CASE
                  WHEN (
                    (
                      "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                    ) + "t6"."q"
                  ) > 2.01
                  THEN POWER(
                    "t6"."p" * (
                      "t6"."v" + (
                        CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
                      )
                    ),
                    2.0
                  ) / (
                    (
                      (
                        (
                          "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                        ) + "t6"."q"
                      ) - 1.0
                    ) * GREATEST(
                      (
                        (
                          "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                        ) + "t6"."q"
                      ) - 2.0,
                      0.01
                    )
                  )
                  ELSE POWER(
                    (
                      "t6"."p" * (
                        "t6"."v" + (
                          CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
                        )
                      )
                    ) / (
                      (
                        (
                          "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                        ) + "t6"."q"
                      ) - 1.0
                    ),
                    2.0
                  )
                END
              ) / "t6"."p"
            ) + (
              CASE
                WHEN "t3"."frequency" > 0
                THEN CAST(1.0 AS DOUBLE PRECISION) / (
                  (
                    (
                      "t6"."a" / (
                        (
                          "t6"."b" + CAST(GREATEST("t3"."frequency", 1) AS DOUBLE PRECISION)
                        ) - 1.0
                      )
                    ) * EXP(
                      LEAST(
                        (
                          "t6"."r" + CAST("t3"."frequency" AS DOUBLE PRECISION)
                        ) * LN(
                          (
                            (
                              CAST("t3"."age_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                            ) + "t6"."alpha"
                          ) / (
                            (
                              CAST("t3"."recency_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                            ) + "t6"."alpha"
                          )
                        ),
                        700.0
                      )
                    )
                  ) + 1.0
                )
                ELSE 1.0
              END * (
                "t4"."variance_if_active" + POWER("t4"."purchases_if_active", 2.0)
              ) * CASE
                WHEN (
                  (
                    "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                  ) + "t6"."q"
                ) > 2.01
                THEN POWER(
                  "t6"."p" * (
                    "t6"."v" + (
                      CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
                    )
                  ),
                  2.0
                ) / (
                  (
                    (
                      (
                        "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                      ) + "t6"."q"
                    ) - 1.0
                  ) * GREATEST(
                    (
                      (
                        "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                      ) + "t6"."q"
                    ) - 2.0,
                    0.01
                  )
                )
                ELSE POWER(
                  (
                    "t6"."p" * (
                      "t6"."v" + (
                        CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
                      )
                    )
                  ) / (
                    (
                      (
                        "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                      ) + "t6"."q"
                    ) - 1.0
                  ),
                  2.0
                )
              END
            )
          ) - POWER(
            CASE
              WHEN "t3"."frequency" > 0
              THEN CAST(1.0 AS DOUBLE PRECISION) / (
                (
                  (
                    "t6"."a" / (
                      (
                        "t6"."b" + CAST(GREATEST("t3"."frequency", 1) AS DOUBLE PRECISION)
                      ) - 1.0
                    )
                  ) * EXP(
                    LEAST(
                      (
                        "t6"."r" + CAST("t3"."frequency" AS DOUBLE PRECISION)
                      ) * LN(
                        (
                          (
                            CAST("t3"."age_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                          ) + "t6"."alpha"
                        ) / (
                          (
                            CAST("t3"."recency_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                          ) + "t6"."alpha"
                        )
                      ),
                      700.0
                    )
                  )
                ) + 1.0
              )
              ELSE 1.0
            END * "t4"."purchases_if_active" * (
              (
                "t6"."p" * (
                  "t6"."v" + (
                    CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
                  )
                )
              ) / (
                (
                  (
                    "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                  ) + "t6"."q"
                ) - 1.0
              )
            ),
            2.0
          ),
          0.0
        )
      ) * 1.2815515655446004
    ),
    0.0
  ) AS DOUBLE PRECISION) AS "forecast_clv_low",
  CAST((
    CASE
      WHEN "t3"."frequency" > 0
      THEN CAST(1.0 AS DOUBLE PRECISION) / (
        (
          (
            "t6"."a" / (
              (
                "t6"."b" + CAST(GREATEST("t3"."frequency", 1) AS DOUBLE PRECISION)
              ) - 1.0
            )
          ) * EXP(
            LEAST(
              (
                "t6"."r" + CAST("t3"."frequency" AS DOUBLE PRECISION)
              ) * LN(
                (
                  (
                    CAST("t3"."age_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                  ) + "t6"."alpha"
                ) / (
                  (
                    CAST("t3"."recency_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                  ) + "t6"."alpha"
                )
              ),
              700.0
            )
          )
        ) + 1.0
      )
      ELSE 1.0
    END * "t4"."purchases_if_active" * (
      (
        "t6"."p" * (
          "t6"."v" + (
            CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
          )
        )
      ) / (
        (
          (
            "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
          ) + "t6"."q"
        ) - 1.0
      )
    )
  ) + (
    SQRT(
      GREATEST(
        (
          (
            (
              CASE
                WHEN "t3"."frequency" > 0
                THEN CAST(1.0 AS DOUBLE PRECISION) / (
                  (
                    (
                      "t6"."a" / (
                        (
                          "t6"."b" + CAST(GREATEST("t3"."frequency", 1) AS DOUBLE PRECISION)
                        ) - 1.0
                      )
                    ) * EXP(
                      LEAST(
                        (
                          "t6"."r" + CAST("t3"."frequency" AS DOUBLE PRECISION)
                        ) * LN(
                          (
                            (
                              CAST("t3"."age_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                            ) + "t6"."alpha"
                          ) / (
                            (
                              CAST("t3"."recency_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                            ) + "t6"."alpha"
                          )
                        ),
                        700.0
                      )
                    )
                  ) + 1.0
                )
                ELSE 1.0
              END * "t4"."purchases_if_active" * CASE
                WHEN (
                  (
                    "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                  ) + "t6"."q"
                ) > 2.01
                THEN POWER(
                  "t6"."p" * (
                    "t6"."v" + (
                      CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
                    )
                  ),
                  2.0
                ) / (
                  (
                    (
                      (
                        "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                      ) + "t6"."q"
                    ) - 1.0
                  ) * GREATEST(
                    (
                      (
                        "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                      ) + "t6"."q"
                    ) - 2.0,
                    0.01
                  )
                )
                ELSE POWER(
                  (
                    "t6"."p" * (
                      "t6"."v" + (
                        CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
                      )
                    )
                  ) / (
                    (
                      (
                        "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                      ) + "t6"."q"
                    ) - 1.0
                  ),
                  2.0
                )
              END
            ) / "t6"."p"
          ) + (
            CASE
              WHEN "t3"."frequency" > 0
              THEN CAST(1.0 AS DOUBLE PRECISION) / (
                (
                  (
                    "t6"."a" / (
                      (
                        "t6"."b" + CAST(GREATEST("t3"."frequency", 1) AS DOUBLE PRECISION)
                      ) - 1.0
                    )
                  ) * EXP(
                    LEAST(
                      (
                        "t6"."r" + CAST("t3"."frequency" AS DOUBLE PRECISION)
                      ) * LN(
                        (
                          (
                            CAST("t3"."age_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                          ) + "t6"."alpha"
                        ) / (
                          (
                            CAST("t3"."recency_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                          ) + "t6"."alpha"
                        )
                      ),
                      700.0
                    )
                  )
                ) + 1.0
              )
              ELSE 1.0
            END * (
              "t4"."variance_if_active" + POWER("t4"."purchases_if_active", 2.0)
            ) * CASE
              WHEN (
                (
                  "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                ) + "t6"."q"
              ) > 2.01
              THEN POWER(
                "t6"."p" * (
                  "t6"."v" + (
                    CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
                  )
                ),
                2.0
              ) / (
                (
                  (
                    (
                      "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                    ) + "t6"."q"
                  ) - 1.0
                ) * GREATEST(
                  (
                    (
                      "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                    ) + "t6"."q"
                  ) - 2.0,
                  0.01
                )
              )
              ELSE POWER(
                (
                  "t6"."p" * (
                    "t6"."v" + (
                      CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
                    )
                  )
                ) / (
                  (
                    (
                      "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                    ) + "t6"."q"
                  ) - 1.0
                ),
                2.0
              )
            END
          )
        ) - POWER(
          CASE
            WHEN "t3"."frequency" > 0
            THEN CAST(1.0 AS DOUBLE PRECISION) / (
              (
                (
                  "t6"."a" / (
                    (
                      "t6"."b" + CAST(GREATEST("t3"."frequency", 1) AS DOUBLE PRECISION)
                    ) - 1.0
                  )
                ) * EXP(
                  LEAST(
                    (
                      "t6"."r" + CAST("t3"."frequency" AS DOUBLE PRECISION)
                    ) * LN(
                      (
                        (
                          CAST("t3"."age_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                        ) + "t6"."alpha"
                      ) / (
                        (
                          CAST("t3"."recency_days" AS DOUBLE PRECISION) / CAST(7 AS DOUBLE PRECISION)
                        ) + "t6"."alpha"
                      )
                    ),
                    700.0
                  )
                )
              ) + 1.0
            )
            ELSE 1.0
          END * "t4"."purchases_if_active" * (
            (
              "t6"."p" * (
                "t6"."v" + (
                  CAST(GREATEST("t3"."later_cents", 0) AS DOUBLE PRECISION) / CAST(100.0 AS DOUBLE PRECISION)
                )
              )
            ) / (
              (
                (
                  "t6"."p" * CAST("t3"."frequency" AS DOUBLE PRECISION)
                ) + "t6"."q"
              ) - 1.0
            )
          ),
          2.0
        ),
        0.0
      )
    ) * 1.2815515655446004
  ) AS DOUBLE PRECISION) AS "forecast_clv_high"
FROM "dbt_marketing"."int_purchase_days__candidate" AS "t3"
INNER JOIN "dbt_marketing"."int_clv_purchases__candidate" AS "t4"
  ON "t3"."frequency" = "t4"."frequency" AND "t3"."age_days" = "t4"."age_days"
CROSS JOIN "clv_fit_filtered" AS "t6";
COMMENT ON TABLE "dbt_marketing"."customer_clv__candidate" IS 'Purchases and spend that are expected of each buyer in the next year, with a band.';
COMMENT ON COLUMN "dbt_marketing"."customer_clv__candidate"."customer_id" IS 'Key of the customer.';
COMMENT ON COLUMN "dbt_marketing"."customer_clv__candidate"."as_of" IS 'Day of the forecast.';
COMMENT ON COLUMN "dbt_marketing"."customer_clv__candidate"."active_probability" IS 'Probability that the buyer has not left; 1 for buyers of a single day, of whom the model cannot tell. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."customer_clv__candidate"."expected_purchases" IS 'Expected days with a successful order in the next 365 days. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."customer_clv__candidate"."expected_order_value" IS 'Expected spend per day with an order, between the buyer''s own and that of all buyers. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_clv__candidate"."forecast_clv" IS 'expected_purchases x expected_order_value: spend in the next 365 days, undiscounted. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_clv__candidate"."forecast_clv_low" IS 'forecast_clv less 1.28 standard deviations, at least 0. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_clv__candidate"."forecast_clv_high" IS 'forecast_clv plus 1.28 standard deviations. Unit: dollars.';
