"""The filter language: what it finds, and how it says what is wrong with a filter."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.runs.fields import matches, needs_of
from kan_monitor.runs.index import Index, Known, Needs, learn
from kan_monitor.runs.parser import QueryError, parse, parse_beginning
from kan_monitor.runs.query import FIELDS, OPERATORS, AllOf, AnyOf, Comparison, Not, Word
from kan_monitor.runs.values import number_of, seconds_of
from kan_shared.errors import EXIT_USAGE

from .cases import CASES, kan_run
from .making import NOW
from .source import source_run

ROOT = Path("experiments")
EVERYTHING = Needs(config=True, smoothed=frozenset({"", "val/loss", "r2"}))
CONFIG = """
lr: 1e-3
seed: 7
name of it: two words
model:
  layers: [4, 8, 1]
  grid: {size: 5}
optimizer:
  name: Adam
  betas: [0.9, 0.999]
scheduler:
  name: cosine
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> dict[str, Known]:
    """The runs that all of these tests ask for."""
    root = tmp_path_factory.mktemp("many") / "experiments"
    source_run().but(tags=("baseline", "long run")).write(root / "qwen")
    (root / "qwen" / "config.yaml").write_text(CONFIG)
    kan_run().write(root / "kan-digits")
    (root / "kan-digits" / "config.yaml").write_text("lr: 0.02\nmodel: {layers: [1, 5, 1]}\n")
    for name in ("crashed", "complete", "unknown"):
        CASES[name].run().write(root / name)
    (root / "broken").mkdir()
    (root / "broken" / "state.json").write_text("{")
    index = Index(root)
    index.look()
    learn(index.runs, EVERYTHING)
    return {run.name: run for run in index.runs}


@pytest.fixture
def found(runs):
    """The names of the runs that a filter finds."""

    def find(text: str) -> set[str]:
        query = parse(text)
        assert query is not None
        return {name for name, run in runs.items() if matches(query, run, NOW)}

    return find


class TestFinds:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("status:running", {"qwen", "kan-digits", "unknown"}),
            ("crashed", {"crashed"}),
            ("status=crashed or status=complete", {"crashed", "complete"}),
            ("status!=running", {"crashed", "complete"}),
            ("not crashed running", {"qwen", "kan-digits", "unknown"}),
            ("tag:baseline", {"qwen"}),
            ("tags~long", {"qwen"}),
            ("tag:'long run'", {"qwen"}),
            ("tag!=baseline", {"kan-digits", "crashed", "complete", "unknown"}),
            ("digits", {"kan-digits"}),
            ("name~DIGITS", {"kan-digits"}),
            ("name=kan-digits", {"kan-digits"}),
            ("task:regress", {"kan-digits"}),
            ("model~qwen step>=4.5k", {"complete"}),
            ("step>2k step<4.5K", {"qwen", "crashed"}),
            ("progress>50%", {"qwen", "crashed", "complete", "kan-digits"}),
            ("age<1s", {"qwen", "kan-digits", "unknown"}),
            ("age>1h", {"complete"}),
            ("age>=2h age<=1d", {"complete"}),
            ("duration>4m running", {"qwen"}),
            ("host:laptop", {"kan-digits"}),
            ("val/loss<=0.3", {"kan-digits"}),
            ("validation/loss > 2.3 and crashed", {"crashed"}),
            ("loss>1", {"qwen", "crashed", "complete"}),
            ("best<1", {"kan-digits"}),
            ("best(r2)>0.9", {"kan-digits"}),
            ("best(val/loss)<1", {"kan-digits"}),
            ("smooth(r2)>0.9", {"kan-digits"}),
            ("smooth(r2)>0.9999", set()),
            ("smooth(val/loss)<1", {"kan-digits"}),
            ("smooth>2", {"qwen", "crashed", "complete"}),
            ("r2>0.999", {"kan-digits"}),
            ("lr<=1e-3", {"qwen", "crashed", "complete"}),
            ("learning_rate<1e-3", {"qwen", "crashed", "complete"}),
            ("lr=.001", {"qwen"}),
            ("lr>0.01", {"kan-digits"}),
            ("config.lr>0", {"qwen", "kan-digits"}),
            ("config.r2>0", set()),
            ("model.layers=[4,8,1]", {"qwen"}),
            ("layers~5", {"kan-digits"}),
            ("model.grid.size=5", {"qwen"}),
            ("size=5", {"qwen"}),
            ("optimizer.name=adam", {"qwen"}),
            ("optimizer.name<b", {"qwen"}),
            ("'name of it'='two words'", {"qwen"}),
            ("lr=nothing", set()),
            ("lr!=nothing", {"qwen", "kan-digits", "crashed", "complete"}),
        ],
    )
    def test_what_is_asked_for(self, found, text, expected):
        assert found(text) == expected

    def test_all_without_a_filter(self):
        assert parse("  ") is None

    def test_by_the_rules_of_precedence(self, found):
        assert found("crashed or complete and step>4000") == {"crashed", "complete"}
        assert found("(crashed or complete) and step>4000") == {"complete"}
        assert found("not (crashed or running)") == {"complete"}
        assert found("not not crashed") == {"crashed"}

    def test_a_key_of_which_there_are_two_is_not_guessed(self, found):
        """`model.name` and `scheduler.name` end alike, and `name` is the run's own."""
        assert found("betas~0.9") == {"qwen"}
        assert found("config.name=cosine") == set()

    def test_a_loss_that_is_no_number(self, tmp_path):
        CASES["nan-loss"].run().write(tmp_path / "nan")
        index = Index(tmp_path)
        index.look()
        learn(index.runs, EVERYTHING)
        answers = {text: matches(parse(text), index.runs[0], NOW) for text in ("loss=nan", "loss>3", "loss!=nan")}
        assert answers == {"loss=nan": True, "loss>3": False, "loss!=nan": False}


