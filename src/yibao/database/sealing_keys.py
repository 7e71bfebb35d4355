"""The keys that seal fields: where they lie, what each is for, and which one is used now.

A key lies in a file of its own in HOME/keys, or all of them stand in the setting YIBAO_KEYS where
several machines serve one database. Either way one key is one word:

    data:1:aes-256-gcm:q83vEjRW…        index:1:hmac-sha256:AAECAwQF…

A data key seals and unseals; several stand side by side, the highest seals. An index key makes the
keyed index by which a value is found; one is used at a time. Keys are never in the database.
"""

import base64
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yibao.core.refusal import Refusal
from yibao.database.home import write_once

DATA, INDEX = "data", "index"
AES, SM4 = "aes-256-gcm", "sm4-gcm"
SHA256, SM3 = "hmac-sha256", "hmac-sm3"
# The setting YIBAO_CIPHER chooses between these two pairs for keys that are made from then on.
CIPHERS = {"aes": (AES, SHA256), "sm4": (SM4, SM3)}
KEY_BYTES = {AES: 32, SM4: 16, SHA256: 32, SM3: 32}
# The first byte of a sealed value.
ALGORITHM_NUMBERS = {AES: 1, SM4: 2}
NONCE_BYTES, TAG_BYTES = 12, 16
# How long a process goes on with the keys it read, in seconds, before it looks for newer ones.
REREAD = 1.0
_FILE = re.compile(r"(data|index)-(\d{4})\.key")


class KeyMissing(Refusal):
    """Raised where a value was sealed under a key that this machine does not have."""

    code = "KEY1"
    message = "缺少{kind}密钥第 {number} 号，数据无法解密"
    remedy = "请从密钥备份恢复该文件到 {place}，再重试；没有该密钥，数据不能读出"
    message_en = "The {kind} key number {number} is missing; what it sealed cannot be read"
    remedy_en = "Restore its file from the backup of the keys to {place}; without it nothing opens"


class KeyUnreadable(Refusal):
    """Raised for a key that is written wrongly or cannot be read."""

    code = "KEY2"
    message = "密钥 {name} 无法读取：{cause}"
    remedy = "请从密钥备份恢复；不要手工修改密钥文件"
    message_en = "The key {name} cannot be read: {cause}"
    remedy_en = "Restore it from the backup of the keys; do not edit key files by hand"


class SealBroken(Refusal):
    """Raised where a sealed value was changed, or belongs to another field."""

    code = "KEY3"
    message = "加密数据校验不通过（{of}）：内容被改动或密钥不符"
    remedy = "请停止使用该记录，运行 yibao keys check 并核对备份"
    message_en = "A sealed value of {of} does not verify: it was changed, or the key is another"
    remedy_en = "Leave the record alone, run yibao keys check and compare with a backup"


