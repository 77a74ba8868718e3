"""What the documents promise to name, they name; and their links lead somewhere."""

import re
from pathlib import Path

import pytest

from appliance import cli, dimensions, outcomes
from appliance.stats import contract

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MIGRATIONS = ROOT / "appliance" / "warehouse" / "sql" / "migrations"

# Claims that nobody can test, and paths of one machine.
FORBIDDEN = re.compile(
    r"\b(gdpr[- ]compliant|compliant|certified|anonymous visitors|100 ?% anonymous|bank[- ]grade|"
    r"military[- ]grade|blazing|cutting[- ]edge|world[- ]class|seamless(ly)?|simply|unhackable)\b|/tmp/|/root/|/home/",
    re.IGNORECASE,
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """Names under which headings can be linked to."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_resolve(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.is_file(), target
        assert not anchor or anchor in anchors(linked), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_claims_nothing_that_cannot_be_tested(page: Path) -> None:
    assert FORBIDDEN.search(page.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("outcome", list(outcomes.Outcome))
def test_metrics_page_explains_every_outcome(outcome: outcomes.Outcome) -> None:
    assert f"| `{outcome.value}` |" in text_of("docs/metrics.md")


@pytest.mark.parametrize("traits", dimensions.TRAITS.values(), ids=lambda traits: traits.api_name)
def test_metrics_page_explains_every_dimension(traits: dimensions.Traits) -> None:
    assert f"`{traits.api_name}`" in text_of("docs/metrics.md")


@pytest.mark.parametrize("name", [*contract.Metric, *contract.TimeDimension, *contract.DATE_RANGES])
def test_metrics_page_explains_what_can_be_asked(name: str) -> None:
    assert f"`{name}`" in text_of("docs/metrics.md")


def test_privacy_page_explains_every_kind_of_evidence() -> None:
    appended = re.compile(r"evidence\.append\(\s*\"(\w+)\"")
    kinds = {kind for file in (ROOT / "appliance").rglob("*.py") for kind in appended.findall(file.read_text())}
    assert "key_destroyed" in kinds
    assert [kind for kind in sorted(kinds) if f"| `{kind}` |" not in text_of("PRIVACY.md")] == []


@pytest.mark.parametrize(
    "table",
    sorted(
        {
            name
            for file in MIGRATIONS.glob("*.sql")
            for name in re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", file.read_text())
        }
    ),
)
def test_architecture_names_every_table(table: str) -> None:
    assert f"`{table}`" in text_of("docs/architecture.md")


def test_runbook_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    commands = re.findall(r"^    ([a-z][a-z-]+)", capsys.readouterr().out, re.MULTILINE)
    assert {"up", "check", "demo"} <= set(commands)
    runbook = text_of("docs/runbook.md")
    assert [command for command in commands if f"`appliance {command}" not in runbook] == []


def test_readme_begins_with_the_two_commands() -> None:
    first_block = re.search(r"```sh\n(.*?)```", text_of("README.md"), re.DOTALL)
    assert first_block is not None
    assert [line.partition("#")[0].strip() for line in first_block[1].splitlines()] == ["make run", "make test"]


def test_changelog_lists_privacy_first() -> None:
    headings = re.findall(r"^### (\w+)", text_of("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "Privacy"


def test_decisions_are_listed_and_dated() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    index = text_of("docs/adr/README.md")
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert f"({record.name})" in index
        assert re.search(r"^Date: \d{4}-\d\d-\d\d\. Status: ", text, re.MULTILINE)
        for heading in ("Context", "Decision", "Consequences"):
            assert f"\n## {heading}\n" in text
