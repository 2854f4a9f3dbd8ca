"""Queries and expressions, as AWS' pages of SELECT, of conditions, functions and types spell them."""

from __future__ import annotations

QUERIES: dict[str, str] = {
    # https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_synopsis.html
    "query": """
        [ WITH [ RECURSIVE ] with_query [, ...] ]
        operand_query [ { UNION [ ALL ] | INTERSECT | EXCEPT | MINUS } operand_query ] ...
        [ ORDER BY sort_key [, ...] ] [ options { LIMIT { integer | ALL } | OFFSET integer } ]
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/r_WITH_clause.html
    "with_query": "name [ columns ] AS ( query )",
    "columns": "( name [, ...] )",
    "operand_query": "( query ) | select",
    "select": """
        SELECT [ TOP integer ] [ ALL | DISTINCT ] item [, ...] [ EXCLUDE { ( name [, ...] ) | name [, ...] } ]
        [ INTO [ TEMPORARY | TEMP ] [ TABLE ] new_table ]
        [ FROM source [, ...] ] [ WHERE condition ]
        [ options { START WITH condition | CONNECT BY condition } ]
        [ GROUP BY { ALL | grouping [, ...] } ] [ HAVING condition ] [ QUALIFY condition ]
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/r_EXCLUDE_list.html
    "star": "[ name . [ name . [ name . ] ] ] * [ EXCLUDE { ( name [, ...] ) | name } ]",
    "item": "star | condition [ AS word | label ]",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_GROUP_BY_clause.html
    "grouping": """
        GROUPING SETS ( { grouping_set [, ...] } ) | { ROLLUP | CUBE } ( grouping_set [, ...] ) | ( ) | condition
    """,
    "grouping_set": "grouping | ( [ condition [, ...] ] )",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_ORDER_BY_clause.html
    "sort_key": "condition [ ASC | DESC ] [ NULLS { FIRST | LAST } ]",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_clause30.html
    "source": """
        relation [ CROSS JOIN relation | NATURAL join_type relation
            | join_type relation { ON condition | USING ( name [, ...] ) } ] ...
    """,
    "join_type": "[ INNER | { LEFT | RIGHT | FULL } [ OUTER ] ] JOIN",
    "relation": """
        UNPIVOT path AS name [ AT name ]
        | { ( query ) [ pivot ] [ table_alias ] | ( source )
            | call [ [ AS ] label typed_columns | table_alias ] | temporary_table [ table_alias ]
            | path [ * ] [ pivot ] [ table_alias ] [ AT name ] } [ pivot [ table_alias ] ]
    """,
    # START and CONNECT need an AS: https://docs.aws.amazon.com/redshift/latest/dg/r_CONNECT_BY_clause.html
    "table_alias": "{ AS alias | label } [ columns ]",
    # https://docs.aws.amazon.com/redshift/latest/dg/PG_GET_LATE_BINDING_VIEW_COLS.html
    "typed_columns": "( { name { type | NAME } } [, ...] )",
    "pivot": """
        PIVOT ( call [ [ AS ] name ] FOR name IN ( { condition [ AS word | label ] } [, ...] ) )
        | UNPIVOT [ { INCLUDE | EXCLUDE } NULLS ]
            ( name FOR name IN ( { path [ AS { word | string | number } | label ] } [, ...] ) )
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/r_logical_condition.html
    "condition": "conjunct [ { AND | OR } conjunct ] ...",
    "conjunct": "NOT conjunct | sum [ test ] ...",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_comparison_condition.html and the pages after it
    "test": """
        IS [ NOT ] { NULL | TRUE | FALSE | UNKNOWN } | ISNULL | NOTNULL
        | [ NOT ] { BETWEEN sum AND sum | IN ( { query | condition [, ...] } )
            | { LIKE | ILIKE | SIMILAR TO } sum [ ESCAPE string ] }
        | = { ANY | SOME } ( query ) | { <> | '!=' } ALL ( query )
        | { = | <> | '!=' | < | > | <= | >= } sum
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/r_OPERATOR_SYMBOLS.html
    "sum": """
        signed [ { + | - | * | / | % | ^ | '||' | & | << | >> | ~ | '!~' } signed ] ...
    """,
    "signed": "[ - | + | ~ | '|/' | '||/' | PRIOR ] ... operand [ '::' type | subscript | AT TIME ZONE operand ] ...",
    "subscript": "'[' sum ']' [ . name | '[' sum ']' ] ...",
    "operand": """
        interval '::' INTERVAL [ interval_unit ] | string | number | path ( + ) | ( query ) | ( condition [, ...] )
        | CASE [ condition ] { WHEN condition THEN condition } ... [ ELSE condition ] END
        | CAST ( interval AS INTERVAL [ interval_unit ] ) | { CAST | TRY_CAST } ( condition AS type )
        | CONVERT ( type , condition )
        | EXTRACT ( { word | string } FROM condition )
        | SUBSTRING ( condition FROM sum [ FOR sum ] )
        | POSITION ( sum IN sum )
        | TRIM ( [ BOTH | LEADING | TRAILING ] { FROM sum | sum [ FROM sum ] } )
        | EXISTS ( query )
        | { DATE | TIMETZ | TIMESTAMPTZ | { TIME | TIMESTAMP } [ { WITH | WITHOUT } TIME ZONE ] } string
        | INTERVAL { interval [ interval_unit ] | string interval_unit }
        | OBJECT_TRANSFORM ( condition [ KEEP string [, ...] ] [ SET { string , condition } [, ...] ] )
        | APPROXIMATE call | call | value | path
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/r_interval_literals.html
    "interval_unit": """
        { YEAR | YEARS } [ TO MONTH ] | MONTH | MONTHS | { DAY | DAYS } [ TO { HOUR | MINUTE | seconds } ]
        | { HOUR | HOURS } [ TO { MINUTE | seconds } ] | { MINUTE | MINUTES } [ TO seconds ] | seconds
        | WEEK | WEEKS | QUARTER | QUARTERS | MILLISECOND | MILLISECONDS | MICROSECOND | MICROSECONDS
        | CENTURY | CENTURIES | DECADE | DECADES | MILLENNIUM | MILLENNIUMS
    """,
    "seconds": "{ SECOND | SECONDS } [ ( integer ) ]",
    "value": """
        NULL | TRUE | FALSE | SYSDATE | CURRENT_DATE | CURRENT_USER | CURRENT_USER_ID | SESSION_USER | USER | OID
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
    "path": "name [ . word | . * | '[' sum ']' ] ...",
    # https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html and c_Window_functions.html
    "call": """
        { LEFT | RIGHT | ARRAY | COLLATE | path_name }
        ( [ * | [ DISTINCT | ALL ] condition [, ...] [ { IGNORE | RESPECT } NULLS ] ] )
        [ WITHIN GROUP ( ORDER BY sort_key [, ...] ) ] [ { IGNORE | RESPECT } NULLS ]
        [ OVER ( [ PARTITION BY condition [, ...] ] [ ORDER BY sort_key [, ...] ] [ ROWS frame ] ) ]
    """,
    "path_name": "name [ . name [ . name ] ]",
    "frame": """
        BETWEEN { UNBOUNDED PRECEDING | bound } AND { UNBOUNDED FOLLOWING | bound }
        | { UNBOUNDED | integer } PRECEDING | CURRENT ROW
    """,
    "bound": "integer { PRECEDING | FOLLOWING } | CURRENT ROW",
    # https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
    "type": """
        SMALLINT | INT2 | INTEGER | INT | INT4 | BIGINT | INT8 | REAL | FLOAT4 | FLOAT8 | DOUBLE PRECISION
        | BOOLEAN | BOOL | DATE | TIMETZ | TIMESTAMPTZ | SUPER | GEOMETRY | GEOGRAPHY | HLLSKETCH | TEXT
        | FLOAT [ ( integer ) ] | { DECIMAL | NUMERIC | DEC } [ ( integer [ , integer ] ) ]
        | { VARCHAR | NVARCHAR | BPCHAR | NCHAR | { CHARACTER | CHAR } [ VARYING ] } [ ( { integer | MAX } ) ]
        | { VARBYTE | VARBINARY | BINARY VARYING } [ ( integer ) ]
        | { TIME | TIMESTAMP } [ { WITH | WITHOUT } TIME ZONE ]
        | INTERVAL { YEAR [ TO MONTH ] | MONTH | DAY [ TO { HOUR | MINUTE | seconds } ]
            | HOUR [ TO { MINUTE | seconds } ] | MINUTE [ TO seconds ] | seconds }
    """,
}
