"""How a model is asked for tests: ChatML, with the span that it is to generate marked as such.

Stock templates of today mark none, so that libraries which train on the answer alone train on nothing, or on all of
it. Here the span is the answer, the end of its last line, and `<|im_end|>`: what makes a model stop is learned, too.
"""

from __future__ import annotations

from typing import Final

from kan_trainer.finetune.corpus.row import Row

START: Final = "<|im_start|>"
END: Final = "<|im_end|>"
#: What stands before an answer, from the token on that begins a message.
ANSWER_START: Final = f"{START}assistant\n"
#: What the span of an answer ends with.
ANSWER_END: Final = f"\n{END}"

SYSTEM: Final = (
    "You are a Rust testing expert. Generate comprehensive unit tests and property-based tests for the given function."
)
REQUEST: Final = "Generate tests for this function:\n\n```rust\n{function}\n```"

TEMPLATE: Final = (
    "{%- for message in messages -%}"
    "{{- '' if loop.first else '\\n' -}}"
    "{{- '<|im_start|>' + message['role'] + '\\n' -}}"
    "{%- if message['role'] == 'assistant' -%}"
    "{%- generation -%}{{- message['content'] + '\\n<|im_end|>' -}}{%- endgeneration -%}"
    "{%- else -%}"
    "{{- message['content'] + '\\n<|im_end|>' -}}"
    "{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '\\n<|im_start|>assistant\\n' -}}{%- endif -%}"
)


def prompt_messages(function: str) -> list[dict[str, str]]:
    """What is said before a model answers."""
    return [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": REQUEST.format(function=function)},
    ]


def messages(row: Row) -> list[dict[str, str]]:
    """A whole conversation, with the answer."""
    return [*prompt_messages(row.input), {"role": "assistant", "content": row.output}]
