"""What other people's training loops call: a change here breaks them."""

from __future__ import annotations

import inspect

import kan_trainer
from kan_trainer import Run

SIGNATURES = {
    "__init__": (
        "(self, directory: 'str | os.PathLike[str]', *, total_steps: 'int | None' = None,"
        " total_epochs: 'int | None' = None, config: 'Mapping[str, Any] | None' = None,"
        " goals: 'Mapping[str, Goal] | None' = None, notes: 'str | None' = None, name: 'str | None' = None,"
        " task: 'str | None' = None, model: 'str | None' = None, resume: 'bool' = False,"
        " tags: 'Sequence[str] | None' = None, learning_rate_plan: 'RatePlan | None' = None,"
        " allow_control: 'bool' = False, stop_on: 'StopOn | Collection[StopOn]' = (),"
        " rank: 'int | None' = None, world_size: 'int | None' = None) -> 'None'"
    ),
    "log": (
        "(self, step: 'int', values: 'Mapping[str, Value]', *, epoch: 'int | None' = None,"
        " tokens: 'float | None' = None, samples: 'float | None' = None) -> 'None'"
    ),
    "sample": (
        "(self, step: 'int', *, input: 'str', target: 'str', generated: 'str',"
        + " match: 'float | None' = None) -> 'None'"
    ),
    "event": "(self, kind: 'str', *, step: 'int | None' = None, detail: 'str' = '') -> 'None'",
    "show_network": "(self, network: 'Network') -> 'None'",
    "paused": "(self, detail: 'str' = '') -> 'Iterator[None]'",
    "obey": (
        "(self, *, save: 'Callable[[], object] | None' = None, until: 'Callable[[], object] | None' = None) -> 'None'"
    ),
    "flush": "(self) -> 'None'",
    "doubts": "(self) -> 'str | None'",
    "finish": "(self, outcome: 'Outcome' = 'complete', message: 'str | None' = None) -> 'None'",
}


def test_the_package_offers_a_run_what_it_raises_a_training_and_nothing_else() -> None:
    assert kan_trainer.__all__ == ["Diverged", "Run", "train"]


def test_a_run_has_these_methods_and_no_others() -> None:
    public = {name for name in vars(Run) if not name.startswith("_")}
    assert public | {"__init__"} == set(SIGNATURES)


def test_their_arguments_stay_what_they_are() -> None:
    assert {name: str(inspect.signature(getattr(Run, name))) for name in SIGNATURES} == SIGNATURES


def test_every_argument_is_explained() -> None:
    for name in SIGNATURES:
        documented = inspect.getdoc(Run if name == "__init__" else getattr(Run, name)) or ""
        arguments = [name for name in inspect.signature(getattr(Run, name)).parameters if name != "self"]
        short = len(arguments) == 1 or name == "event"
        assert all(short or f"{argument}:" in documented for argument in arguments), name
