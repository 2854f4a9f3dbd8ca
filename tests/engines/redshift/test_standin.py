"""The stand-in gives the documented values: the test ids name pages of https://docs.aws.amazon.com/redshift/latest/dg/."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from decimal import Decimal

import psycopg
import pytest

from tests.engines.redshift.standin import StandIn, Untranslatable, translate

PASSWORDS = "'passwd7 plain A1234 a1234', '(?=[^ ]*[a-z])(?=[^ ]*[0-9])[^ ]+'"


SCALARS = [
    pytest.param("dateadd(month, 18, '2008-02-28')", datetime(2009, 8, 28), id="r_DATEADD_function"),
    pytest.param("dateadd(m, 30, '2008-02-28')", datetime(2008, 2, 28, 0, 30), id="r_DATEADD_function m is a minute"),
    pytest.param("dateadd(month, 1, '2008-04-30')", datetime(2008, 5, 30), id="r_DATEADD_function end of month"),
    pytest.param("dateadd(month, 12, '2016-02-29')", datetime(2017, 2, 28), id="r_DATEADD_function leap month"),
    pytest.param("dateadd(year, 1, '2016-02-29')", datetime(2017, 3, 1), id="r_DATEADD_function leap year"),
    pytest.param("dateadd(day, 30, date '2008-11-01')", datetime(2008, 12, 1), id="r_DATEADD_function date"),
    pytest.param("dateadd(hour, 12, time '13:24:55')", time(1, 24, 55), id="r_DATEADD_function time"),
    pytest.param("add_months('2008-04-30', 1)", datetime(2008, 5, 31), id="r_ADD_MONTHS"),
    pytest.param("datediff(year, '2008-12-31', '2009-01-01')", 1, id="r_DATEDIFF_function boundary"),
    pytest.param("datediff(week, '2009-01-01', '2009-12-31')", 52, id="r_DATEDIFF_function week"),
    pytest.param("datediff(hour, '2009-01-01 8:30:00', '2009-01-01 10:00:00')", 2, id="r_DATEDIFF_function hour"),
    pytest.param("datediff(hour, time '20:00:00', time '15:24:45')", -5, id="r_DATEDIFF_function time"),
    pytest.param("datediff(minute, time '20:00:00', time '21:00:00')", 60, id="r_DATEDIFF_function minute"),
    pytest.param("last_day('2004-02-10')", date(2004, 2, 29), id="r_LAST_DAY"),
    pytest.param("next_day('2014-08-20', 'Tuesday')", date(2014, 8, 26), id="r_NEXT_DAY"),
    pytest.param("next_day('2008-07-06', 'MONDAY')", date(2008, 7, 7), id="r_NEXT_DAY case"),
    pytest.param("next_day('2008-07-07', 'Monday')", date(2008, 7, 14), id="r_NEXT_DAY same day"),
    pytest.param("months_between('1969-01-18', '1969-03-18')", -2.0, id="r_MONTHS_BETWEEN_function"),
    pytest.param("months_between('2014-08-31', '2014-09-30')", -1.0, id="r_MONTHS_BETWEEN_function last days"),
    pytest.param(
        "round(months_between('2008-12-25 15:00', '2008-01-21 19:30'), 2)", 11.12, id="r_MONTHS_BETWEEN_function part"
    ),
    pytest.param("date_part_year(date '2020-05-02')", 2020, id="r_DATE_PART_YEAR"),
    pytest.param("date_trunc('week', date '2024-05-02')", datetime(2024, 4, 29), id="r_DATE_TRUNC"),
    pytest.param("extract(sec from timestamp '2009-09-21 11:10:03.189717')", 3, id="r_Dateparts extract"),
    pytest.param("date_part(sec, timestamp '2009-09-21 11:10:03.189717')", 3.189717, id="r_Dateparts date_part"),
    pytest.param("extract(century from timestamp '2000-12-16 12:21:13')", 20, id="r_Dateparts century"),
    pytest.param("extract(decade from timestamp '1999-02-16 20:38:40')", 200, id="r_Dateparts decade 200"),
    pytest.param("extract(decade from timestamp '2000-02-16 20:38:40')", 201, id="r_Dateparts decade 201"),
    pytest.param("extract(mil from timestamp '2001-12-16 12:21:13')", 3, id="r_Dateparts mil"),
    pytest.param("date_part(epoch, timestamp '2008-01-01 20:00:00')", 1199217600.0, id="r_Dateparts epoch"),
    pytest.param(
        "convert_timezone('EST', 'PST', '20080305 12:25:29')", datetime(2008, 3, 5, 9, 25, 29), id="CONVERT_TIMEZONE"
    ),
    pytest.param(
        "convert_timezone('America/New_York', '2013-06-01 08:00:00')", datetime(2013, 6, 1, 4), id="CONVERT_TIMEZONE 2"
    ),
    pytest.param(
        "convert_timezone('GMT', 'NEWZONE-2:15', '2014-05-17 12:00:00')",
        datetime(2014, 5, 17, 14, 15),
        id="CONVERT_TIMEZONE posix",
    ),
    pytest.param("date_cmp('2008-01-24', '2008-06-18')", -1, id="r_DATE_CMP"),
    pytest.param("interval_cmp('3 days', '1 year')", -1, id="r_INTERVAL_CMP"),
    pytest.param("trunc(timestamp '2008-01-25 14:00:00')", date(2008, 1, 25), id="r_TRUNC_date"),
    pytest.param("date '2024-05-02' - date '2024-04-30'", 2, id="r_Datetime_types days between dates"),
    pytest.param("getdate() - sysdate < interval '1 minute'", True, id="r_GETDATE"),
    pytest.param("trunc(sysdate) = current_date", True, id="r_SYSDATE"),
    pytest.param("round(28.05, 1)", Decimal("28.10"), id="r_ROUND"),
    pytest.param("round(28.05, -1)", Decimal("30.00"), id="r_ROUND left of the point"),
    pytest.param("trunc(111.15, 1)", Decimal("111.10"), id="r_TRUNC"),
    pytest.param("trunc(111.15, -1)", Decimal("110.00"), id="r_TRUNC left of the point"),
    pytest.param("cast(2.7 as decimal)", Decimal(3), id="r_Numeric_types201 bare decimal is (18,0)"),
    pytest.param("7 / 2", 3, id="r_numeric_computations201 integers"),
    pytest.param("-7 / 2", -3, id="r_numeric_computations201 towards zero"),
    pytest.param(
        "cast(7 as decimal(8,2)) / cast(2 as decimal(8,2))",
        Decimal("3.500000000"),
        id="r_numeric_computations201 scale 9",
    ),
    pytest.param("strtol('0xf', 16)", 15, id="r_STRTOL prefix"),
    pytest.param("strtol('abcd1234', 16)", 2882343476, id="r_STRTOL hexadecimal"),
    pytest.param("strtol('1234567', 8)", 342391, id="r_STRTOL octal"),
    pytest.param("strtol('110101', 2)", 53, id="r_STRTOL binary"),
    pytest.param(
        "regexp_replace('the fox', 'FOX', 'quick brown fox', 1, 'i')", "the quick brown fox", id="REGEXP_REPLACE"
    ),
    pytest.param(
        f"regexp_replace({PASSWORDS}, '[hidden]', 1, 'p')", "[hidden] plain A1234 [hidden]", id="REGEXP_REPLACE pcre"
    ),
    pytest.param(
        f"regexp_replace({PASSWORDS}, '[hidden]', 1, 'ip')", "[hidden] plain [hidden] [hidden]", id="REGEXP_REPLACE ip"
    ),
    pytest.param(
        "regexp_replace('sed@lacusUtnec.ca', '@.*\\\\.(org|gov|com|edu|ca)$')", "sed", id="REGEXP_REPLACE all"
    ),
    pytest.param("regexp_replace('aaa', 'a', 'b', 2)", "abb", id="REGEXP_REPLACE 4th argument is a position"),
    pytest.param("regexp_substr('the fox', 'FOX', 1, 1, 'i')", "fox", id="REGEXP_SUBSTR"),
    pytest.param(f"regexp_substr({PASSWORDS}, 1, 2, 'p')", "a1234", id="REGEXP_SUBSTR occurrence"),
    pytest.param("regexp_substr('the fox', 'cat')", "", id="REGEXP_SUBSTR nothing found"),
    pytest.param("regexp_substr('abc', '(b)(c)', 1, 1, 'e')", "b", id="REGEXP_SUBSTR subexpression"),
    pytest.param("regexp_instr('Cum@accumsan.com', '@[^.]*')", 4, id="REGEXP_INSTR"),
    pytest.param("regexp_count('abcabc', 'b', 3)", 1, id="REGEXP_COUNT"),
    pytest.param("charindex('fish', 'dogfish')", 4, id="r_CHARINDEX"),
    pytest.param("position('fish' in 'dogfish')", 4, id="r_POSITION"),
    pytest.param("split_part('abc$def$ghi', '$', 2)", "def", id="SPLIT_PART"),
    pytest.param("len('français')", 8, id="r_LEN characters"),
    pytest.param("octet_length('français')", 9, id="r_OCTET_LENGTH bytes"),
    pytest.param("translate('mint tea', 'inea', 'osin')", "most tin", id="r_TRANSLATE"),
    pytest.param("concat('December 25, ', null)", None, id="r_CONCAT"),
    pytest.param("'a' || null", None, id="r_concat_op"),
    pytest.param("cast('äöü' as varchar(3))", "ä", id="r_Character_types bytes"),
    pytest.param("'it\\'s' || ' \\\\d'", "it's \\d", id="backslash escapes"),
    pytest.param("decode(null, null, 'found', 'lost')", "found", id="r_DECODE_expression"),
    pytest.param("nvl2(null, 1, 2)", 2, id="r_NVL2"),
    pytest.param("nvl(null, null, 3)", 3, id="r_NVL_function"),
    pytest.param("greatest(1, null, 3)", 3, id="r_GREATEST_LEAST"),
    pytest.param("try_cast('2024-02-30' as date)", None, id="r_TRY_CAST"),
    pytest.param("try_cast('12.345' as decimal(5,2))", Decimal("12.35"), id="r_TRY_CAST value"),
    pytest.param("convert(integer, '12')", 12, id="CONVERT_function"),
    pytest.param("sha1('Amazon Redshift')", "eeac5ed1e11cda66032c30ad77b25071b5487f55", id="SHA1"),
    pytest.param(
        "sha2('', 256)", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", id="SHA2 empty text"
    ),
    pytest.param("md5('')", "d41d8cd98f00b204e9800998ecf8427e", id="r_MD5"),
    pytest.param(
        'json_extract_path_text(\'{"f2":{"f3":1},"f4":{"f5":99,"f6":"star"}}\', \'f4\', \'f6\')',
        "star",
        id="JSON_EXTRACT_PATH_TEXT",
    ),
    pytest.param("json_extract_path_text('{\"a\":1}', 'b')", "", id="JSON_EXTRACT_PATH_TEXT absent"),
    pytest.param("json_extract_path_text('{\"a\":1', 'a', true)", None, id="JSON_EXTRACT_PATH_TEXT invalid"),
    pytest.param("json_extract_array_element_text('[111,112,113]', 2)", "113", id="JSON_EXTRACT_ARRAY_ELEMENT_TEXT"),
    pytest.param("json_array_length('[11,12,13]')", 3, id="JSON_ARRAY_LENGTH"),
    pytest.param("dlog10(100)", 2.0, id="r_DLOG10"),
    pytest.param("dexp(0)", 1.0, id="r_DEXP"),
    pytest.param("(6 # 3) + (1 << 3) + (8 >> 2) + (6 & 3) + (6 | 1)", 24, id="r_OPERATOR_SYMBOLS bits"),
    pytest.param("current_user", "postgres", id="r_CURRENT_USER"),
    pytest.param("2 ^ 10", 1024.0, id="r_OPERATOR_SYMBOLS"),
]


@pytest.mark.parametrize(("expression", "expected"), SCALARS)
def test_expression_has_the_documented_value(standin_with_sales: StandIn, expression: str, expected: object) -> None:
    ((actual,),) = standin_with_sales.query(f"SELECT {expression}")
    assert actual == expected
    assert type(actual) is type(expected)


TYPES = [
    pytest.param("sum(qty)", "int8", id="r_SUM of integers"),
    pytest.param("sum(salesid::bigint)", "int8", id="r_SUM of BIGINT"),
    pytest.param("sum(qty::real)", "float8", id="r_SUM of REAL"),
    pytest.param("avg(qty)", "int8", id="r_AVG"),
    pytest.param("avg(qty::float)", "float8", id="r_AVG of DOUBLE"),
    pytest.param("stddev_samp(qty)", "float8", id="r_STDDEV_functions"),
    pytest.param("var_pop(qty::decimal(8,2))", "float8", id="r_VARIANCE_functions"),
    pytest.param("count(*)", "int8", id="r_COUNT"),
    pytest.param("median(qty)", "numeric", id="r_MEDIAN"),
    pytest.param("max(round(qty))", "int4", id="r_ROUND keeps integers"),
    pytest.param("max(ceil(qty))", "int4", id="r_CEILING_FLOOR keeps integers"),
    pytest.param("max(sqrt(qty))", "float8", id="r_SQRT"),
    pytest.param("max(extract(month from dateid))", "int4", id="r_EXTRACT_function"),
    pytest.param("max(extract(month from dateid::timestamptz))", "float8", id="r_EXTRACT_function with zone"),
    pytest.param("max(date_part(month, dateid))", "float8", id="r_DATE_PART_function"),
    pytest.param("max(date_trunc('month', dateid))", "timestamp", id="r_DATE_TRUNC of a date"),
    pytest.param("max(datediff(day, dateid, dateid))", "int8", id="r_DATEDIFF_function"),
    pytest.param("max(qty::decimal)", "numeric", id="r_MAX"),
    pytest.param("any_value(qty::real / qty)", "float8", id="r_numeric_computations201 REAL with INTEGER"),
]


@pytest.mark.parametrize(("expression", "expected"), TYPES)
def test_result_has_the_documented_type(standin_with_sales: StandIn, expression: str, expected: str) -> None:
    assert standin_with_sales.fetch(f"SELECT {expression} AS x FROM dg.winsales").types == (expected,)


REFUSED = [
    "SELECT sum(a) OVER w FROM t WINDOW w AS (ORDER BY b)",
    "SELECT sum(a) OVER (ORDER BY b RANGE UNBOUNDED PRECEDING) FROM t",
    "INSERT INTO t (a) VALUES (1) RETURNING a",
    "INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING",
    "SELECT * INTO u FROM t",
    "SELECT CAST(a AS DATE FORMAT 'YYYY') FROM t",
    "SELECT t.a AS b FROM t QUALIFY row_number() OVER (ORDER BY t.a) = 1 ORDER BY t.b",
    *(
        "SELECT substr('abc', 2)",
        "SELECT murmur3_32_hash('a')",
        "SELECT CAST('2024-01-01' AS TIMESTAMPTZ WITH TIME ZONE)",
        "SELECT MEDIAN(1)",
        "SELECT LISTAGG(a, ',') FROM (SELECT CAST('x' AS VARCHAR(1)) AS a) AS t",
        "SELECT MEDIAN(a), MEDIAN(b) FROM t",
        "SELECT a FROM (SELECT 'x' AS a FROM t) AS u WHERE a = 'x'",
        "SELECT MOD(CAST(a AS BIGINT), CAST(b AS SMALLINT)) FROM t",
        "SELECT MOD(CAST(a AS DECIMAL(5, 2)), CAST(b AS BIGINT)) FROM t",
        "SELECT LN(CAST(a AS DECIMAL(5, 2))) FROM t",
        "SELECT array_agg(1)",
        "SELECT * EXCLUDE (qty) FROM dg.winsales",
    ),
    *("SELECT sum(qty) FILTER (WHERE qty > 1) FROM dg.winsales", "SELECT DISTINCT ON (qty) qty FROM dg.winsales"),
    *(
        "SELECT x FROM (VALUES (1)) AS v (x)",
        "SELECT 1 IS DISTINCT FROM 2",
        "SELECT a[b] FROM t",
        "SELECT CAST(1 AS HLLSKETCH)",
    ),
    *(
        "COPY t FROM 's3://bucket'",
        "UNLOAD ('SELECT 1') TO 's3://bucket'",
        "SET enable_case_sensitive_identifier TO true",
    ),
    *(
        "CREATE TABLE t (LIKE u)",
        "CREATE VIEW v AS SELECT 1 AS x WITH NO SCHEMA BINDING",
        "SELECT '\\101'",
        "SELECT $$a$$",
    ),
    *(
        "SELECT count(DISTINCT a, b) FROM t",
        "SELECT datediff(fortnight, a, b) FROM t",
        "SELECT date_trunc('decade', a) FROM t",
    ),
    *(
        "SELECT lag(a, b) IGNORE NULLS OVER (ORDER BY c) FROM t",
        "SELECT listagg(DISTINCT a) WITHIN GROUP (ORDER BY b) FROM t",
    ),
    *(
        "SELECT a + 1 AS b, b + 1 AS c FROM t",
        "SELECT * FROM t QUALIFY row_number() OVER (ORDER BY a) = 1",
        "SELECT @ a FROM t",
    ),
]


@pytest.mark.parametrize("sql", REFUSED)
def test_what_has_no_faithful_form_is_refused(sql: str) -> None:
    with pytest.raises(Untranslatable):
        translate(sql)


REFUSED_VALUES = [
    pytest.param("datediff(week, '2024-01-06', '2024-01-07')", id="the day on which a week starts"),
    pytest.param("2.0 / 3", id="the last digit of a division"),
    pytest.param("avg(qty::decimal(4,2))", id="the last digit of a mean"),
    pytest.param("sum(qty::decimal(4,1)) / abs(min(coalesce(1.5, qty)))", id="precision of a divisor"),
    pytest.param("regexp_replace('ab', 'a|ab', '', 1, 'p')", id="alternatives under PCRE"),
    pytest.param("regexp_replace('ab', '(a)', '$1')", id="a reference in a replacement"),
    pytest.param("split_part('a.b', '.', -1)", id="a part counted from the end"),
    pytest.param("json_extract_path_text('{\"a\":null}', 'a')", id="text of a JSON null"),
]


@pytest.mark.parametrize("expression", REFUSED_VALUES)
def test_a_value_that_no_page_defines_is_refused(standin_with_sales: StandIn, expression: str) -> None:
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="stand-in: "):
        standin_with_sales.query(f"SELECT {expression} FROM dg.winsales")


def test_sha1_agrees_with_hashlib_around_the_blocks(standin_with_sales: StandIn) -> None:
    for length in (0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 128):
        text = "ü" * (length // 2) + "a" * (length % 2)
        expected = hashlib.sha1(text.encode()).hexdigest()
        assert standin_with_sales.query(f"SELECT sha1('{text}')") == [(expected,)]
