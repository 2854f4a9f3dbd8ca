"""The parts of URLs are those that Python's standard library finds, and a missing part is NULL."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import ibis
import ibis.expr.types as ir
import pytest

from tests.engines.redshift.both_engines import redshift_sql
from tests.engines.redshift.standin import StandIn
from tests.postgres_server import fresh_database

TABLE = ibis.table({"k": "int64", "url": "string"}, name="visits", database="web")
URLS = (
    "https://user:secret@shop.example.com:8080/docs/index.html?utm_source=news&utm_medium=e-mail#top",
    "http://example.com",
    "https://example.com/?utm_source=&x=1&utm_source=second",
    "https://example.com/a//b?q=a=b&my.utm_source=no",
    "//cdn.example.com/x.png",
    "/relative/path?utm_source=home%20page",
    "mailto:anna@example.com",
    "",
    None,
)


def _absent(text: str | None) -> str | None:
    return text or None


def _parameter(url: str, key: str) -> str | None:
    for pair in urlsplit(url).query.split("&"):
        name, _, value = pair.partition("=")
        if name == key:
            return value or None
    return None


def _file(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


Part = tuple[Callable[[ir.StringColumn], ir.Value], Callable[[str], str | None]]
PARTS: dict[str, Part] = {
    "protocol": (lambda url: url.protocol(), lambda url: _absent(urlsplit(url).scheme)),
    "authority": (lambda url: url.authority(), lambda url: _absent(urlsplit(url).netloc)),
    "userinfo": (lambda url: url.userinfo(), lambda url: _absent(urlsplit(url).netloc.rpartition("@")[0])),
    "host": (lambda url: url.host(), lambda url: _absent(urlsplit(url).hostname)),
    "file": (lambda url: url.file(), _file),
    "path": (lambda url: url.path(), lambda url: urlsplit(url).path),
    "query": (lambda url: url.query(), lambda url: _absent(urlsplit(url).query)),
    "parameter": (lambda url: url.query("utm_source"), lambda url: _parameter(url, "utm_source")),
    "medium": (lambda url: url.query("utm_medium"), lambda url: _parameter(url, "utm_medium")),
    "fragment": (lambda url: url.fragment(), lambda url: _absent(urlsplit(url).fragment)),
}


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with fresh_database() as uri, StandIn.open(uri) as session:
        session.load("web", "visits", list(enumerate(URLS)), {"k": "BIGINT", "url": "VARCHAR(300)"})
        yield session


@pytest.mark.parametrize("name", PARTS)
def test_part_of_url(name: str, stand_in: StandIn) -> None:
    part, expected = PARTS[name]
    rows = stand_in.query(redshift_sql(TABLE.select("k", a=part(TABLE.url))))

    found = {URLS[int(place)]: value for place, value in rows}
    assert found == {url: None if url is None else expected(url) for url in URLS}


def test_hashes_are_of_the_whole_string(stand_in: StandIn) -> None:
    rows = stand_in.query(redshift_sql(TABLE.select("url", a=TABLE.url.hash(), b=TABLE.url.hashbytes("sha256"))))

    assert {url: None if digest is None else bytes(digest) for url, _, digest in rows} == {
        url: None if url is None else hashlib.sha256(url.encode()).digest() for url in URLS
    }
    assert {url: number for url, number, _ in rows}[""] == -3750763034362895579  # FNV-1a's offset basis
    assert len({number for _, number, _ in rows}) == len(URLS)
