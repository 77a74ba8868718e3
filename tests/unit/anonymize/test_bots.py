"""Programs are told from people. The people are in agents.tsv, which test_device.py reads."""

from pathlib import Path

import pytest

from appliance.anonymize.bots import BotList

LIST = BotList()
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
LINUX = "Mozilla/5.0 (X11; Linux x86_64)"
LINES = (Path(__file__).parent / "bots.tsv").read_text(encoding="utf-8").splitlines()
PROGRAMS = [line.partition("\t")[2] for line in LINES if not line.startswith("#")]


@pytest.mark.parametrize("agent", PROGRAMS)
def test_program_is_known(agent: str) -> None:
    assert LIST.names(agent)


@pytest.mark.parametrize("agent", ["", " ", "\t"])
def test_every_browser_of_a_person_has_an_agent(agent: str) -> None:
    assert LIST.names(agent)


@pytest.mark.parametrize(
    "name", ["Newbot/1.0", "SomeBots 2", "new-crawler/0.1", "MySpider", "x (+https://example.org/)"]
)
def test_name_that_is_on_no_list_is_known_by_its_habit(name: str) -> None:
    assert LIST.names(f"{LINUX} {CHROME} {name}")


@pytest.mark.parametrize("word", ["CUBOT X30", "Cubot_Note_S", "Botswana", "Robotics", "ViewSonic", "HTC Butterfly"])
def test_word_with_bot_in_it_or_name_of_a_phone_is_no_robot(word: str) -> None:
    assert not LIST.names(f"Mozilla/5.0 (Linux; Android 11; {word}) {CHROME}")


@pytest.mark.parametrize("agent", ["okhttp/4.12.0", "MyShop/412 CFNetwork/1496.0.7 Darwin/23.5.0"])
def test_app_of_a_person_is_no_robot_whatever_library_it_uses(agent: str) -> None:
    assert not LIST.names(agent)
