"""The model that learns: its base, held in 4 bits or as it is, and the adapters beside it."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn

from kan_shared.errors import UsageError
from kan_trainer.config.finetune import Attention, FinetuneConfig, LoraConfig, Method, ModelConfig
from kan_trainer.finetune.libraries import library, quietly, reason
from kan_trainer.finetune.neftune import add_noise

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

#: Below it `gradient_checkpointing: auto` saves memory.
_SMALL_GPU_BYTES = 16 * 2**30


def build_model(config: FinetuneConfig, device: torch.device) -> PreTrainedModel:
    """The model that `config` asks for, on `device`, ready to be trained.

    Raises:
        UsageError: There is no such model, or it cannot be held or adapted as asked.
    """
    dtype = dtype_of(config.model, device)
    model = load_base(config.model.model, config.model.method, dtype, device, config.model.attention)
    if _checkpointing(config.model, device):
        with quietly():
            model.gradient_checkpointing_enable({"use_reentrant": False})
        if config.model.method != "full":
            model.enable_input_require_grads()  # else nothing before the first adapter is computed anew
    if config.training.neftune_alpha:
        add_noise(model.get_input_embeddings(), config.training.neftune_alpha)
    if config.model.method == "full":
        return model
    return add_adapters(model, config.lora, config.training.seed)


def dtype_of(config: ModelConfig, device: torch.device) -> torch.dtype:
    """What is computed in."""
    if config.precision != "auto":
        return torch.bfloat16 if config.precision == "bfloat16" else torch.float32
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if config.method == "qlora" else torch.float32


def load_base(
    model: str, method: Method, dtype: torch.dtype, device: torch.device, attention: Attention = "auto"
) -> PreTrainedModel:
    """The model in the folder, or of the name on the hub, `model`.

    With `qlora` its linear layers are held in NF4, their scales quantised once more; with `full` all is float32, and
    `dtype` what is computed in.

    Source: T. Dettmers et al., QLoRA, arXiv:2305.14314, section 3.

    Raises:
        UsageError: It cannot be found or read, or the device cannot hold it so.
    """
    transformers = library("transformers")
    require_there(model)
    told: dict[str, Any] = {"dtype": torch.float32 if method == "full" else dtype}
    if method == "qlora":
        require_4_bit(device)
        told["quantization_config"] = transformers.BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
            bnb_4bit_quant_storage=torch.uint8,
        )
    try:
        base, found = transformers.AutoModelForCausalLM.from_pretrained(
            model,
            trust_remote_code=False,
            use_safetensors=True,  # no pickle
            device_map={"": str(device)},
            attn_implementation=attention_kernel(attention, device, told["dtype"]),
            output_loading_info=True,
            **told,
        )
    except Exception as error:  # of whatever a damaged file or an odd config leads to
        raise UsageError(f"the model {model} cannot be loaded: {reason(error)}.") from error
    _require_whole(model, found)
    _generate_plainly(base, transformers)
    for parameter in base.parameters():
        parameter.requires_grad_(method == "full")
    loaded: PreTrainedModel = base
    return loaded


def model_folder(model: str) -> Path:
    """Where the files of `model` are, which was loaded before: itself, or in the hub's cache."""
    if Path(model).is_dir():
        return Path(model)
    return Path(library("huggingface_hub").snapshot_download(model, local_files_only=True))


def add_adapters(model: PreTrainedModel, config: LoraConfig, seed: int) -> PreTrainedModel:
    """`model` with LoRA's matrices, float32 and drawn from `seed`, beside its `target_modules`: all that learns.

    Source: E. Hu et al., LoRA, arXiv:2106.09685, section 4.1.

    Raises:
        UsageError: There is no such module.
    """
    peft = library("peft")
    linear = {name.rpartition(".")[2] for name, module in model.named_modules() if isinstance(module, nn.Linear)}
    head = model.get_output_embeddings()
    tied = head is not None and cast(Any, head).weight is cast(Any, model.get_input_embeddings()).weight
    for name in config.target_modules:
        if tied and name == "lm_head":
            raise UsageError("target_modules: lm_head has the same weights as the embeddings: leave it out.")
        if name not in linear:
            known = ", ".join(sorted(linear))
            raise UsageError(f"target_modules: the model has no linear layer {name}; it has {known}.")
    settings = peft.LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules=list(config.target_modules),
        use_rslora=config.rslora,
        use_dora=config.dora,
        task_type="CAUSAL_LM",
    )
    torch.manual_seed(seed)
    try:
        with quietly():
            adapted: PreTrainedModel = peft.get_peft_model(model, settings)
    except RuntimeError as error:
        raise UsageError(f"no adapters of rank {config.rank} can be made: {reason(error)}.") from error
    return adapted


