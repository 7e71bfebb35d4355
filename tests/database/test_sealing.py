"""Sealed values: they open again, tell any change, and are found by their index."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from yibao.database import sealing
from yibao.database.sealing import index_of, key_number, phone_tail, seal, unseal
from yibao.database.sealing_keys import (
    KeyFiles,
    KeyMissing,
    Keys,
    KeyUnreadable,
    KeyWords,
    SealBroken,
    new_key,
    read_word,
)

NUMBER = "430423198001011234"


@pytest.fixture(params=["aes", "sm4"])
def files(request, tmp_path, monkeypatch):
    """Keys of this test's own, once for each cipher."""
    own = Keys(KeyFiles(tmp_path / "keys", request.param))
    monkeypatch.setattr(sealing, "keys", lambda: own)
    return own


def test_what_was_sealed_opens_again_and_is_never_the_same_twice(files):
    one, two = seal(NUMBER, of="a.b"), seal(NUMBER, of="a.b")
    assert one != two
    assert unseal(one, of="a.b") == unseal(memoryview(two), of="a.b") == NUMBER
    assert NUMBER.encode() not in one
    assert (seal("", of="a.b"), unseal(b"", of="a.b"), index_of("", of="number")) == (b"", "", b"")


def test_a_value_opens_in_its_own_field_only_and_unchanged_only(files):
    sealed = seal(NUMBER, of="a.b")
    with pytest.raises(SealBroken):
        unseal(sealed, of="a.c")
    for place in (0, 5, 20, len(sealed) - 1):
        changed = bytearray(sealed)
        changed[place] ^= 64
        with pytest.raises(SealBroken):
            unseal(bytes(changed), of="a.b")
    with pytest.raises(SealBroken):
        unseal(sealed[:20], of="a.b")


def test_equal_texts_have_equal_indexes_of_one_kind(files):
    assert index_of(NUMBER, of="number") == index_of(NUMBER, of="number")
    assert len({index_of(NUMBER, of="number"), index_of(NUMBER, of="phone")}) == 2
    assert len(index_of(NUMBER, of="number")) == sealing.INDEX_BYTES


def test_a_newer_key_seals_and_the_older_goes_on_opening_until_it_is_retired(files):
    old = seal(NUMBER, of="a.b")
    files.source.keep(new_key("data", 2, "sm4"))
    files.reread()
    new = seal(NUMBER, of="a.b")
    assert (key_number(old), key_number(new), old[0] in (1, 2), new[0]) == (1, 2, True, 2)
    assert unseal(old, of="a.b") == unseal(new, of="a.b") == NUMBER
    files.source.retire(files.ring().data[1])
    files.reread()
    with pytest.raises(KeyMissing) as refused:
        unseal(old, of="a.b")
    assert refused.value.facts["number"] == 1
    assert str(files.source.place) in refused.value.remedy


def test_another_process_s_new_key_is_read_when_it_is_needed(files, tmp_path):
    seal(NUMBER, of="a.b")
    KeyFiles(tmp_path / "keys", "aes").keep(key := new_key("data", 7, "aes"))
    elsewhere = Keys(KeyWords([key.word(), files.ring().finder.word()]))
    mine = sealing.keys
    sealing.keys = lambda: elsewhere
    try:
        blob = seal(NUMBER, of="a.b")
    finally:
        sealing.keys = mine
    assert unseal(blob, of="a.b") == NUMBER


def test_keys_are_private_files_and_many_processes_make_one_pair(tmp_path):
    place = tmp_path / "keys"
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: KeyFiles(place, "aes").read(), range(24)))
    assert len({ring.newest.secret for ring in rings}) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["keys"]
    assert {one.stat().st_mode & 0o777 for one in place.iterdir()} == {0o600}
    assert place.stat().st_mode & 0o777 == 0o700
    assert "secret" not in repr(rings[0].newest)


def test_a_key_in_a_word_is_read_back_and_a_wrong_one_is_refused_without_being_shown():
    key = new_key("data", 3, "sm4")
    assert read_word(key.word(), "x") == key
    secret = key.word().rpartition(":")[2]
    index = new_key("index", 1, "aes").word()
    for wrong in ("", key.word()[:-6], key.word().replace("data", "date"), index.replace("i", "d")):
        with pytest.raises(KeyUnreadable) as refused:
            read_word(wrong, "data-0003")
        assert secret[:8] not in str(refused.value)
    with pytest.raises(KeyMissing):
        KeyWords([index]).read()


def test_the_tail_of_a_telephone_is_its_last_four_digits():
    assert [phone_tail(one) for one in ("13800001234", "0734-555 1234", "12")] == [
        "1234",
        "1234",
        "",
    ]


def test_random_nonces_do_not_repeat(files):
    made = {seal("x", of="a.b")[3:15] for _ in range(2000)}
    assert len(made) == 2000
