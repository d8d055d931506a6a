"""Functions that add, and tests of them of various lengths, as files."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

ROWS = 30


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the three splits. Nobody writes into it."""
    folder, chance = tmp_path_factory.mktemp("corpus"), random.Random(0)
    for split, count in (("train", ROWS), ("validation", 5), ("test", 4)):
        with open(folder / f"{split}.jsonl", "w") as file:
            for number in range(count):
                name, more = f"add_{split}_{number}", chance.randrange(90)
                function = f"pub fn {name}(x: i64) -> i64 {{\n    x + {more}\n}}"
                asserts = "".join(f"    assert_eq!({name}({x}), {x + more});\n" for x in range(chance.randrange(1, 9)))
                row = {"input": function, "output": f"#[test]\nfn adds() {{\n{asserts}}}", "metadata": {"crate": name}}
                file.write(json.dumps(row) + "\n")
    return folder
