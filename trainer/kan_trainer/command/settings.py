"""Settings laid over settings: a YAML file over the defaults of a task, the command line over both.

Everything that can be set is found in the types of `config` itself, so that flags, files and errors never disagree.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec
from msgspec import inspect

from kan_shared.errors import UsageError
from kan_trainer.config import TrainConfig, task_name


class Setting(NamedTuple):
    """One setting.

    Attributes:
        section, name: Where it stands.
        value: What it is.
        kind: The type it takes.
        description: What it is for.
    """

    section: str
    name: str
    value: Any
    kind: inspect.Type
    description: str

    @property
    def flag(self) -> str:
        """How the command line calls it."""
        return "--" + self.name.replace("_", "-")

    @property
    def text(self) -> str:
        """Its value as the command line takes it."""
        return ",".join(map(str, self.value)) if self.is_list else str(self.value)

    @property
    def is_list(self) -> bool:
        """Whether it takes several values."""
        return isinstance(self.kind, inspect.TupleType | inspect.VarTupleType)

    @property
    def is_list_of_text(self) -> bool:
        """Whether it takes several words."""
        return isinstance(self.kind, inspect.VarTupleType) and isinstance(self.kind.item_type, inspect.StrType)


def settings_of(config: TrainConfig) -> Iterator[Setting]:
    """Every setting of `config`, in the order of its types."""
    struct = cast(inspect.StructType, inspect.type_info(type(config)))
    for section in struct.fields:
        for field in cast(inspect.StructType, section.type).fields:
            described: Any = field.type  # every setting is, and a test says so
            value = getattr(getattr(config, section.name), field.name)
            description = described.extra_json_schema["description"]
            yield Setting(section.name, field.name, value, _without_none(described.type), description)


def changed(config: TrainConfig, changes: Mapping[str, Any], source: str = "") -> TrainConfig:
    """`config` with `changes`, which are nested as in a YAML file.

    Args:
        config: What is changed.
        changes: Settings by section and name.
        source: The file they come from, for complaints; the command line if not given.

    Raises:
        UsageError: A setting that there is none of, or a value that cannot be used.
    """
    where = source and f"{source}: "
    task = changes.get("task", task_name(config))
    if task != task_name(config):
        raise UsageError(f"{where}these are settings for kan-train {task}, not for kan-train {task_name(config)}.")
    merged = _merged(msgspec.to_builtins(config), changes, where)
    try:
        return msgspec.convert(merged, type(config), strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(where + _complaint(config, merged, str(error), bool(source))) from None
    except UsageError as error:
        raise UsageError(f"{where}{error}") from None


def read_yaml(path: Path) -> Mapping[str, Any]:
    """The mapping in the YAML file `path`.

    Raises:
        UsageError: It cannot be read, or holds no mapping.
    """
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no YAML file: {' '.join(str(error).split())}.") from error
    if not isinstance(content, Mapping):
        raise UsageError(f"{path} holds no settings: it should begin with one such as `training:`.")
    return content


def _merged(settings: dict[str, Any], changes: Mapping[str, Any], where: str, path: str = "") -> dict[str, Any]:
    merged = dict(settings)
    for name, value in changes.items():
        if name not in settings:
            raise UsageError(f"{where}there is no setting {path}{name}: {_alternatives(str(name), settings)}")
        if not isinstance(settings[name], dict):
            merged[name] = value
        elif isinstance(value, Mapping):
            merged[name] = _merged(settings[name], value, where, f"{path}{name}.")
        elif value is not None:  # a section all of whose lines are commented out
            raise UsageError(f"{where}{path}{name} must hold settings of its own, not {value!r}.")
    return merged


def _alternatives(name: str, settings: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, settings, 1)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(settings)}."


def _complaint(config: TrainConfig, merged: Mapping[str, Any], problem: str, from_file: bool) -> str:
    """A sentence in place of msgspec's: which setting, what it takes, what it was given."""
    path = re.search(r"`\$\.(\w+)\.(\w+)", problem)
    for setting in settings_of(config):
        if path and path.groups() == (setting.section, setting.name):
            name = f"{setting.section}.{setting.name}" if from_file else setting.flag
            return f"{name} must be {_expected(setting.kind)}, not {merged[setting.section][setting.name]!r}."
    return f"{problem}."


def _without_none(kind: inspect.Type) -> inspect.Type:
    """A setting that may be left out takes `None` beside its own type."""
    return kind.types[0] if isinstance(kind, inspect.UnionType) else kind


def _expected(kind: inspect.Type) -> str:
    match kind:
        case inspect.IntType():
            return "a whole number"
        case inspect.FloatType():
            return "a number"
        case inspect.BoolType():
            return "true or false"
        case inspect.LiteralType(values):
            return "one of " + ", ".join(map(str, values))
        case inspect.VarTupleType(item_type=inspect.StrType()):
            return "a list of words"
        case inspect.VarTupleType():
            return "a list of whole numbers"
        case inspect.TupleType(item_types):
            return f"{len(item_types)} numbers"
        case _:
            return "text"
