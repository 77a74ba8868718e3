"""What the dashboard is started with."""

from dashboard.options import DashboardOptions, DashboardUser
from dashboard.rights import Right


def test_secrets_do_not_stand_in_the_text_of_the_options() -> None:
    user = DashboardUser("anna", "$argon2id$secret-hash")
    text = repr(DashboardOptions("http://127.0.0.1:1", "secret-key", (user,)))
    assert "secret" not in text


def test_a_user_without_a_role_sees_numbers_and_nothing_else() -> None:
    reader = DashboardUser("anna", "hash").reader
    assert [right for right in Right if reader.may(right, "a.example")] == [Right.NUMBERS]
