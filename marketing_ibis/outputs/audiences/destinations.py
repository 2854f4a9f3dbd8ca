"""The columns of a list in the form of each destination, as its documentation names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from marketing_ibis.errors import UsageError
from marketing_ibis.outputs.audiences import identifiers
from marketing_ibis.outputs.audiences.identifiers import Normalizer, hash_identifier


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a list: its header for each identifier, in order, and which of them are hashed.

    ``has_key`` says that the first column is the customer's key, and that one file has all changes.
    ``requires_clear`` marks systems that send mail themselves and cannot use a hash.
    """

    headers: Mapping[str, str]
    normalizers: Mapping[str, Normalizer]
    hashed: frozenset[str]
    has_key: bool = False
    requires_clear: bool = False

    def columns(self, names: Sequence[str], *, is_clear: bool) -> tuple[str, ...]:
        """Return the headers of the identifiers ``names``, in the order of the form."""
        suffix = "_sha256" if self.has_key and not is_clear else ""
        return tuple(
            header + (suffix if name in self.hashed else "") for name, header in self.headers.items() if name in names
        )

    def values(self, name: str, texts: Sequence[str | None], *, is_clear: bool) -> list[str]:
        """Return the values of an identifier of many customers, "" for those that are unusable."""
        normalize = self.normalizers[name]
        is_hashed = name in self.hashed and not is_clear

        def value(text: str | None) -> str:
            normalized = normalize(text) if text else ""
            return hash_identifier(normalized) if is_hashed else normalized

        # Names and countries repeat.
        by_text = {text: value(text) for text in {*texts}}
        return [by_text[text] for text in texts]


_PERSONAL = frozenset({"email", "phone", "first_name", "last_name"})
FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "plain": Form({name: name for name in identifiers.PLAIN}, identifiers.PLAIN, _PERSONAL, has_key=True),
        # https://support.google.com/google-ads/answer/7659867
        "google": Form(
            {
                "email": "Email",
                "phone": "Phone",
                "first_name": "First Name",
                "last_name": "Last Name",
                "country": "Country",
            },
            identifiers.GOOGLE,
            _PERSONAL,
        ),
        # https://www.facebook.com/business/help/2082575038703844
        "meta": Form(
            {"email": "email", "phone": "phone", "first_name": "fn", "last_name": "ln", "country": "country"},
            identifiers.META,
            _PERSONAL | {"country"},
        ),
        # https://help.klaviyo.com/hc/en-us/articles/115005078967
        "klaviyo": Form(
            {
                "email": "Email",
                "phone": "Phone Number",
                "first_name": "First Name",
                "last_name": "Last Name",
                "country": "Country",
            },
            identifiers.PLAIN,
            _PERSONAL,
            requires_clear=True,
        ),
        # https://knowledge.hubspot.com/import-and-export/set-up-your-import-file
        "hubspot": Form(
            {
                "email": "Email",
                "first_name": "First Name",
                "last_name": "Last Name",
                "phone": "Phone Number",
                "country": "Country/Region",
            },
            identifiers.PLAIN,
            _PERSONAL,
            requires_clear=True,
        ),
    }
)


def form_of(destination: str, *, is_clear: bool) -> Form:
    """Return the form of a destination.

    Raises:
        UsageError: it needs addresses in clear, which were not asked for.
    """
    form = FORMS[destination]
    if form.requires_clear and not is_clear:
        raise UsageError(
            f"{destination} writes to the addresses itself and cannot use hashes.",
            hint="Pass --include-pii to write e-mail addresses and phone numbers in clear.",
        )
    return form
