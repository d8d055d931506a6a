"""The prompt is the source's, word by word, and its template marks the answer and its end."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("transformers")

from kan_trainer.finetune.corpus.row import Row
from kan_trainer.finetune.prompt import messages, prompt_messages
from kan_trainer.finetune.tokenizer import load_tokenizer

ROW = Row("pub fn one() -> u8 {\n    1\n}", "#[test]\nfn it_is_one() {\n    assert_eq!(one(), 1);\n}")
CONVERSATION = """\
<|im_start|>system
You are a Rust testing expert. Generate comprehensive unit tests and property-based tests for the given function.
<|im_end|>
<|im_start|>user
Generate tests for this function:

```rust
pub fn one() -> u8 {
    1
}
```
<|im_end|>
<|im_start|>assistant
#[test]
fn it_is_one() {
    assert_eq!(one(), 1);
}
<|im_end|>"""


def test_a_conversation_is_what_the_source_prescribes(tokenizer_folder: Path) -> None:
    tokenizer = load_tokenizer(str(tokenizer_folder))
    assert tokenizer.apply_chat_template(messages(ROW), tokenize=False) == CONVERSATION


def test_a_prompt_ends_where_the_answer_begins(tokenizer_folder: Path) -> None:
    tokenizer = load_tokenizer(str(tokenizer_folder))
    prompt = tokenizer.apply_chat_template(prompt_messages(ROW.input), tokenize=False, add_generation_prompt=True)
    assert prompt + ROW.output + "\n<|im_end|>" == CONVERSATION


def test_braces_and_templates_in_code_are_text(tokenizer_folder: Path) -> None:
    code = 'format!("{function} {{}} {% generation %}{{ 7 * 7 }}")'
    tokenizer = load_tokenizer(str(tokenizer_folder))
    said = tokenizer.apply_chat_template(messages(Row(code, code)), tokenize=False)
    assert said.count(code) == 2