def require_4_bit(device: torch.device) -> None:
    """Does nothing where bitsandbytes can hold weights in 4 bits on `device`.

    Raises:
        UsageError: It cannot.
    """
    functional = library("bitsandbytes.functional")
    try:
        quantised, state = functional.quantize_4bit(torch.ones(64, 64, device=device), quant_type="nf4")
        functional.dequantize_4bit(quantised, state)
    except Exception as error:
        raise UsageError(
            f"bitsandbytes cannot hold weights in 4 bits on {device} ({reason(error)}): use --method lora."
        ) from error


def attention_kernel(attention: Attention, device: torch.device, dtype: torch.dtype) -> str | None:
    """What transformers calls the kernel; `None` leaves it the best that the model has of PyTorch's.

    Raises:
        UsageError: It is not installed.
    """
    if attention != "auto":
        if attention == "flash_attention_2" and not importlib.util.find_spec("flash_attn"):
            raise UsageError("flash attention is not installed: pip install flash-attn, or leave --attention to auto.")
        return attention
    halved = device.type == "cuda" and dtype == torch.bfloat16  # flash attention takes no float32
    return "flash_attention_2" if halved and importlib.util.find_spec("flash_attn") else None


def require_fit(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
    """Does nothing where `model` has a row for every token of `tokenizer`.

    Raises:
        UsageError: It has not.
    """
    rows, tokens = len(cast(Any, model.get_input_embeddings()).weight), max(tokenizer.get_vocab().values()) + 1
    if tokens > rows:
        raise UsageError(
            f"the tokenizer knows {tokens} tokens and the model {rows}: they do not belong together; "
            "take the tokenizer that came with the model."
        )


def require_context(model: str, length: int) -> None:
    """Does nothing where `model` reads rows of `length` tokens.

    Raises:
        UsageError: It reads fewer, or cannot be read itself.
    """
    try:
        config = library("transformers").AutoConfig.from_pretrained(model, trust_remote_code=False)
    except Exception as error:
        raise UsageError(f"the model {model} cannot be loaded: {reason(error)}.") from error
    context = getattr(config, "max_position_embeddings", None)
    if context is not None and length > context:
        raise UsageError(f"max_length {length} is more than the {context} tokens that {model} reads: set {context}.")


def model_title(model: str) -> str:
    """What people call `model`: a checkpoint's name is that of its run."""
    path = Path(model)
    return path.parents[1].name if path.parent.name == "checkpoints" else path.name


def learning_parameters(model: nn.Module) -> dict[str, nn.Parameter]:
    """The weights that training moves, by name."""
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def _is_beside_others(path: Path) -> bool:
    """Whether the folder that it would be in is there."""
    return bool(path.parent.name) and path.parent.is_dir()


def _require_whole(model: str, found: Mapping[str, Any]) -> None:
    """What a file does not have, transformers draws at random, and says so where nobody reads it."""
    for what, names in (("no", found["missing_keys"]), ("a misshapen", found["mismatched_keys"])):
        if names:
            first = sorted(name if isinstance(name, str) else name[0] for name in names)[0]
            raise UsageError(
                f"the model {model} has {what} {first}, and so for {len(names)} of its tensors: fetch it again."
            )


def _generate_plainly(base: PreTrainedModel, transformers: Any) -> None:
    """Of how to generate only what ends an answer stays: many models come with settings that contradict each other."""
    came = base.generation_config
    ends = {name: getattr(came, name, None) for name in ("eos_token_id", "pad_token_id", "bos_token_id")}
    base.generation_config = transformers.GenerationConfig(**ends)


def _checkpointing(config: ModelConfig, device: torch.device) -> bool:
    if config.gradient_checkpointing != "auto":
        return config.gradient_checkpointing == "on"
    return device.type == "cuda" and torch.cuda.get_device_properties(device).total_memory < _SMALL_GPU_BYTES


def require_there(model: str) -> None:
    """Does nothing where `model` may be one: a path that leads nowhere is not looked for on the hub.

    Raises:
        UsageError: It cannot be one.
    """
    path = Path(model)
    if path.is_dir():
        if not (path / "config.json").is_file():
            best = path / "checkpoints" / "best"
            instead = f": {best} may be meant" if (best / "config.json").is_file() else ""
            raise UsageError(f"{model} holds no model, for there is no config.json in it{instead}.")
    elif path.exists():
        raise UsageError(f"{model} is a file: a model is a folder, or a name on the Hugging Face hub.")
    elif (
        path.is_absolute()
        or model.startswith((".", "~"))
        or model.count("/") > 1
        or (path.parent.name and path.parent.is_dir())
    ):
        raise UsageError(f"there is no folder {model}: name one that holds a model, or a name on the Hugging Face hub.")
