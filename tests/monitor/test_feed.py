"""The feed of a run, and the mirror that is made of it here: exact, within its budget, and trusted in nothing."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from kan_monitor.cli import main
from kan_monitor.curves import Curves
from kan_monitor.feeding.feed import Feed
from kan_monitor.frame import FrameOptions, draw_frame
from kan_monitor.ink import plain_text
from kan_monitor.sources import mirror as mirrors
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.sources.mirror import Mirror, TooMuch
from kan_monitor.sources.protocol import (
    HELLO,
    Entries,
    Message,
    NotAFeed,
    Points,
    Status,
    Words,
    decode,
    encode,
    messages_in,
)
from kan_monitor.view import build
from kan_shared.errors import NewerSchema
from kan_shared.experiment import Experiment
from kan_shared.journal import Sample
from kan_shared.series import Record, SeriesWriter, pack, unpack

from .cases import CASES
from .looking import PLACE, UTC_OPTIONS
from .making import NOW, falling, series_of
from .source import source_run

pytestmark = pytest.mark.usefixtures("home")


def carried(feed: Feed, mirror: Mirror, now: float = NOW) -> list[Message]:
    """Takes what a feed says over a wire."""
    messages = [decode(encode(message)) for message in feed.look(now)]
    for message in messages:
        mirror.take(message)
    return messages


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with closing(Mirror()) as made:
        yield made


class TestAMirror:
    def test_shows_what_the_run_itself_shows(self, case, mirror):
        if CASES[case].run is None:
            pytest.skip("there is nothing to mirror")
        CASES[case].run().write(PLACE)
        carried(Feed(PLACE), mirror)
        frames = []
        for directory in (PLACE, mirror.directory):
            source = ExperimentSource(directory)
            facts = msgspec.structs.replace(source.poll(NOW), place="somewhere")
            dashboard, curves = build(facts, UTC_OPTIONS, now=NOW), Curves(source)
            curves.refresh([dashboard.loss.series, "validation/loss"] if dashboard.loss.series else [])
            frames.append(plain_text(draw_frame(dashboard, curves, FrameOptions(), 120, 34)))
        assert frames[0] == frames[1]

    def test_has_every_file_of_a_run(self, mirror):
        source_run().write(PLACE)
        ours, theirs = Experiment(mirror.directory), Experiment(PLACE)
        theirs.config.write_text("epochs: 15\n")
        theirs.log.write_text("one\ntwo\nthr")
        feed = Feed(PLACE)
        carried(feed, mirror)
        assert ours.config.read_text() == "epochs: 15\n"
        assert ours.log.read_text() == "one\ntwo\n"
        theirs.log.write_text("one\ntwo\nthree\n")
        carried(feed, mirror)
        assert ours.log.read_text() == "one\ntwo\nthree\n"
        assert ours.events.read_text() == theirs.events.read_text()
        assert ours.series_names() == theirs.series_names()

    def test_follows_what_is_added_and_repeats_nothing(self, mirror):
        source_run().write(PLACE)
        feed = Feed(PLACE)
        carried(feed, mirror)
        writer = SeriesWriter(Experiment(PLACE).series("train/loss"))
        writer.append([Record(2401, NOW, math.nan, 0)])
        writer.close()
        said = carried(feed, mirror)
        points = next(message for message in said if isinstance(message, Points))
        assert [record[:1] + record[2:] for record in points.records] == [(2401, "NaN", 0)]
        paths = [Experiment(directory).series("train/loss") for directory in (PLACE, mirror.directory)]
        assert paths[0].stat().st_size == paths[1].stat().st_size
        assert carried(feed, mirror, NOW + 1) == []

    def test_begins_anew_with_another_run_in_the_directory(self, mirror):
        source_run().write(PLACE)
        feed = Feed(PLACE)
        carried(feed, mirror)
        other = replace(source_run(), series={"loss": series_of(falling(1, 0, 10), range(5))}, events=(), samples=())
        for name in Experiment(PLACE).series_names():
            Experiment(PLACE).series(name).unlink()
        other.but(run_id="another").write(PLACE)
        carried(feed, mirror)
        assert Experiment(mirror.directory).series_names() == ["loss"]
        assert Experiment(mirror.directory).events.read_text() == ""

    def test_takes_a_series_that_was_replaced_anew(self, mirror):
        source_run().write(PLACE)
        feed = Feed(PLACE)
        carried(feed, mirror)
        path = Experiment(PLACE).series("train/loss")
        path.unlink()
        path.write_bytes(pack([Record(1, NOW, 0.5, 0)]))
        carried(feed, mirror)
        assert Experiment(mirror.directory).series("train/loss").read_bytes() == path.read_bytes()

    def test_is_private_and_leaves_nothing_behind(self):
        made = Mirror()
        folder = made.directory.parent
        assert folder.stat().st_mode & 0o077 == 0
        made.close()
        assert not folder.exists()

    def test_moves_all_times_by_what_the_clocks_differ(self, mirror):
        source_run().write(PLACE)
        mirror.set_clock(3600.0)
        carried(Feed(PLACE), mirror)
        facts = ExperimentSource(mirror.directory).poll(NOW)
        assert facts.state.heartbeat_seconds == pytest.approx(NOW - 0.3 + 3600)
        assert facts.events[-1].seconds == pytest.approx(source_run().events[-1].seconds + 3600)
        record = next(unpack(Experiment(mirror.directory).series("train/loss").read_bytes()))
        assert record.seconds > source_run().series["train/loss"][0].seconds + 3599

    def test_takes_clocks_that_differ_by_a_moment_for_the_same(self, mirror):
        source_run().write(PLACE)
        mirror.set_clock(0.4)
        carried(Feed(PLACE), mirror)
        assert ExperimentSource(mirror.directory).poll(NOW).state.heartbeat_seconds == NOW - 0.3

    @pytest.mark.parametrize("name", ["../../escaped", "/etc/passwd", "a/../../b", "..", "x" * 190 + "/"])
    def test_lets_no_series_out_of_its_directory(self, mirror, name):
        history = Experiment(mirror.directory).history
        before = [path for path in mirror.directory.parent.rglob("*") if path.parent != history]
        mirror.take(Points(series=name, records=((1, NOW, 0.5, 0),)))
        (made,) = history.iterdir()
        assert made.resolve().parent == history.resolve()
        assert [path for path in mirror.directory.parent.rglob("*") if path.parent != history] == before

    def test_holds_only_so_much(self, mirror, monkeypatch):
        monkeypatch.setattr(mirrors, "MAX_BYTES", 1000)
        with pytest.raises(TooMuch):
            for _ in range(40):
                mirror.take(Points(series="a", records=((1, NOW, 0.5, 0),)))
        with pytest.raises(TooMuch):
            mirror.take(Words(file="log", text="x" * 2000))

    def test_holds_only_so_many_series(self, mirror, monkeypatch):
        monkeypatch.setattr(mirrors, "MAX_FILES", 3)
        with pytest.raises(TooMuch):
            for number in range(5):
                mirror.take(Points(series=str(number), records=()))

    def test_counts_only_what_it_holds(self, mirror, monkeypatch):
        """A connection that is made again brings everything again."""
        monkeypatch.setattr(mirrors, "MAX_BYTES", 1000)
        for _ in range(40):
            mirror.take(Points(series="a", records=((1, NOW, 0.5, 0),), fresh=True))

    def test_refuses_a_later_version(self, mirror):
        with pytest.raises(NewerSchema):
            mirror.take(Status(now=NOW, condition="running", state=msgspec.Raw(b'{"schema_version": 99}')))


def stream(*messages: bytes, hello: bytes = HELLO) -> bytes:
    deflate = zlib.compressobj()
    return hello + b"".join(deflate.compress(line + b"\n") for line in messages) + deflate.flush(zlib.Z_SYNC_FLUSH)


@pytest.mark.usefixtures("ssh")
class TestAHostileFeed:
    STATUS = encode(Status(now=1.0, condition="running"))

    @pytest.mark.parametrize("size", [1, 7, 10_000])
    def test_is_read_in_any_pieces_behind_a_greeting(self, size):
        data = b"Last login: today\r\n\x1b[2J" + stream(self.STATUS, self.STATUS)
        chunks = [data[at : at + size] for at in range(0, len(data), size)]
        assert [message.condition for message in messages_in(iter(chunks))] == ["running", "running"]

    def test_unfolds_no_bomb(self):
        bomb = stream(b'{"type":"words","file":"log","text":"' + b"x" * 50_000_000 + b'"}')
        assert len(bomb) < 100_000
        with pytest.raises(NotAFeed, match="a line of it has no end"):
            list(messages_in(iter([bomb])))

    @pytest.mark.parametrize(
        "line",
        [
            b"{",
            b"[]",
            b'{"type":"rm"}',
            b'{"type":"words","file":"../x","text":""}',
            b'{"type":"points","series":"a","records":[[1,2,3]]}',
            b'{"type":"points","series":"a","records":[[1e99,2,3,4]]}',
            b'{"type":"points","series":"a","records":[[1,2,"nan",4]]}',
            b'{"type":"points","series":"","records":[]}',
            b'{"type":"status","now":1,"condition":"fine"}',
            b"[" * 100_000,
        ],
    )
    def test_is_typed(self, line):
        with pytest.raises(NotAFeed):
            list(messages_in(iter([stream(line)])))

    def test_that_never_begins_is_left(self):
        with pytest.raises(NotAFeed, match="does not begin like one"):
            list(messages_in(iter([b"y\n" * 1000] * 100)))

    def test_is_refused_in_one_sentence(self, capsys):
        assert main(["ssh://box/x", "--once", "--remote-command", "printf 'kan-monitor feed 1\\nrubbish'; true"]) == 2
        assert "what box sends is no feed of a kan-monitor" in capsys.readouterr().err


class TestTheFeed:
    def test_of_a_long_history_is_short_and_keeps_its_spike(self, mirror):
        losses = series_of(falling(5.0, 1.0, 9000), range(60_000))
        losses[12_345] = losses[12_345]._replace(value=4.9)
        losses[23_456] = losses[23_456]._replace(value=math.nan)
        replace(source_run(), series={"train/loss": losses}).write(PLACE)
        said = carried(Feed(PLACE), mirror)
        assert sum(len(encode(message)) for message in said) < 300_000
        kept = list(unpack(Experiment(mirror.directory).series("train/loss").read_bytes()))
        assert len(kept) < 4200
        assert {12_345, 23_456, 0, 59_999} <= {record.step for record in kept}
        assert [record.step for record in kept] == sorted(record.step for record in kept)

    def test_says_the_state_and_the_main_series_first(self):
        source_run().write(PLACE)
        said = list(Feed(PLACE).look(NOW))
        assert isinstance(said[0], Status)
        assert next(message.series for message in said if isinstance(message, Points)) == "train/loss"

    def test_of_many_fast_series_stays_within_its_budget(self):
        """A hundred series of a thousand steps a second."""
        names = [f"layer.{number}/norm" for number in range(99)] + ["train/loss"]
        replace(source_run(), series={name: [Record(0, NOW, 1.0, 0)] for name in names}).write(PLACE)
        feed, experiment, sizes, turns = Feed(PLACE), Experiment(PLACE), [], []
        deflate = zlib.compressobj()
        list(feed.look(NOW))
        for look in range(20):
            for name in names:
                with open(experiment.series(name), "ab") as file:
                    records = [Record(look * 500 + step, NOW, math.sin(step) / 7, 0) for step in range(1, 501)]
                    file.write(pack(records) if name == "train/loss" else pack(records[:20]))
            said = list(feed.look(NOW + look / 2))
            turns += [message.series for message in said if isinstance(message, Points)]
            data = b"".join(encode(message) + b"\n" for message in said)
            sizes.append(len(deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH)))
        assert max(sizes[2:]) < 2500  # twice a second: less than 5 KB/s
        assert set(turns) == set(names)  # nobody waits for ever
        assert turns.count("train/loss") == 20

    def test_says_nothing_while_nothing_changes_but_a_sign_of_life(self):
        source_run().write(PLACE)
        feed = Feed(PLACE)
        list(feed.look(NOW))
        assert [list(feed.look(NOW + seconds)) for seconds in (0.5, 1.0, 4.5)] == [[], [], []]
        assert isinstance(next(feed.look(NOW + 5.5)), Status)

    def test_leaves_out_of_a_log_what_is_too_much(self, mirror):
        source_run().write(PLACE)
        log = Experiment(PLACE).log
        log.write_text("x" * 99 + "\n")
        feed = Feed(PLACE)
        carried(feed, mirror)
        with log.open("a") as file:
            file.write("".join(f"line {number}\n" for number in range(10_000)))
        carried(feed, mirror)
        text = Experiment(mirror.directory).log.read_text()
        assert text.endswith("line 9999\n")
        assert "bytes are not shown here …" in text
        assert len(text) < 4096

    def test_sends_the_newest_of_many_large_samples(self):
        samples = [
            Sample(seconds=NOW, step=step, input="x" * 8000, target="y" * 8000, generated="z" * 8000)
            for step in range(50)
        ]
        replace(source_run(), samples=samples).write(PLACE)
        entries = next(message for message in Feed(PLACE).look(NOW) if isinstance(message, Entries))
        assert [sample.step for sample in entries.samples] == [45, 46, 47, 48, 49]
        assert len(entries.events) == 5

    def test_waits_for_a_run_that_is_not_there(self):
        status = next(iter(Feed(Path("later")).look(NOW)))
        assert isinstance(status, Status)
        assert (status.condition, bytes(status.state), status.error) == ("waiting", b"null", "NoSuchRun")

    def test_needs_no_numpy_for_a_short_run(self, spawn):
        replace(source_run(), series={"train/loss": source_run().series["train/loss"][:500]}).write(PLACE)
        code = """
import sys
from pathlib import Path
from kan_monitor.commands import feed
list(feed.Feed(Path(sys.argv[1])).look(0.0))
print(sorted({"numpy", "rich", "textual"} & set(sys.modules)))
"""
        assert spawn(code, PLACE).communicate()[0] == "[]\n"