class TestUnknown:
    """Three values: what is not known neither matches a comparison nor its opposite."""

    @pytest.mark.parametrize("text", ["lr<1", "not lr<1", "lr!=1", "loss<1", "not loss<1", "best>0", "smooth>0"])
    def test_never_matches(self, found, text):
        assert "unknown" not in found(text)

    def test_does_not_keep_the_rest_from_matching(self, found):
        assert "unknown" in found("lr<1 or running")
        assert "unknown" not in found("lr<1 running")
        assert "unknown" in found("not (lr<1 and crashed)"), "whatever its lr is"

    def test_is_all_of_a_run_that_cannot_be_read(self, runs):
        answers = [matches(parse(text), runs["broken"], NOW) for text in ("step>1", "not step>1", "broken", "not x")]
        assert answers == [None, None, True, None]

    def test_is_no_task_that_a_run_does_not_have(self, found):
        assert "unknown" in found("not digits")


class TestIsRefused:
    @pytest.mark.parametrize(
        ("text", "at", "reason"),
        [
            ("lr<", 3, "a value is missing after <"),
            ("lr< or x", 4, "or is a word of the language: a value of that name is quoted"),
            ("<3", 0, "a name is missing before <"),
            ("(a or b", 0, "this ( is not closed"),
            ("a or b)", 6, "this ) closes nothing"),
            ("a or", 4, "something is missing at the end"),
            ("not", 3, "something is missing at the end"),
            ("and a", 0, "something is missing before and"),
            ("a or or b", 5, "something is missing before or"),
            ("()", 1, "something is missing before )"),
            ("name='x", 5, "this quotation mark is not closed"),
            ("'x", 0, "this quotation mark is not closed"),
            ("worst(loss)<1", 0, "there is no worst(…): there are best(metric) and smooth(metric)"),
            ("best()<1", 0, "best() needs the name of a metric, such as best(validation/loss)"),
            ("best(loss)", 0, "best(loss) is compared with nothing: write best(loss)<1, say"),
            ("age<soon", 4, "age is compared with a time, such as 90s, 30m, 2h or 1d"),
            ("step>many", 5, "step is compared with a number, such as 0.3, 1e-3 or 10k"),
            ("best(x)=low", 8, "best(x) is compared with a number, such as 0.3, 1e-3 or 10k"),
            ("status:runing", 7, "status is one of waiting, running, slow, paused, stalled, crashed"),
            ("a !", 2, "this is not understood"),
            ("=" * 2000, 1000, "it is longer than 1000 characters"),
            ("(" * 100, 51, "it is nested deeper than 50 levels"),
            ("not " * 100, 204, "it is nested deeper than 50 levels"),
        ],
    )
    def test_in_one_sentence_that_says_where(self, text, at, reason):
        with pytest.raises(QueryError) as refused:
            parse(text)
        assert refused.value.problem.startswith(reason)
        assert refused.value.at == at
        assert str(refused.value).startswith(f"the filter is wrong at character {at + 1}: {reason}")
        assert refused.value.exit_code == EXIT_USAGE


