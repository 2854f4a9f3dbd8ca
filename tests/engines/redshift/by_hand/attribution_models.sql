WITH credits AS (
  SELECT attribution_channel,
    SUM(first_touch_weight) AS first_touch, SUM(last_touch_weight) AS last_touch, SUM(linear_weight) AS linear,
    SUM(position_based_weight) AS position_based, SUM(time_decay_weight) AS time_decay, SUM(shapley_weight) AS shapley
  FROM dbt_marketing.attribution_touchpoints AS t
  GROUP BY attribution_channel
), models AS (
  SELECT 'First Touch' AS model UNION ALL SELECT 'Last Touch' UNION ALL SELECT 'Linear'
  UNION ALL SELECT 'Position Based' UNION ALL SELECT 'Time Decay' UNION ALL SELECT 'Shapley'
), channels AS (
  SELECT 'Organic' AS channel UNION ALL SELECT 'Promotional Campaign' UNION ALL SELECT 'Social Media'
  UNION ALL SELECT 'Email Marketing' UNION ALL SELECT 'New Year Campaign'
)
SELECT m.model AS attribution_model, c.channel,
  COALESCE(CASE m.model WHEN 'First Touch' THEN k.first_touch WHEN 'Last Touch' THEN k.last_touch
    WHEN 'Linear' THEN k.linear WHEN 'Position Based' THEN k.position_based WHEN 'Time Decay' THEN k.time_decay
    ELSE k.shapley END, 0.0) AS attributed_customers
FROM models AS m
CROSS JOIN channels AS c
LEFT JOIN credits AS k ON c.channel = k.attribution_channel
