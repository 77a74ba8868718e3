"""What is remembered for a text, is remembered without it."""

from appliance.anonymize.memo import KeyedMemo


def test_result_is_found_again_under_the_same_message() -> None:
    memo: KeyedMemo[str] = KeyedMemo(10)
    memo.put(memo.hashed(b"agent"), "result")
    assert memo.get(memo.hashed(b"agent")) == "result"
    assert memo.get(memo.hashed(b"other")) is None


def test_two_memos_hash_one_message_differently() -> None:
    assert KeyedMemo[str](1).hashed(b"agent") != KeyedMemo[str](1).hashed(b"agent")


def test_what_was_asked_for_lately_stays_and_the_number_is_bounded() -> None:
    memo: KeyedMemo[int] = KeyedMemo(10)
    for number in range(100):
        memo.put(memo.hashed(b"%d" % number), number)
        assert memo.get(memo.hashed(b"0")) == 0
        assert len(memo) <= 10
    found = sorted((memo._young | memo._old).values())
    assert found[0] == 0
    assert found[1:] == list(range(101 - len(found), 100))
    assert len(found) >= 5
