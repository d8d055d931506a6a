"""Settings: their layers, what contradicts them, and the sentence for each mistake."""

from __future__ import annotations

import re
import time
from pathlib import Path

import msgspec
import pytest
import yaml

from kan_shared.errors import DirectoryTaken, NoSuchRun, UsageError
from kan_shared.experiment import Experiment
from kan_trainer.command.options import parse
from kan_trainer.command.plan import Plan, new_directory, plan
from kan_trainer.command.settings import changed, read_yaml, settings_of
from kan_trainer.config import (
    ClassifyConfig,
    Dqn2048Config,
    FinetuneConfig,
    PretrainConfig,
    RegressConfig,
    TrainConfig,
)
from kan_trainer.config.steps import TrainingConfig

#: The settings of every training, as they are by themselves.
ALL = [RegressConfig(), ClassifyConfig(), Dqn2048Config(), FinetuneConfig(), PretrainConfig()]


def planned(*argv: str) -> Plan:
    return plan(parse(list(argv)))


def saved_run(directory: Path, config: TrainConfig) -> Path:
    directory.mkdir()
    Experiment(directory).config.write_text(yaml.safe_dump(msgspec.to_builtins(config)))
    return directory


@pytest.mark.parametrize(
    "config", [RegressConfig(), ClassifyConfig(), Dqn2048Config(), FinetuneConfig(), PretrainConfig()]
)
def test_every_setting_is_described_and_has_a_flag_of_its_own(config: TrainConfig) -> None:
    settings = list(settings_of(config))
    assert len({setting.flag for setting in settings}) == len(settings) > 15
    assert all(setting.description for setting in settings)


@pytest.mark.parametrize(
    "config", [RegressConfig(), ClassifyConfig(), Dqn2048Config(), FinetuneConfig(), PretrainConfig()]
)
def test_a_config_is_the_same_after_yaml(config: TrainConfig) -> None:
    content = yaml.safe_load(yaml.safe_dump(msgspec.to_builtins(config)))
    assert changed(config, content) == config


def test_flags_go_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("data: {function: runge}\ntraining:\n  epochs: 7\n  learning_rate: 1e-3\nnetwork:\n")
    config = planned("regress", "--config", str(file), "--epochs", "9", "--hidden", "16,4").config
    assert config.training.epochs == 9
    assert config.training.learning_rate == 0.001  # which YAML 1.1 takes for text
    assert config.training.batch_size == TrainingConfig(epochs=1, learning_rate=1, weight_decay=0).batch_size
    assert config.network == msgspec.structs.replace(RegressConfig().network, hidden=(16, 4))
    assert isinstance(config, RegressConfig) and config.data.function == "runge"


def test_lists_on_the_command_line() -> None:
    assert planned("regress", "--hidden", "").config.network.hidden == ()
    assert planned("regress", "--hidden", "8").config.network.hidden == (8,)
    assert planned("regress", "--grid-range=-2,2").config.network.grid_range == (-2, 2)


