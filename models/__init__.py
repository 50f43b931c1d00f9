"""The local Qwen-VL: engine, chat model, image embedder, constrained decoding and prompts."""
