"""The types that functions take and return, from the page of each.

https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html
"""

from __future__ import annotations

from dataclasses import dataclass

from marketing_ibis.engines.redshift.gate.type_families import (
    BYTES,
    CLOCK,
    MOMENT,
    NUMBER,
    SHAPE,
    SKETCH,
    SPAN,
    SUPER,
    TEXT,
    TRUTH,
    Type,
)

_CONVERTED_TO_TEXT = frozenset({TEXT, NUMBER, MOMENT, CLOCK, SUPER})
_ANY = frozenset({NUMBER, TEXT, MOMENT, CLOCK, TRUTH, SHAPE, SKETCH, BYTES, SPAN, SUPER})
ACCEPTED: dict[str, frozenset[str]] = {
    "any": _ANY,
    "number": frozenset({NUMBER, SUPER}),
    "text": _CONVERTED_TO_TEXT,
    "document": frozenset({TEXT}),
    "moment": frozenset({MOMENT, SUPER}),
    "clock": frozenset({CLOCK, SUPER}),
    "span": frozenset({SPAN}),
    "truth": frozenset({TRUTH, SUPER}),
    "super": frozenset({SUPER, NUMBER, TEXT, TRUTH}),
    "array": frozenset({SUPER}),
    "element": frozenset({NUMBER, TEXT, TRUTH, SUPER, BYTES}),
    "shape": frozenset({SHAPE}),
    "sketch": frozenset({SKETCH}),
    "bytes": frozenset({BYTES}),
}
"""Families of types by the word for them; one that converts implicitly counts, and SUPER values convert themselves."""
NO_LITERAL = "stored"
"""The word for arguments that a string literal cannot be, next to others: an aggregate of it has no type."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What an argument may be: families of types, or a string literal that is read as one of them."""

    families: frozenset[str]
    words: tuple[str, ...]
    takes_literal: bool


@dataclass(frozen=True, slots=True)
class FunctionTypes:
    """The arguments of a function, the last of them repeated, and the type of its result where it has one alone."""

    arguments: tuple[Argument, ...]
    result: Type | None
    is_like_argument: bool = False