class KeysGone(Refusal):
    """Raised where this machine had keys and has none: fresh ones would open nothing."""

    code = "KEY8"
    message = "密钥目录 {place} 里的密钥不见了，没有另造新密钥"
    remedy = "请从密钥备份把原来的文件放回 {place}，再重试；放回之前不要继续办理业务"
    message_en = "The keys in {place} are gone; none were made in their place"
    remedy_en = "Put the files from the backup of the keys back into {place}; do no work before"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it is for, its number, its algorithm, its bytes (never shown)."""

    kind: str
    number: int
    algorithm: str
    secret: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """The name of its file, without the ending: `data-0001`."""
        return f"{self.kind}-{self.number:04d}"

    def word(self) -> str:
        """Return the key as its file and YIBAO_KEYS write it."""
        secret = base64.urlsafe_b64encode(self.secret).decode().rstrip("=")
        return f"{self.kind}:{self.number}:{self.algorithm}:{secret}"

    def digest(self) -> str:
        """Return eight characters that tell two keys apart and give nothing of them away."""
        made = hashes.Hash(hashes.SHA256())
        made.update(b"yibao key " + self.secret)
        return made.finalize().hex()[:8]


def read_word(word: str, name: str) -> Key:
    """Return the key that a word writes. Raises KeyUnreadable; the word itself is not repeated."""
    parts = word.strip().split(":")
    fits = len(parts) == len(("kind", "number", "algorithm", "secret")) and parts[1].isdigit()
    if not fits or parts[0] not in {DATA, INDEX} or parts[2] not in KEY_BYTES:
        raise KeyUnreadable(name=name, cause="kind:number:algorithm:secret")
    kind, number, algorithm, text = parts
    try:
        secret = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES[algorithm] or (kind == DATA) != (algorithm in ALGORITHM_NUMBERS):
        raise KeyUnreadable(name=name, cause=f"{algorithm}: {KEY_BYTES[algorithm]} bytes")
    return Key(kind, int(number), algorithm, secret)


def new_key(kind: str, number: int, cipher: str) -> Key:
    """Return a fresh random key of the kind under the chosen cipher (`aes` or `sm4`)."""
    algorithm = CIPHERS[cipher][kind == INDEX]
    return Key(kind, number, algorithm, secrets.token_bytes(KEY_BYTES[algorithm]))


Seal = Callable[[bytes, bytes, bytes], bytes]


class Keyring:
    """All keys as one process read them, ready to be used; never changed after it was made."""

    def __init__(self, keys: Iterable[Key], place: str) -> None:
        ordered = sorted(keys, key=lambda key: (key.kind, key.number))
        self.place = place
        self.data = {key.number: key for key in ordered if key.kind == DATA}
        self.index = {key.number: key for key in ordered if key.kind == INDEX}
        self.openers = {
            number.to_bytes(2, "big"): _opener(key) for number, key in self.data.items()
        }
        if not self.data or not self.index:
            kind = "index" if self.data else "data"
            raise KeyMissing(kind=kind, number=1, place=place)
        self.newest = self.data[max(self.data)]
        self.sealer = _sealer(self.newest)
        number = ALGORITHM_NUMBERS[self.newest.algorithm]
        self.header = bytes([number]) + self.newest.number.to_bytes(2, "big")
        self.finder = self.index[max(self.index)]
        self.indexer = indexer_of(self.finder)


def _sealer(key: Key) -> Seal:
    """Return seal(nonce, text, associated) of a key."""
    return AESGCM(key.secret).encrypt if key.algorithm == AES else _Sm4(key.secret).encrypt


def _opener(key: Key) -> Seal:
    return AESGCM(key.secret).decrypt if key.algorithm == AES else _Sm4(key.secret).decrypt


class _Sm4:
    """SM4 in the mode GCM, with the two calls that AESGCM has."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = algorithms.SM4(secret)

    def encrypt(self, nonce: bytes, text: bytes, associated: bytes) -> bytes:
        work = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        work.authenticate_additional_data(associated)
        return work.update(text) + work.finalize() + work.tag

    def decrypt(self, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
        body, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
        work = Cipher(self._cipher, modes.GCM(nonce, tag)).decryptor()
        work.authenticate_additional_data(associated)
        return work.update(body) + work.finalize()


def indexer_of(key: Key) -> Callable[[bytes], bytes]:
    """Return index(text) of an index key: its number in one byte, then fifteen of the HMAC."""
    kind = hashes.SHA256() if key.algorithm == SHA256 else hashes.SM3()
    began = hmac.HMAC(key.secret, kind)
    first = bytes([key.number % 256])

    def index(text: bytes) -> bytes:
        work = began.copy()
        work.update(text)
        return first + work.finalize()[:15]

    return index


class KeyFiles:
    """The keys of one machine, a file each, readable by their owner alone."""

    def __init__(self, place: Path, cipher: str, made: Path | None = None) -> None:
        """`made` is the file that tells, apart from the keys, that there were some."""
        self.place, self.cipher, self.made = place, cipher, made

    def read(self, *, had_some: bool = False) -> Keyring:
        """Return the keys; the first two are made where there never were any.

        `had_some`: this process used keys before. Raises KeyUnreadable, KeysGone.
        """
        try:
            names = self._names()
            if not names:
                if had_some or (self.made and self.made.exists()):
                    raise KeysGone(place=self.place)
                self._begin()
                names = self._names()
            self._note_made()
            keys = [
                read_word((self.place / name).read_text(encoding="ascii"), name) for name in names
            ]
        except OSError as error:
            raise KeyUnreadable(name=self.place, cause=error.strerror or error) from error
        return Keyring(keys, str(self.place))

    def _begin(self) -> None:
        """Make the first two keys together, so that nobody ever sees one without the other."""
        draft = self.place.with_name(f"{self.place.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.mkdir(mode=0o700, parents=True)
        for kind in (DATA, INDEX):
            KeyFiles(draft, self.cipher).keep(new_key(kind, 1, self.cipher))
        try:
            draft.rename(self.place)
        except OSError:  # somebody else was first
            shutil.rmtree(draft)

    def _note_made(self) -> None:
        """Leave word that this machine has keys, where they themselves do not lie."""
        if self.made is not None and not self.made.exists():
            self.made.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_once(self.made, f"Keys were made in {self.place}.\n")

    def keep(self, key: Key) -> None:
        """Write a key's file; one that is there already stays as it is."""
        write_once(self.place / f"{key.name}.key", key.word())

    def retire(self, key: Key) -> Path:
        """Put a key's file aside as `….retired`; from then on nothing reads it."""
        file = self.place / f"{key.name}.key"
        aside = file.with_suffix(".retired")
        return file.replace(aside)

    def stamp(self) -> object:
        """Return what changes when a key is added or retired."""
        try:
            return self.place.stat().st_mtime_ns
        except OSError:
            return None

    def _names(self) -> list[str]:
        if not self.place.is_dir():
            return []
        return sorted(one.name for one in self.place.iterdir() if _FILE.fullmatch(one.name))


class KeyWords:
    """The keys as the setting YIBAO_KEYS has them, one word each, separated by commas."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = list(words)

    def read(self, *, had_some: bool = False) -> Keyring:
        """Return the keys. Raises KeyUnreadable, KeyMissing."""
        keys = [
            read_word(word, f"YIBAO_KEYS[{nth}]") for nth, word in enumerate(self.words, start=1)
        ]
        return Keyring(keys, "YIBAO_KEYS")

    def stamp(self) -> object:
        """What the environment says stays until the process ends."""
        return None


class Keys:
    """The keys that this process uses, read again when their place changed."""

    def __init__(self, source: KeyFiles | KeyWords) -> None:
        self.source = source
        self._stamp: object = None
        self._ring: Keyring | None = None
        self._looked = 0.0

    def ring(self) -> Keyring:
        """Return the keys as they are, at most REREAD seconds old."""
        now = time.monotonic()
        if self._ring is None or now - self._looked > REREAD:
            stamp = self.source.stamp()
            if self._ring is None or stamp != self._stamp:
                self.reread()
            self._looked = now
        assert self._ring is not None
        return self._ring

    def reread(self, *, had_some: bool = False) -> Keyring:
        """Return the keys as their place has them now; with `had_some` none are made anew."""
        ring = self.source.read(had_some=had_some or self._ring is not None)
        self._stamp, self._ring = self.source.stamp(), ring
        return ring
