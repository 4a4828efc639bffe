"""Editions made as a Beam batch: the same files as on one machine."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from desk import DAY, Desk, Item, wire
from reading import counts, publish, texts

from copytaster.beam import editions as beam_editions
from copytaster.beam.editions import make_on_beam
from copytaster.editions.catalog import open_tables
from copytaster.editions.holdings import Holdings
from copytaster.editions.made import Made
from copytaster.editions.publishing import Publisher
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage


def publish_by_beam(log: LakeLog, max_articles: int) -> list[Made]:
    """Publishes all that waits, each edition made by Beam's runner in this process."""
    options = PipelineOptions(["--runner=FnApiRunner"])
    with Holdings(log.storage) as holdings:
        publisher = Publisher(log, open_tables(log), holdings, lambda cut: make_on_beam(log, cut, None, options))
        return list(publisher.publish(max_articles))


@pytest.fixture
def troubled(desk: Desk) -> Desk:
    """A lake with corrections, withdrawals, one version twice, letters that come again and letters that stay."""
    desk.take(wire(5))
    desk.take([Item("late", "Old.", modified_at=DAY), Item("x", broken=True), Item("y", broken=True)], "post")
    desk.take([Item("wire-000001", "Corrected."), Item("wire-000002", None), Item("wire-000003"), Item("wire-000003")])
    desk.redrive({1: Item("late", "Older.", modified_at=DAY - timedelta(days=1)), 2: Item("y", broken=True)}, "post")
    desk.take([Item("late", "New.", modified_at=DAY + timedelta(days=1)), Item("wire-000004", None)], "post")
    desk.take([Item("wire-000004", "Back."), Item("wire-000002", None)])
    return desk


@pytest.mark.parametrize("max_articles", [4, 1000])
def test_the_same_bytes(troubled: Desk, tmp_path: Path, max_articles: int) -> None:
    """Each edition is made of the same files, with the same changes, whichever way; and each can go on with the other."""
    shutil.copytree(tmp_path / "lake", tmp_path / "other")
    other = LakeLog(Storage(str(tmp_path / "other")))
    here = publish(troubled.log, max_articles)
    there = publish_by_beam(other, max_articles)
    assert len(here) > 1 or max_articles > 4
    assert there == here
    assert texts(other) == texts(troubled.log)
    troubled.take([Item("wire-000001", None), Item("new")])
    (last,) = publish_by_beam(troubled.log, max_articles)
    assert (last.articles, last.removed) == (1, 1)
    assert "wire-000001" not in texts(troubled.log)


def test_several_files_a_day(troubled: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is much, a day's rows go into several files, an article's into one; the rows are the same."""
    shutil.copytree(tmp_path / "lake", tmp_path / "other")
    other = LakeLog(Storage(str(tmp_path / "other")))
    publish(troubled.log)
    monkeypatch.setattr(beam_editions, "SHARD_RECORDS", 5)
    (made,) = publish_by_beam(other, 1000)
    assert len(made.files["quotes"]) > 2
    assert texts(other) == texts(troubled.log)
    assert counts(other) == counts(troubled.log)


def test_a_block_that_was_changed(troubled: Desk, tmp_path: Path) -> None:
    """A file that is not what its manifest says ends the batch, and nothing is recorded."""
    broken = next(iter((tmp_path / "lake" / "quotes").rglob("*.parquet")))
    broken.write_bytes(broken.read_bytes()[:-1] + b"!")
    with pytest.raises(Exception, match=r"the file was changed\. Restore it from a backup"):
        publish_by_beam(troubled.log, 1000)
    assert not (tmp_path / "lake" / "_log" / "editions_made").exists()