def test_paths_are_kept_from_where_they_were_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert planned("regress", "--csv", "a.csv", "--target", "y").config.data.csv == str(tmp_path / "a.csv")
    config = planned("classify", "--dataset", "mnist").config
    assert isinstance(config, ClassifyConfig) and config.data.dataset == str(tmp_path / "mnist")
    config = planned("classify", "--dataset", "digits").config
    assert isinstance(config, ClassifyConfig) and config.data.dataset == "digits"


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        (["--epochs", "many"], "--epochs must be a whole number, not 'many'."),
        (["--epochs", "1.5"], "--epochs must be a whole number, not '1.5'."),
        (["--epochs", "0"], "epochs must be at least 1, not 0."),
        (["--learning-rate", "fast"], "--learning-rate must be a number, not 'fast'."),
        (["--learning-rate", "0"], "learning_rate must be more than 0, not 0.0."),
        (["--learning-rate", "nan"], "learning_rate must be more than 0, not nan."),
        (["--weight-decay", "-1"], "weight_decay must be 0 or more, not -1.0."),
        (["--clip", "inf"], "clip must be 0 or more, not inf."),
        (["--warmup", "2"], "warmup must be between 0 and 1, not 2.0."),
        (["--seed", "-1"], "seed must be between 0 and 2^63 - 1, not -1."),
        (["--validate-every", "-1"], "validate_every must be 0 or more, not -1."),
        (["--validation-fraction", "1"], "validation_fraction must be between 0 and 1, not 1.0."),
        (["--hidden", "8,x"], "--hidden must be a list of whole numbers, not ['8', 'x']."),
        (["--hidden", "8,0"], "hidden must be numbers of at least 1, not (8, 0)."),
        (["--grid-range", "1"], "--grid-range must be 2 numbers, not ['1']."),
        (["--spline-order", "8"], "spline_order must be 1 … 7, not 8."),
        (["--function", "cube"], "--function must be one of exponential, product, runge, sinusoid, not 'cube'."),
        (["--device", "tpu"], "--device must be one of auto, cpu, cuda, not 'tpu'."),
        (["--epoch", "3"], "unrecognized arguments: --epoch 3 (kan-train --help tells more)."),
        (["--epochs"], "argument --epochs: expected one argument (kan-train --help tells more)."),
        (["--format", "xml"], "argument --format: invalid choice: 'xml'"),
        (["--stop-on", "boredom"], "--stop-on: 'boredom' is nothing to stop on: there are"),
        (["--resume"], "--resume goes on with the run in --output DIR: say which."),
    ],
)
def test_mistakes_on_the_command_line(argv: list[str], complaint: str) -> None:
    with pytest.raises(UsageError, match=re.escape(complaint)):
        planned("regress", *argv)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("training: {epoch: 3}", "there is no setting training.epoch: did you mean epochs?"),
        ("optimizer: {}", "there is no setting optimizer: there are task, data, network, training."),
        ("training: 3", "training must hold settings of its own, not 3."),
        ("training: {epochs: many}", "training.epochs must be a whole number, not 'many'."),
        ("training: {epochs: null}", "training.epochs must be a whole number, not None."),
        ("network: {hidden: 8}", "network.hidden must be a list of whole numbers, not 8."),
        ("network: {base: relu}", "network.base must be one of identity, silu, not 'relu'."),
        ("data: {csv: 3}", "data.csv must be text, not 3."),
        ("training: {clip: -1}", "clip must be 0 or more, not -1.0."),
        ("task: classify", "these are settings for kan-train classify, not for kan-train regress."),
        ("- 1", "holds no settings"),
        ("", "holds no settings"),
        ("a: [", "is no YAML file"),
        ("a: !!python/object/apply:os.system [ls]", "is no YAML file"),
    ],
)
def test_mistakes_in_a_file(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(content)
    with pytest.raises(UsageError, match=re.escape(complaint)) as raised:
        changed(RegressConfig(), read_yaml(file), str(file))
    assert str(raised.value).startswith(str(file))
    assert "\n" not in str(raised.value)


def test_a_resumed_run_has_the_settings_it_had(tmp_path: Path) -> None:
    config = changed(RegressConfig(), {"data": {"function": "runge"}, "training": {"epochs": 5}})
    output = str(saved_run(tmp_path / "run", config))
    assert planned("regress", "--resume", "--output", output).config == config
    assert planned("regress", "--resume", "--output", output, "--epochs", "5").config == config
    with pytest.raises(UsageError, match=r"--epochs 6 contradicts the run in .*, which has 5"):
        planned("regress", "--resume", "--output", output, "--epochs", "6")
    with pytest.raises(UsageError, match="these are settings for kan-train regress, not for kan-train classify"):
        planned("classify", "--resume", "--output", output)


def test_what_cannot_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRun, match="holds no run of kan-train"):
        planned("regress", "--resume", "--output", str(tmp_path / "nowhere"))
    Experiment(tmp_path).config.write_text("learning_rate: 3\n")
    with pytest.raises(UsageError, match="was not written by kan-train"):
        planned("regress", "--resume", "--output", str(tmp_path))


@pytest.mark.parametrize("name", ["state.json", "config.yaml", "metrics.json", "checkpoints"])
def test_a_directory_that_holds_something_is_not_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("precious")
    with pytest.raises(DirectoryTaken):
        planned("regress", "--output", str(tmp_path))


def test_new_directories_are_never_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    stem = time.strftime("experiments/regress-%Y%m%d-%H%M%S", time.localtime(1e9))
    names = [str(new_directory("regress", now=1e9)) for _ in range(3)]
    assert names == [stem, f"{stem}-2", f"{stem}-3"]


def test_a_new_directory_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "experiments").write_text("a file, where a folder should be")
    with pytest.raises(UsageError, match=r"cannot be made .Not a directory.: choose one with --output"):
        new_directory("regress")
