"""Models of machine learning, as AWS' pages of CREATE MODEL and DROP MODEL spell them."""

from __future__ import annotations

MODELS: dict[str, str] = {
    # https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_MODEL.html and r_create_model_use_cases.html
    "create_model": """
        CREATE MODEL place {
            FROM string FUNCTION place ( type [, ...] ) RETURNS type IAM_ROLE model_role [ model_settings ]
            | FROM model_rows TARGET { name | string } FUNCTION place [ ( type [, ...] ) ] IAM_ROLE model_role
                model_options model_settings
            | FROM model_rows FUNCTION place [ ( type [, ...] ) ] IAM_ROLE model_role AUTO OFF MODEL_TYPE KMEANS
                options { PREPROCESSORS string | hyperparameters } model_settings
            | FROM model_rows TARGET { name | string } IAM_ROLE model_role [ AUTO ON ] MODEL_TYPE FORECAST
                [ OBJECTIVE string ] model_settings
            | FUNCTION place ( type [, ...] ) RETURNS type SAGEMAKER string IAM_ROLE model_role [ model_settings ] }
    """,
    "model_rows": "( model_query ) | table",
    "model_query": "query",
    "model_role": "DEFAULT | string",
    "model_options": """
        options { AUTO { ON | OFF } | MODEL_TYPE { XGBOOST | MLP | LINEAR_LEARNER }
            | PROBLEM_TYPE { problem_type | ( problem_type ) } | OBJECTIVE { string | ( string ) }
            | PREPROCESSORS string | hyperparameters }
    """,
    "problem_type": "REGRESSION | BINARY_CLASSIFICATION | MULTICLASS_CLASSIFICATION",
    "hyperparameters": "HYPERPARAMETERS DEFAULT [ EXCEPT ( { word { string | number } } [, ...] ) ]",
    "model_settings": "SETTINGS ( model_setting [, ...] )",
    "model_setting": """
        { S3_BUCKET | TAGS | KMS_KEY_ID | S3_GARBAGE_COLLECT | MAX_CELLS | MAX_RUNTIME | MAX_BATCH_ROWS | HORIZON
            | FREQUENCY | PERCENTILES } { string | integer | ON | OFF }
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/r_DROP_MODEL.html
    "drop_model": "DROP MODEL [ IF EXISTS ] place",
}