class TestABeginning:
    """What is in force while the rest is typed."""

    @pytest.mark.parametrize(
        ("text", "understood"),
        [("best<3 lr<", "best<3"), ("a or b and (c", "a or b"), ("lr<", ""), ("", ""), ("(a or b", ""), ("x 'y", "x")],
    )
    def test_is_as_much_as_can_be_understood(self, text, understood):
        assert repr(parse_beginning(text)) == repr(parse(understood))


class TestNeeds:
    """A file is only read when a filter cannot do without it."""

    @pytest.mark.parametrize(
        ("text", "needs"),
        [
            ("running", Needs()),
            ("val/loss<1 best(x)<1 age<2h name~x", Needs()),
            ("lr<1", Needs(config=True)),
            ("not (a or b<1)", Needs(config=True)),
            ("smooth(val/loss)<1 or smooth>1", Needs(smoothed=frozenset({"val/loss", ""}))),
        ],
    )
    def test_are_those_of_what_is_compared(self, text, needs):
        assert needs_of(parse(text)) == needs

    def test_are_none_of_a_list_by_age_or_name(self):
        assert needs_of(None, "age") is needs_of(None, "name") is None
        assert needs_of(None, "best") == Needs()


STATE = source_run().state
words = st.text(st.characters(codec="utf-8", exclude_characters="\"'"), min_size=1, max_size=12)
values = st.one_of(words, st.floats().map(str), st.sampled_from(["2h", "10k", "it's", 'a "b"', "not", "[4, 8]"]))
names = words.filter(lambda name: name.lower() not in (*FIELDS, "tags", "elapsed", "done", "smoothed", "condition"))
metrics = st.text("abc/_- ", min_size=1, max_size=9).filter(str.strip).map(lambda text: text.strip())
fields = st.one_of(names, metrics.map(lambda name: f"best({name})"), st.sampled_from(["name", "task", "tag", "host"]))
terms = st.one_of(
    st.builds(Word, words),
    st.builds(Comparison, names, st.sampled_from(OPERATORS), values),
    st.builds(Comparison, metrics.map(lambda name: f"smooth({name})"), st.just("<"), st.floats().map(str)),
)
queries = st.recursive(
    terms,
    lambda part: st.one_of(
        st.builds(Not, part),
        st.builds(lambda parts: AllOf(tuple(parts)), st.lists(part, min_size=2, max_size=3)),
        st.builds(lambda parts: AnyOf(tuple(parts)), st.lists(part, min_size=2, max_size=3)),
    ),
    max_leaves=8,
)


class TestLaws:
    @given(queries)
    def test_a_query_can_be_written_and_read_again(self, query):
        text = str(query)
        if len(text) <= 1000:
            assert repr(parse(text)) == repr(query), "a named tuple equals any other of its parts"

    @given(st.one_of(st.text(), st.text("ab()<>=!~:'\" ornt.1", max_size=40)))
    def test_a_text_is_a_query_or_refused_with_a_place_in_it(self, text):
        try:
            parse(text)
        except QueryError as error:
            assert 0 <= error.at <= len(text)
            assert str(error).count("\n") == 0 or "\n" in text

    @given(queries)
    def test_any_query_can_be_asked_of_any_run(self, query):
        run = Known("nowhere", "nowhere")
        assert matches(query, run, NOW) in (True, False, None)
        run.state = STATE
        answer = matches(query, run, NOW)
        assert matches(Not(query), run, NOW) == (None if answer is None else not answer)


class TestValues:
    @pytest.mark.parametrize(
        ("text", "number"),
        [("1e-3", 0.001), ("10k", 1e4), ("1.5M", 1.5e6), ("50%", 50), ("-.5", -0.5), ("1_000", 1000), ("−2", -2)],
    )
    def test_are_numbers(self, text, number):
        assert number_of(text) == pytest.approx(number)

    @pytest.mark.parametrize("text", ["", "x", "1e", "1,000", "10 kk", "1_", "__", "0x10"])
    def test_or_are_none(self, text):
        assert number_of(text) is None

    @pytest.mark.parametrize(
        ("text", "seconds"), [("90", 90), ("9s", 9), ("30m", 1800), ("1.5h", 5400), ("2d", 172800)]
    )
    def test_are_times(self, text, seconds):
        assert seconds_of(text) == seconds

    def test_may_be_no_number_at_all(self):
        assert math.isnan(number_of("NaN"))
        assert number_of("-inf") == -math.inf
