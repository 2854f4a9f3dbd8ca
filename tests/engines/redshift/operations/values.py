"""Numbers, logic, casts and text."""

from __future__ import annotations

from decimal import Decimal

import ibis
import ibis.expr.types as ir

from tests.engines.redshift.operations.tables import LEAST, Case, per_row


@ibis.udf.scalar.builtin(name="upper")
def shout(text: str) -> str:
    """Write in capitals."""


NUMBERS: dict[str, Case] = {
    "divide": per_row(a=lambda t: t.i / t.j, b=lambda t: t.m / 3, c=lambda t: t.x / 0.5),
    "floor_divide": per_row(a=lambda t: t.i // t.j, b=lambda t: t.i // 3, c=lambda t: t.x // 2),
    "modulus": per_row(a=lambda t: t.i % t.j, b=lambda t: t.i % 3),
    "arithmetic": per_row(a=lambda t: t.i + t.j * 2 - 1, b=lambda t: t.m * 2, c=lambda t: -t.x, e=lambda t: t.m + t.m),
    "round": per_row(
        a=lambda t: t.m.round(1),
        b=lambda t: t.x.ceil(),
        c=lambda t: t.x.floor(),
        e=lambda t: t.m.floor(),
        f=lambda t: t.m.abs(),
    ),
    "power": per_row(a=lambda t: t.x**2, b=lambda t: t.i.abs().sqrt(), c=lambda t: t.x.exp()),
    "logarithms": per_row(
        a=lambda t: t.k.ln(),
        b=lambda t: t.k.log10(),
        c=lambda t: t.k.log2(),
        e=lambda t: t.k.log(3),
        f=lambda t: t.m.abs().nullif(0).ln(),
    ),
    "trigonometry": per_row(
        a=lambda t: t.x.sin(),
        b=lambda t: t.x.cos(),
        c=lambda t: t.x.atan(),
        e=lambda t: t.x.atan2(t.k),
        f=lambda t: t.x.degrees(),
        h=lambda t: t.x.radians(),
        l=lambda t: t.x.tan(),
        o=lambda t: t.k.cot(),
        p=lambda t: (t.k / 10).acos(),
        q=lambda t: (t.k / 10).asin(),
    ),
    "no_numbers": per_row(
        a=lambda t: t.x.isnan(),
        b=lambda t: t.x.isinf(),
        c=lambda t: ibis.literal(float("nan")).isnan(),
        e=lambda t: ibis.literal(float("-inf")).isinf(),
        f=lambda t: ibis.literal(float("nan")).isinf(),
    ),
    "random": per_row(a=lambda t: ibis.random() < 1, b=lambda t: ibis.random() >= 0),
    "number_literals": per_row(
        a=lambda t: ibis.literal(1.5), b=lambda t: ibis.literal(Decimal("1.50"), "decimal(9, 2)"), c=lambda t: ibis.e
    ),
    "constants": per_row(a=lambda t: ibis.pi + t.k, b=lambda t: ibis.e + t.k),
    "sign": per_row(a=lambda t: t.i.sign(), b=lambda t: t.x.sign()),
    "clip": per_row(a=lambda t: t.i.clip(0, 5), b=lambda t: t.x.clip(lower=0.5)),
    "greatest_least": per_row(a=lambda t: ibis.greatest(t.i, t.j), b=lambda t: ibis.least(t.k, t.j.cast("int64") + 1)),
    "bits": per_row(
        a=lambda t: t.k & 3,
        b=lambda t: t.k | 8,
        c=lambda t: (t.k << 1) + (t.k >> 1),
        e=lambda t: t.i ^ 5,
        f=lambda t: ~t.i,
        h=lambda t: t.i | t.k,
    ),
    "bucket": per_row(a=lambda t: t.i.bucket([-10, 0, 5, 10])),
}

LOGIC: dict[str, Case] = {
    "comparisons": per_row(
        a=lambda t: (t.i > t.j) | (t.i <= t.j),
        b=lambda t: t.i != 5,
        c=lambda t: t.i.between(0, 7),
        e=lambda t: t.s == "road",
    ),
    "three_values": per_row(
        a=lambda t: t.b & (t.i > 0), b=lambda t: t.b | (t.i > 0), c=lambda t: ~t.b, e=lambda t: t.b ^ (t.i > 0)
    ),
    "identical": per_row(
        a=lambda t: t.i.identical_to(t.j), b=lambda t: t.g.identical_to("a"), c=lambda t: t.b.identical_to(None)
    ),
    "nulls": per_row(
        a=lambda t: t.i.isnull(),
        b=lambda t: t.s.notnull(),
        c=lambda t: t.i.fill_null(-1),
        e=lambda t: t.i.nullif(5),
        f=lambda t: ibis.coalesce(t.i, t.j, t.k),
    ),
    "cases": per_row(
        a=lambda t: ibis.cases((t.i > 5, "big"), (t.i > 0, "small"), else_="none"),
        b=lambda t: t.g.cases(("a", 1), ("b", 2), else_=0),
        c=lambda t: t.b.ifelse(t.i, -t.i),
    ),
    "isin": per_row(a=lambda t: t.g.isin(["a", "c"]), b=lambda t: t.i.notin([5, 7]), c=lambda t: t.i.isin([])),
    "named_and_parameter": per_row(a=lambda t: t.i.name("other") + 1, b=lambda t: t.i > LEAST),
    "null_literals": per_row(a=lambda t: ibis.null("string"), b=lambda t: ibis.null("date"), c=lambda t: ~t.b.isnull()),
    "filter_is_true": lambda t, u: t.filter(t.b).select("k"),
}

CASTS: dict[str, Case] = {
    "to_text": per_row(
        a=lambda t: t.i.cast("string"),
        b=lambda t: t.b.cast("string"),
        c=lambda t: t.d.cast("string"),
        e=lambda t: t.m.cast("string"),
    ),
    "to_numbers": per_row(
        a=lambda t: t.b.cast("int32"),
        b=lambda t: t.m.cast("float64"),
        c=lambda t: t.i.cast("decimal(10, 3)"),
        e=lambda t: t.k.cast("string").cast("int64"),
    ),
    "to_boolean": per_row(
        a=lambda t: t.i.cast("boolean"), b=lambda t: ibis.cases((t.k > 3, "true"), else_="f").cast("boolean")
    ),
    "to_times": per_row(
        a=lambda t: t.ts.cast("date"), b=lambda t: t.d.cast("timestamp"), c=lambda t: t.d.cast("string").cast("date")
    ),
    "epoch": per_row(
        a=lambda t: t.ts.truncate("s").epoch_seconds(),
        b=lambda t: t.k.cast("timestamp"),
        c=lambda t: t.k.as_timestamp("s"),
    ),
    "try_cast": per_row(a=lambda t: t.s.try_cast("int64"), b=lambda t: t.k.cast("string").try_cast("int64")),
}

TEXT: dict[str, Case] = {
    "case": per_row(a=lambda t: t.s.upper(), b=lambda t: t.s.lower(), c=lambda t: t.s.capitalize()),
    "length": per_row(
        a=lambda t: t.s.length(), b=lambda t: t.s.reverse(), c=lambda t: t.s.repeat(2), e=lambda t: t.s.ascii_str()
    ),
    "cut": per_row(
        a=lambda t: t.s.substr(1, 3),
        b=lambda t: t.s.left(2),
        c=lambda t: t.s.right(2),
        e=lambda t: t.s[1:4],
        f=lambda t: t.s.substr(2),
    ),
    "search": per_row(
        a=lambda t: t.s.contains("o"),
        b=lambda t: t.s.find("d"),
        c=lambda t: t.s.startswith("Ro"),
        e=lambda t: t.s.endswith("c"),
        f=lambda t: t.s.find("o", 2),
        h=lambda t: t.s.find_in_set(["road", "Road Pro", "Road Pro "]),
        l=lambda t: (t.g + " ").find_in_set(["a", "b "]),
    ),
    "places_of_columns": per_row(
        a=lambda t: t.s.substr(t.k - 1, t.i.abs()),
        b=lambda t: t.s.left(t.k),
        c=lambda t: t.s.right(t.k),
        e=lambda t: t.g.repeat(t.k),
        f=lambda t: t.s.lpad(t.k, "*"),
        h=lambda t: t.s.rpad(t.k + 5, "-"),
    ),
    "like": per_row(a=lambda t: t.s.like("%oad%"), b=lambda t: t.s.ilike("road%"), c=lambda t: t.s.like("_oad")),
    "backslashes_in_patterns": per_row(
        a=lambda t: t.s.like("O'Neil \\%"),
        b=lambda t: t.s.ilike("o'neil \\ _"),
        c=lambda t: t.s.like(t.g + "%\\%"),
        e=lambda t: t.s.like("%\\\\%"),
        f=lambda t: t.s.ilike("%ÄÖ%"),
    ),
    "blanks_at_the_end": per_row(
        a=lambda t: t.s.startswith("Road "),
        b=lambda t: t.s.startswith("road "),
        c=lambda t: t.s.endswith("Pro "),
        e=lambda t: (t.s + " ").nullif("road"),
        f=lambda t: (t.s + " ").nullif("road "),
        h=lambda t: t.s.startswith(t.g.fill_null("") + " "),
        l=lambda t: t.s.contains(""),
        o=lambda t: t.s.startswith(""),
    ),
    "strip": per_row(a=lambda t: t.s.strip(), b=lambda t: t.s.lstrip(), c=lambda t: t.s.rstrip()),
    "pad": per_row(a=lambda t: t.s.lpad(10, "*"), b=lambda t: t.s.rpad(4, "-")),
    "replace": per_row(a=lambda t: t.s.replace("o", "0"), b=lambda t: t.s.translate("ab", "xy")),
    "concat": per_row(
        a=lambda t: t.s + "!",
        b=lambda t: t.g.concat("/", t.s),
        c=lambda t: ibis.literal("-").join([t.g.fill_null("?"), t.s.fill_null("")]),
    ),
    "split_and_take": per_row(
        a=lambda t: t.s.split(",")[0],
        b=lambda t: t.s.split(",")[1],
        c=lambda t: t.s.split(",")[-1],
        e=lambda t: t.s.split(" ")[-2],
        f=lambda t: t.s.split(",").length(),
        h=lambda t: t.s.split(" ")[-3],
    ),
    "regex": per_row(
        a=lambda t: t.s.re_search(r"[0-9]+"),
        b=lambda t: t.s.re_replace(r"[0-9]", "#"),
        c=lambda t: t.s.re_search(r"\d\d"),
    ),
    "regex_extract": lambda t, u: t.filter(t.s.re_search("[a-z]+")).select(
        "k",
        a=t.s.re_extract("[a-z]+", 0),
        b=t.s.re_extract("([a-z])[a-z]*", 1),
        c=t.s.re_extract("([a-z])([a-z]*)", 2),
        e=t.s.re_extract("[^(]*(([a-z])([a-z]))", 3),
    ),
    "digests": per_row(a=lambda t: t.s.hexdigest("md5"), b=lambda t: t.s.hexdigest("sha256")),
    "function_of_one_s_own": per_row(a=lambda t: shout(t.s)),
    "bytes": per_row(a=lambda t: ibis.literal(b"a\x00b") == ibis.literal(b"a\x00b")),
    "quotes": per_row(a=lambda t: t.s == "O'Neil \\ x", b=lambda t: ibis.literal("it's \\n 100%")),
}

_DOCUMENT = (
    '{"a": {"b": "text", "n": 7, "x": 1.5, "t": true, "no": null}, "items": [10, "20", {"deep": -3}], '
    '"big": 9223372036854775807, "": 1, "x y": "it\'s \\\\"}'
)


def _json(t: ir.Table) -> ir.JSONValue:
    text: ir.StringValue = ibis.cases((t.k % 3 == 0, "[1, 2]"), (t.k % 3 == 1, _DOCUMENT))
    return text.cast("json")


JSON: dict[str, Case] = {
    "json_fields": per_row(
        a=lambda t: _json(t)["a"]["b"].str,
        b=lambda t: _json(t)["a"]["n"].int,
        c=lambda t: _json(t)["a"]["x"].float,
        e=lambda t: _json(t)["a"]["t"].bool,
        f=lambda t: _json(t)["items"][0].int,
        h=lambda t: _json(t)["items"][2]["deep"].int,
        l=lambda t: _json(t)[1].int,
        m=lambda t: _json(t)["x y"].str,
        n=lambda t: _json(t)["big"].int,
    ),
    "json_of_another_type": per_row(
        a=lambda t: _json(t)["a"]["n"].str,
        b=lambda t: _json(t)["a"]["b"].int,
        c=lambda t: _json(t)["items"][1].int,
        e=lambda t: _json(t)["a"]["x"].int,
        f=lambda t: _json(t)["a"]["t"].float,
        h=lambda t: _json(t)["a"]["n"].bool,
        l=lambda t: _json(t)["missing"]["b"].str,
        m=lambda t: _json(t)["a"]["no"].str,
        n=lambda t: _json(t)["items"]["b"].str,
        o=lambda t: _json(t)["a"]["n"].float,
    ),
    "json_values": per_row(
        a=lambda t: _json(t)["a"],
        b=lambda t: _json(t)["items"][1].cast("string"),
        c=lambda t: _json(t)["a"]["n"].cast("string"),
        e=lambda t: _json(t)["a"]["n"].cast("int64"),
        f=lambda t: _json(t)["a"]["x"].cast("float64"),
    ),
    "json_in_filters": lambda t, u: (
        t.filter(_json(t)["a"]["n"].int > 3).group_by(a=lambda r: _json(r)["a"]["b"].str).agg(n=lambda r: r.count())
    ),
    "arrays": per_row(
        a=lambda t: ibis.array([t.k, t.i, 3]),
        b=lambda t: ibis.array([t.k, 2, 3]).length(),
        c=lambda t: ibis.array([t.s, t.g])[1],
        e=lambda t: ibis.array([t.k, t.k + 1])[0] + 1,
        f=lambda t: ibis.array([t.k, 5, 9]).contains(t.k),
        h=lambda t: ibis.array([t.k]).concat(ibis.array([t.k, 1])),
        l=lambda t: ibis.literal([1, 2, 3]),
    ),
    "structs": per_row(
        a=lambda t: ibis.struct({"n": t.k, "text": t.s, "truth": t.b}),
        b=lambda t: ibis.struct({"n": t.k, "text": t.s})["text"],
        c=lambda t: ibis.struct({"n": t.k, "x": t.x})["x"] * 2,
    ),
    "json_in_joins": lambda t, u: t.inner_join(u, t.g == u.g).select("k", "n", a=lambda r: _json(r)["items"][0].int),
}
