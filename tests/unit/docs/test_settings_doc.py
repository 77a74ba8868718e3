"""docs/settings.md is what the code says, and no setting lacks a sentence."""

import pytest

from scripts import settings_doc


def test_page_is_up_to_date() -> None:
    assert settings_doc.PAGE.read_text(encoding="utf-8") == settings_doc.render()


def test_check_refuses_a_page_that_differs(tmp_path, monkeypatch, capsys) -> None:
    page = tmp_path / "settings.md"
    monkeypatch.setattr(settings_doc, "PAGE", page)
    assert settings_doc.main(["--check"]) == 1
    page.write_text("old")
    assert settings_doc.main(["--check"]) == 1
    assert "make docs" in capsys.readouterr().err
    assert settings_doc.main([]) == 0
    assert settings_doc.main(["--check"]) == 0


def test_every_setting_has_a_sentence() -> None:
    texts = settings_doc.field_texts()
    for _, section in settings_doc.sections():
        for setting in settings_doc.section_settings(section, texts):
            assert setting.text.endswith((".", "`")), setting


@pytest.mark.parametrize(
    ("section", "row"),
    [
        pytest.param(
            "[server]",
            ("listen", '`"127.0.0.1:8000"`', "string"),
            id="text with a default",
        ),
        pytest.param("[visits]", ("timeout_seconds", "`1800`", "1500 to 14400"), id="number with limits"),
        pytest.param("[limits]", ("enabled", "`true`", "`true`, `false`"), id="switch"),
        pytest.param("[[users]]", ("sites", '`["*"]`', "list of strings"), id="list"),
        pytest.param("[[sites]]", ("id", "required", "string"), id="required"),
    ],
)
def test_shows_default_and_limits(section: str, row: tuple[str, str, str]) -> None:
    texts = settings_doc.field_texts()
    rows = settings_doc.section_settings(dict(settings_doc.sections())[section], texts)
    assert row in [setting[:3] for setting in rows]
