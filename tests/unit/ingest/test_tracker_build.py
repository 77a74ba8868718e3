"""The committed scripts are what the source gives, and as small as promised."""

import re
from pathlib import Path

import pytest

from appliance.anonymize.source_table import CLICK_IDS
from scripts import tracker


@pytest.mark.parametrize("build", tracker.builds(), ids=lambda build: build.name)
def test_built_script_is_up_to_date_and_small(build: tracker.Build) -> None:
    assert (tracker.TRACKER / build.name).read_text(encoding="utf-8") == build.text, "run `make tracker`"
    assert build.compressed_bytes <= build.limit_bytes


def test_builds_fit_their_promises() -> None:
    assert [(build.name, build.limit_bytes) for build in tracker.builds()] == [
        ("script.js", 1_100),
        ("script.full.js", 2_000),
    ]


def test_small_build_has_no_part_that_is_marked_as_full() -> None:
    small, full = (build.text for build in tracker.builds())
    assert "File Download" in full
    assert "File Download" not in small
    assert "/*" not in small + full


def test_click_ids_that_mean_paid_traffic_are_told_by_their_names() -> None:
    source = (tracker.TRACKER / "source.js").read_text(encoding="utf-8")
    told = re.search(r"CAMPAIGN = /(.+)/gi;", source)
    assert told is not None
    paid = [name for name, click in CLICK_IDS.items() if click.paid]
    untold = {name for name in paid if re.findall(told[1], f"?{name}=secret") == []}
    # The first two come beside another one; the rest is rare.
    assert untold == {"gclsrc", "gad_source", "n_media", "dicbo", "cto_pld"}


def test_check_refuses_a_build_that_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "source.js").write_text("(() => { let longName = 1; /* full: */ send(longName) /* :full */ })()")
    monkeypatch.setattr(tracker, "TRACKER", tmp_path)
    assert tracker.main(["--check"]) == 1
    assert "make tracker" in capsys.readouterr().err
    assert tracker.main([]) == 0
    assert "script.js: " in capsys.readouterr().out
    assert tracker.main(["--check"]) == 0
    (tmp_path / "script.js").write_text("old")
    assert tracker.main(["--check"]) == 1
