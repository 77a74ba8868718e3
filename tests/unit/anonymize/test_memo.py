"""What is remembered for a text, is remembered without it."""

from appliance.anonymize.memo import KeyedMemo


def test_result_is_found_again_under_the_same_message() -> None:
    memo: KeyedMemo[str] = KeyedMemo(10)
    memo.put(memo.hashed(b"agent"), "result")
    assert memo.get(memo.hashed(b"agent")) == "result"
    assert memo.get(memo.hashed(b"other")) is None


def test_two_memos_hash_one_message_differently() -> None:
    assert KeyedMemo[str](1).hashed(b"agent") != KeyedMemo[str](1).hashed(b"agent")


def test_what_was_not_asked_for_longest_goes_first() -> None:
    memo: KeyedMemo[int] = KeyedMemo(2)
    for number in (1, 2):
        memo.put(memo.hashed(b"%d" % number), number)
    memo.get(memo.hashed(b"1"))
    memo.put(memo.hashed(b"3"), 3)
    assert [memo.get(memo.hashed(b"%d" % number)) for number in (1, 2, 3)] == [1, None, 3]
    assert len(memo) == 2
