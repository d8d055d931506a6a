"""A lock as a training on a GPU could have written it."""

from __future__ import annotations

from kan_trainer.reproducibility.lock import Checksum, Deterministic, Hardware, Lock, Tracked

LOCK = Lock(
    seed=42,
    deterministic=Deterministic(
        deterministic_algorithms=True,
        cudnn_benchmark=False,
        cudnn_deterministic=True,
        float32_matmul_precision="highest",
    ),
    python_version="3.11.7",
    torch_version="2.13.0+cu126",
    cuda_version="12.6",
    cudnn_version="91002",
    dependencies={"kan-monitor": "0.1.0", "peft": "0.21.2"},
    hardware=Hardware(
        platform="Linux",
        cpu="AMD EPYC",
        cpu_flags=("avx2", "avx512f"),
        cpu_capability="AVX512",
        threads=1,
        device="cuda",
        gpu="NVIDIA H200",
        driver="560.35.03",
    ),
    environment={"OMP_NUM_THREADS": "1"},
    checksum=Checksum(code="sha256:0", model="sha256:1", dataset="sha256:2", adapters={"a.safetensors": "sha256:3"}),
    experiment=Tracked(
        id="ft-001",
        timestamp="2025-01-24T12:00:00Z",
        finished="2025-01-24T13:00:00Z",
        git_commit="ef30bd8",
        git_dirty=False,
        config_hash="sha256:4",
    ),
)
