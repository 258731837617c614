#!/usr/bin/env python3
"""Every config imports and evaluates equal to the library's model, or is refused by name: import_all.py LLMSYS

Then each is imported with a key that nobody knows, which must be refused.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

CONFIGS = pathlib.Path(__file__).resolve().parent / "configs"

LIBRARY = {
    "deepseek-r1": "DeepSeek_V3", "deepseek-v2": "DeepSeek_V2", "deepseek-v2-lite": "DeepSeek_V2_Lite", "deepseek-v3": "DeepSeek_V3", "deepseek-v3.2": "DeepSeek_V3_2",
    "falcon-mamba-7b": "Falcon_Mamba_7B", "gemma-2-9b": "Gemma2_9B", "gemma-3-27b": "Gemma3_27B", "glm-4.5": "GLM4_5", "gpt-oss-120b": "GPT_OSS_120B", "gpt-oss-20b": "GPT_OSS_20B",
    "jamba-1.5-mini": "Jamba1_5_Mini", "llama-2-13b": "Llama2_13B", "llama-2-70b": "Llama2_70B", "llama-2-7b": "Llama2_7B", "llama-3-8b": "Llama3_8B",
    "llama-3.1-405b": "Llama3_405B", "llama-3.1-70b": "Llama3_70B", "llama-3.1-8b": "Llama3_8B", "llama-4-maverick": "Llama4_Maverick", "mimo-v2-flash": "MiMo_V2_Flash",
    "minimax-m1": "MiniMax_M1", "minimax-m2.5": "MiniMax_M2_5", "mistral-7b": "Mistral_7B", "mistral-7b-v0.3": "Mistral_7B_v03", "mixtral-8x7b": "Mixtral_8x7B",
    "nemotron-3-nano-30b-a3b": "Nemotron3_Nano_30B_A3B", "nemotron-h-8b": "Nemotron_H_8B", "phi-4": "Phi4", "phi-4-mini": "Phi4_Mini", "qwen2.5-72b": "Qwen2_5_72B",
    "qwen3-235b-a22b": "Qwen3_235B_A22B", "qwen3-30b-a3b": "Qwen3_30B_A3B", "qwen3-32b": "Qwen3_32B", "qwen3-8b": "Qwen3_8B", "qwen3-next-80b-a3b": "Qwen3_Next_80B_A3B",
    "qwen3.5-27b": "Qwen3_5_27B",
}
REFUSED = {"deepseek-v4-flash": "deepseek_v4"}

COMPARED = """
import std/models as library
expect {0}.params == library.{1}.params
expect {0}.active == library.{1}.active
expect {0}.state == library.{1}.state
expect {0}.draft_params == library.{1}.draft_params
study equal {{
  sweep context in [1, 100, 4096, 8192, 131072] * 1 token
  sweep ranks in [1, 8, 16]
  let mine = {0}
  let other = library.{1}
  show mine.held(context, ranks)
  expect mine.held(context, ranks) == other.held(context, ranks)
  expect mine.tensor_ops(context) ~ other.tensor_ops(context) within 0 FLOP/token
  expect mine.vector_ops(context) ~ other.vector_ops(context) within 0 FLOP/token
  expect sum(l.count * l.attention.prefill_ops(context, context) for l in mine.stack) ~ sum(l.count * l.attention.prefill_ops(context, context) for l in other.stack) within 0 FLOP
}}
"""


def run(*command):
    return subprocess.run([str(each) for each in command], capture_output=True, text=True)


def with_unknown_key(text):
    """The last `text_config` if there is one, else the config itself, with a key more."""
    marker = '"num_hidden_layers"'
    at = text.index(marker)
    return text[:at] + '"attention_of_a_new_kind": 7, ' + text[at:]


def main(llmsys):
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for config in sorted(CONFIGS.glob("*.json")):
            written = folder / "model.llmsys"
            done = run(llmsys, "import", "hf", config, "-o", written)
            if config.stem in REFUSED:
                if done.returncode != 1 or REFUSED[config.stem] not in done.stderr or written.exists():
                    wrong.append(f"{config.name} should be refused by name: {done.stderr}")
                continue
            if done.returncode != 0:
                wrong.append(f"{config.name}: {done.stderr}")
                continue
            text = written.read_text(encoding="utf-8")
            made = next(line.split()[1] for line in text.splitlines() if line and line.split()[0] not in ("//", "import"))
            written.write_text(text + COMPARED.format(made, LIBRARY[config.stem]), encoding="utf-8")
            tested = run(llmsys, "test", written)
            if tested.returncode != 0 or not tested.stdout.endswith("64 passed, 0 failed\n"):
                wrong.append(f"{config.name} is not {LIBRARY[config.stem]}:\n{tested.stdout}{tested.stderr}")
            written.unlink()
            stranger = folder / config.name
            stranger.write_text(with_unknown_key(config.read_text(encoding="utf-8")), encoding="utf-8")
            refused = run(llmsys, "import", "hf", stranger, "-o", written)
            if refused.returncode != 1 or "attention_of_a_new_kind" not in refused.stderr or written.exists():
                wrong.append(f"{config.name} with a key that nobody knows: {refused.stdout}{refused.stderr}")
    print("\n".join(wrong) or f"{len(LIBRARY)} configs are the library's models, {len(REFUSED)} refused")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main(sys.argv[1])
