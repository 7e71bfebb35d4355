"""Sealed files of exports: written and read in pieces, so that no list is in memory whole.

A file has a key of its own, which the export's row keeps sealed. Each piece of 64 KiB is sealed
by AES-256-GCM; its number, whether it is the last, and the export's number are bound in, so that
pieces cannot be left out, moved, or put into another file. Forgetting the key is shredding.
"""

import hashlib
import os
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from yibao.core.refusal import Refusal

_MAGIC = b"YBX1"
_PIECE = 64 * 1024
_KEY_BYTES = 32
_NONCE_BYTES = 12
_LENGTH = struct.Struct(">IB")
_OWNER_ONLY = 0o600
_OWNER_FOLDER = 0o700


class ExportFileBroken(Refusal):
    """The file of an export is not what was written."""

    code = "E876"
    message = "导出编号 {number} 的文件已损坏或不在"
    remedy = "请重新申请导出，并告知系统管理员"
    message_en = "The file of export {number} is damaged or gone"
    remedy_en = "Ask for the export again and tell the administrator"


def new_key() -> str:
    """Return a fresh key, as text."""
    return secrets.token_hex(_KEY_BYTES)


def place_of(export_id: int) -> Path:
    """Return where the file of an export lies; the folder is made, for its owner alone."""
    folder = settings.HOME.path.joinpath("exports")
    folder.mkdir(mode=_OWNER_FOLDER, parents=True, exist_ok=True)
    return folder.joinpath(f"{export_id}.sealed")


class SealedWriter:
    """A stream to write only, that seals what it is given. `close` seals the last piece."""

    def __init__(self, export_id: int, key: str) -> None:
        self._place = place_of(export_id)
        self._part = self._place.with_suffix(".part")
        descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
        self._file: BinaryIO = os.fdopen(descriptor, "wb")
        self._file.write(_MAGIC)
        self._cipher = AESGCM(bytes.fromhex(key))
        self._of, self._number = export_id, 0
        self._held = bytearray()
        self._digest = hashlib.sha256()
        self.bytes_written = 0

    @property
    def digest(self) -> str:
        """SHA-256 of what was given, in hexadecimal."""
        return self._digest.hexdigest()

    def write(self, given: bytes) -> int:
        """Take bytes."""
        self._digest.update(given)
        self.bytes_written += len(given)
        self._held += given
        while len(self._held) > _PIECE:
            self._seal(bytes(self._held[:_PIECE]), last=False)
            del self._held[:_PIECE]
        return len(given)

    def flush(self) -> None:
        """Nothing: pieces are written when they are full."""

    def close(self) -> None:
        """Seal the last piece and give the file its name."""
        self._seal(bytes(self._held), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.rename(self._place)

    def give_up(self) -> None:
        """Remove what was written so far."""
        self._file.close()
        self._part.unlink(missing_ok=True)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(
            _nonce(self._number), piece, _bound(self._of, self._number, last=last)
        )
        self._file.write(_LENGTH.pack(len(sealed), last))
        self._file.write(sealed)
        self._number += 1


def opened(export_id: int, key: str) -> Iterator[bytes]:
    """Yield the file of an export in pieces. Raises ExportFileBroken at the first wrong one."""
    cipher, number = AESGCM(bytes.fromhex(key)), 0
    try:
        with place_of(export_id).open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise ExportFileBroken(number=export_id)
            last = 0
            while not last:
                length, last = _LENGTH.unpack(file.read(_LENGTH.size))
                bound = _bound(export_id, number, last=bool(last))
                yield cipher.decrypt(_nonce(number), file.read(length), bound)
                number += 1
    except (OSError, struct.error, InvalidTag) as error:
        raise ExportFileBroken(number=export_id) from error


def shred(export_id: int) -> None:
    """Remove the file of an export; its key is forgotten before."""
    place_of(export_id).unlink(missing_ok=True)
    place_of(export_id).with_suffix(".part").unlink(missing_ok=True)


def _nonce(number: int) -> bytes:
    # The key is of this one file: a counter never repeats under it.
    return number.to_bytes(_NONCE_BYTES, "big")


def _bound(export_id: int, number: int, *, last: bool) -> bytes:
    return f"desk.export {export_id} {number} {int(last)}".encode()
