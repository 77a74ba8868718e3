"""What the dashboard is started with."""

import pytest

from dashboard.options import DashboardOptions, DashboardUser


def test_secrets_do_not_stand_in_the_text_of_the_options() -> None:
    user = DashboardUser("anna", "$argon2id$secret-hash")
    text = repr(DashboardOptions("http://127.0.0.1:1", "secret-key", b"secret-cookie-key-of-32-bytes-000", (user,)))
    assert "secret" not in text


def test_a_short_cookie_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        DashboardOptions("http://127.0.0.1:1", "key", b"short", ())


def test_a_user_reads_the_listed_sites_only() -> None:
    user = DashboardUser("anna", "hash", ("a.example",))
    assert user.may_read("a.example")
    assert not user.may_read("b.example")


def test_a_star_means_every_site() -> None:
    assert DashboardUser("anna", "hash", ("*",)).may_read("b.example")