_NAMES = {
    "bigint": Type.BIGINT, "int": Type.INT, "double": Type.DOUBLE, "decimal": Type.DECIMAL, "varchar": Type.VARCHAR,
    "boolean": Type.BOOLEAN, "date": Type.DATE, "timestamp": Type.TIMESTAMP, "timestamptz": Type.TIMESTAMPTZ,
    "super": Type.SUPER, "geometry": Type.GEOMETRY, "geography": Type.GEOGRAPHY, "hllsketch": Type.HLLSKETCH,
    "varbyte": Type.VARBINARY,
}  # fmt: skip
_TABLE = """
AVG STDDEV STDDEV_POP STDDEV_SAMP VARIANCE VAR_POP VAR_SAMP : number|stored
SUM : number|stored
RATIO_TO_REPORT : number : double
MEDIAN : number|moment|clock
MAX MIN : number|text|moment|clock|bytes|span : like
ANY_VALUE LAG LEAD FIRST_VALUE LAST_VALUE NTH_VALUE : any : like
COUNT APPROX_DISTINCT : any : bigint
BOOL_AND BOOL_OR : truth|number : boolean
BIT_AND BIT_OR : number
LISTAGG : text : varchar
ROW_NUMBER : : bigint
NTILE : number : bigint
RANK DENSE_RANK : : int
PERCENT_RANK CUME_DIST : : double
ABS CEIL CEILING FLOOR : number : like
ROUND : number : like
TRUNC : number|moment number
SIGN : number
ACOS ASIN ATAN ATAN2 CBRT COS COT DEGREES DEXP DLOG1 DLOG10 EXP LN POW POWER RADIANS SIN SQRT TAN : number : double
MOD : number
PI RANDOM : : double
TO_HEX : number|bytes : varchar
ASCII LEN LENGTH CHAR_LENGTH CHARACTER_LENGTH TEXTLEN OCTET_LENGTH : text|bytes : int
STRPOS CHARINDEX POSITION OCTETINDEX REGEXP_COUNT DIFFERENCE BPCHARCMP BTTEXT_PATTERN_CMP : text : int
REGEXP_INSTR : text text number number number text : int
UPPER LOWER INITCAP REVERSE SOUNDEX QUOTE_IDENT QUOTE_LITERAL TRIM BTRIM LTRIM RTRIM REPLACE TRANSLATE : text : varchar
CRC32 MD5 SHA SHA1 FUNC_SHA1 : text|bytes : varchar
SHA2 : text|bytes number : varchar
LEFT RIGHT REPEAT REPLICATE : text|bytes number : varchar
LPAD RPAD : text number text : varchar
SPLIT_PART : text text number : varchar
SUBSTRING : text|bytes number
CONCAT : text|bytes
CHR : number : varchar
STRTOL : text number : bigint
REGEXP_REPLACE : text text text number text : varchar
REGEXP_SUBSTR : text text number number text : varchar
COLLATE : text : varchar
CHECKSUM : number|text : int
FNV_HASH : any number : bigint
MURMUR3_32_HASH : any number : int
FARMFINGERPRINT64 : text|bytes : bigint
ADD_MONTHS : moment number : timestamp
LAST_DAY : moment : date
NEXT_DAY : moment document : date
MONTHS_BETWEEN : moment : double
DATE_CMP DATE_CMP_TIMESTAMP DATE_CMP_TIMESTAMPTZ DATE_PART_YEAR TIMESTAMP_CMP TIMESTAMP_CMP_DATE : moment : int
TIMESTAMP_CMP_TIMESTAMPTZ TIMESTAMPTZ_CMP TIMESTAMPTZ_CMP_DATE TIMESTAMPTZ_CMP_TIMESTAMP : moment : int
INTERVAL_CMP : span : int
TIMEZONE : text moment
GETDATE CURRENT_TIMESTAMP SYSDATE : : timestamp
TIMEOFDAY CURRENT_USER SESSION_USER CURRENT_DATABASE VERSION CURRENT_SETTING : : varchar
TO_CHAR : number|moment|clock|span document : varchar
TO_DATE : text document truth|number : date
TO_TIMESTAMP : text document truth|number : timestamptz
TO_NUMBER : text document : decimal
TEXT_TO_INT_ALT : text : int
TEXT_TO_NUMERIC_ALT : text text number : decimal
JSON_PARSE : document|bytes : super
CAN_JSON_PARSE : document|bytes : boolean
IS_VALID_JSON IS_VALID_JSON_ARRAY : document : boolean
JSON_ARRAY_LENGTH : document truth : int
JSON_EXTRACT_ARRAY_ELEMENT_TEXT : document number truth : varchar
JSON_EXTRACT_PATH_TEXT : document text|truth : varchar
JSON_SERIALIZE : super : varchar
JSON_SERIALIZE_TO_VARBYTE : super : varbyte
JSON_TYPEOF : super : varchar
DECIMAL_PRECISION DECIMAL_SCALE JSON_SIZE SIZE : super : int
IS_ARRAY IS_BIGINT IS_BOOLEAN IS_CHAR IS_DECIMAL IS_FLOAT IS_INTEGER IS_OBJECT IS_SCALAR IS_SMALLINT : super : boolean
IS_VARCHAR : super : boolean
ARRAY OBJECT : element : super
ARRAY_CONCAT ARRAY_FLATTEN ARRAY_DISTINCT ARRAY_EXCEPT ARRAY_INTERSECTION ARRAY_UNION : array : super
SUBARRAY : array number : super
GET_ARRAY_LENGTH : array : bigint
SPLIT_TO_ARRAY : text : super
LOWER_ATTRIBUTE_NAMES UPPER_ATTRIBUTE_NAMES : array : super
FROM_HEX : document : varbyte
FROM_VARBYTE : bytes text : varchar
TO_VARBYTE : document text : varbyte
GETBIT : bytes number : int
HLL : number|text|moment|clock|truth : bigint
HLL_CREATE_SKETCH : number|text|moment|clock|truth : hllsketch
HLL_CARDINALITY : sketch : bigint
HLL_COMBINE HLL_COMBINE_SKETCHES : sketch : hllsketch
ADDBBOX DROPBBOX ST_BOUNDARY ST_CENTROID ST_CONVEXHULL ST_ENDPOINT ST_ENVELOPE ST_EXTERIORRING : shape : geometry
ST_FORCE2D ST_FORCE3D ST_FORCE3DM ST_FORCE3DZ ST_FORCE4D ST_LINEFROMMULTIPOINT ST_MULTI : shape : geometry
ST_POINTS ST_REVERSE ST_STARTPOINT ST_INTERSECTION ST_MAKELINE ST_UNION ST_COLLECT ST_MAKEPOLYGON : shape : geometry
ST_GEOMETRYN ST_INTERIORRINGN ST_LINEINTERPOLATEPOINT ST_POINTN ST_POLYGON ST_REMOVEPOINT : shape number : geometry
ST_SETSRID ST_SIMPLIFY ST_TRANSFORM ST_BUFFER : shape number : geometry
ST_ADDPOINT : shape shape number : geometry
ST_SETPOINT : shape number shape : geometry
ST_POINT ST_MAKEPOINT ST_MAKEENVELOPE : number : geometry
ST_GEOMFROMTEXT ST_GEOMFROMWKB ST_GEOMFROMGEOHASH : document number : geometry
ST_GEOMFROMEWKB ST_GEOMFROMEWKT ST_GEOMFROMGEOJSON : document : geometry
ST_GEOGFROMTEXT ST_GEOGFROMWKB : document : geography
ST_AREA ST_AZIMUTH ST_DISTANCE ST_LENGTH ST_LENGTH2D ST_LENGTHSPHERE ST_M ST_MMAX ST_MMIN ST_PERIMETER : shape : double
ST_PERIMETER2D ST_X ST_XMAX ST_XMIN ST_Y ST_YMAX ST_YMIN ST_Z ST_ZMAX ST_ZMIN ST_ANGLE : shape : double
ST_DISTANCESPHERE : shape shape number : double
ST_DIMENSION ST_MEMSIZE ST_NDIMS ST_NPOINTS ST_NRINGS ST_NUMGEOMETRIES ST_NUMINTERIORRINGS : shape : int
ST_NUMPOINTS ST_SRID : shape : int
ST_CONTAINS ST_CONTAINSPROPERLY ST_COVEREDBY ST_COVERS ST_CROSSES ST_DISJOINT ST_EQUALS ST_INTERSECTS : shape : boolean
ST_ISCLOSED ST_ISCOLLECTION ST_ISEMPTY ST_ISPOLYGONCCW ST_ISPOLYGONCW ST_ISRING ST_ISSIMPLE : shape : boolean
ST_ISVALID ST_TOUCHES ST_WITHIN SUPPORTSBBOX : shape : boolean
ST_DWITHIN : shape shape number : boolean
ST_ASEWKT ST_ASGEOJSON ST_ASTEXT ST_GEOHASH : shape number : varchar
ST_ASHEXEWKB ST_ASHEXWKB GEOMETRYTYPE ST_GEOMETRYTYPE : shape : varchar
ST_ASBINARY ST_ASEWKB : shape : varbyte
"""
"""Lines of `NAME... : argument... : result`; the last argument is that of all further ones."""


def _argument(text: str) -> Argument:
    words = text.split("|")
    families = frozenset[str]().union(*(ACCEPTED[word] for word in words if word != NO_LITERAL))
    return Argument(families, tuple(word for word in words if word != NO_LITERAL), NO_LITERAL not in words)


def _types_by_name(table: str) -> dict[str, FunctionTypes]:
    by_name = {}
    for line in table.strip().splitlines():
        names, arguments, result = (part.strip() for part in [*line.split(":"), ""][:3])
        kinds = FunctionTypes(tuple(map(_argument, arguments.split())), _NAMES.get(result), result == "like")
        by_name.update(dict.fromkeys(names.split(), kinds))
    return by_name


FUNCTION_TYPES: dict[str, FunctionTypes] = _types_by_name(_TABLE)
"""The types of functions; one that is not among them takes any, and its result is not known."""
