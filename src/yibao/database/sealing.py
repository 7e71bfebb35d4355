"""Sealed fields: numbers, telephones, accounts and secrets, encrypted before they are sent.

`seal` and `unseal` turn a text into bytes and back; `index_of` gives the sixteen bytes by which
equal texts are found again without opening any. What the database holds:

    1 byte       algorithm (1 AES-256-GCM, 2 SM4-GCM)
    2 bytes      number of the data key
    12 bytes     nonce, random
    rest         the text in UTF-8, and 16 bytes that show any change

The name of the field (`of`) is bound in: a value moved to another column does not open there. An
empty text stays empty bytes. Keys are `yibao.database.sealing_keys`; why it is so: ADR 0011.
"""

import json
import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

from yibao.database.sealing_keys import (
    ALGORITHM_NUMBERS,
    NONCE_BYTES,
    TAG_BYTES,
    KeyFiles,
    KeyMissing,
    Keys,
    KeyWords,
    SealBroken,
)

# Where a sealed value's nonce and body begin.
_NONCE, _BODY = 3, 3 + NONCE_BYTES
_KEY = slice(1, _NONCE)
_SHORTEST = _BODY + TAG_BYTES
INDEX_BYTES = 16
# What the keyed indexes are of. A number has one index wherever it lies, so that tables join.
NUMBER, PHONE, PHONE_TAIL, ACCOUNT = "number", "phone", "phone.tail", "account"
# Of a telephone, the digits that people remember.
TAIL = 4


@lru_cache(maxsize=1)
def keys() -> Keys:
    """Return the keys of this process, from the setting YIBAO_KEYS or from HOME/keys."""
    if settings.SEALING_KEYS:
        return Keys(KeyWords(settings.SEALING_KEYS))
    home = settings.HOME
    made = home.secrets / "keys_made"
    return Keys(KeyFiles(home.path / "keys", settings.SEALING_CIPHER, made))


def seal(text: str, *, of: str) -> bytes:
    """Return the text sealed for the field `of` under the newest data key; "" gives b""."""
    if not text:
        return b""
    ring = keys().ring()
    nonce = os.urandom(NONCE_BYTES)
    return ring.header + nonce + ring.sealer(nonce, text.encode(), of.encode())


def unseal(blob: bytes, *, of: str) -> str:
    """Return the text of a sealed value. Raises KeyMissing, SealBroken."""
    if not blob:
        return ""
    blob = bytes(blob)
    number = blob[_KEY]
    ring = keys().ring()
    opener = ring.openers.get(number) or keys().reread().openers.get(number)
    if len(blob) < _SHORTEST or blob[0] not in ALGORITHM_NUMBERS.values():
        raise SealBroken(of=of)
    if opener is None:
        raise KeyMissing(kind="data", number=int.from_bytes(number, "big"), place=ring.place)
    try:
        return opener(blob[_NONCE:_BODY], blob[_BODY:], of.encode()).decode()
    except InvalidTag:
        raise SealBroken(of=of) from None


def index_of(text: str, *, of: str) -> bytes:
    """Return sixteen bytes: equal texts of `of` have equal ones; "" gives b""."""
    if not text:
        return b""
    return keys().ring().indexer(f"{of}\0{text}".encode())


def indexes_of(texts: Iterable[str], *, of: str) -> list[bytes]:
    """Return the index of each of the texts, in their order."""
    return [index_of(text, of=of) for text in texts]


def key_number(blob: bytes) -> int:
    """Return the number of the data key that a sealed value is under."""
    return int.from_bytes(bytes(blob)[_KEY], "big")


def phone_tail(phone: str) -> str:
    """Return the part of a telephone that its tail index is of; "" for one that is too short."""
    digits = "".join(filter(str.isdigit, phone))
    return digits[-TAIL:] if len(digits) >= TAIL else ""


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """A text that the database holds sealed: str in Python, bytea in the table.

    Nothing can be compared with it but "is empty"; a value is searched by its index column.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        kwargs.setdefault("default", "")
        kwargs.setdefault("db_default", b"")
        super().__init__(*args, **kwargs)

    @property
    def of(self) -> str:
        """The name that is bound into the field's values: `registry.identitydocument.number`."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def deconstruct(self) -> Any:
        """Describe the field for a migration."""
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        kwargs.pop("default", None)
        kwargs.pop("db_default", None)
        return name, "yibao.database.sealing.SealedField", args, kwargs

    def _check_str_default_value(self) -> list[Any]:
        """A text is what this field takes."""
        return []

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse every comparison but the test for NULL."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed; search by its index column")
        return super().get_lookup(lookup_name)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return the value sealed; bytes are a value that is sealed already."""
        if isinstance(value, str):
            value = seal(value, of=self.of)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the text of a stored value."""
        return None if value is None else unseal(value, of=self.of)

    def to_python(self, value: Any) -> Any:
        """Return the value as it is: a text."""
        return value

    def value_to_string(self, obj: Any) -> str:
        """Return the text, for serializers."""
        return str(self.value_from_object(obj))


class IndexField(models.BinaryField):  # type: ignore[type-arg]
    """The keyed index of a sealed field (`index_of`): equal texts, equal bytes. Empty: no text.

    With a `source`, a saved row's index follows that sealed field by itself; set-wise writers
    bring it. `part` names the member of a source that holds JSON.
    """

    def __init__(
        self, *args: Any, of: str = "", source: str = "", part: str = "", **kwargs: Any
    ) -> None:
        self.of, self.source, self.part = of, source, part
        kwargs.setdefault("default", b"")
        kwargs.setdefault("db_default", b"")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Describe the field for a migration."""
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        kwargs.pop("db_default", None)
        return name, "yibao.database.sealing.IndexField", args, kwargs

    def index_for(self, text: str) -> bytes:
        """Return the index for the whole text of the source."""
        if self.part and text:
            text = str(json.loads(text).get(self.part, ""))
        if self.of == PHONE_TAIL:
            text = phone_tail(text)
        return index_of(text, of=self.of)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Return the index of the source's text."""
        if self.source:
            text = getattr(model_instance, self.source)
            setattr(model_instance, self.attname, self.index_for(text))
        return super().pre_save(model_instance, add)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return plain bytes."""
        return None if value is None else bytes(value)
