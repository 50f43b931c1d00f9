"""Training sees the prompts and calls of serving, token for token."""

import json
import random

from langchain_core.messages import HumanMessage

from tests.training.test_tower import SMALL
from tools.assistant import TOOLS, tool_schemas, turn_prompt
from training.architecture import build_tokenizer
from training.assistant import answer_samples, assistant_samples, generated_turn, turn_samples
from training.sequences import Sample, encode_samples

TOKENIZER = build_tokenizer(["Which tool? A blue mug, 128 GB. {}:_<>"] * 5, SMALL.merges)


def test_a_sample_with_tools_is_the_chat_template_with_the_schemas() -> None:
    turn = generated_turn(random.Random(2), "train", "facts", "en")
    sample = turn_samples(turn, random.Random(0))[0]
    [made] = encode_samples([sample], TOKENIZER, SMALL.image_tokens)
    schemas = tool_schemas(turn.brief.attributes)
    messages = [{"role": "user", "content": [{"type": "text", "text": sample.prompt}]}]
    prompt = TOKENIZER.apply_chat_template(
        messages, tools=schemas, tokenize=False, add_generation_prompt=True
    )
    assert TOKENIZER.decode(made.ids[: made.prompt]) == prompt
    call = json.loads(sample.answer.splitlines()[1])
    answered = [*messages, {"role": "assistant", "tool_calls": [{"function": call}]}]
    whole = TOKENIZER.apply_chat_template(answered, tools=schemas, tokenize=False)
    ids = TOKENIZER(whole.removesuffix("\n"), add_special_tokens=False)["input_ids"]
    assert ids == made.ids.tolist()


def test_the_template_names_the_tools_on_one_line_below_a_system_message() -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "undo"}]
    text = TOKENIZER.apply_chat_template(messages, tools=tool_schemas(["size"]), tokenize=False)
    assert text.startswith(
        f"<|im_start|>system\nBe brief.\n\nTools: {', '.join(TOOLS)}<|im_end|>\n<|im_start|>user"
    )


def test_a_sample_without_tools_has_no_system_message() -> None:
    [made] = encode_samples([Sample("a", "Which?", "mug")], TOKENIZER, 9)
    assert TOKENIZER.decode(made.ids).startswith("<|im_start|>user\nWhich?")


def test_the_prompt_of_a_turn_is_that_of_serving() -> None:
    turn = generated_turn(random.Random(7), "train", "undo", "en")
    first = turn_samples(turn, random.Random(0))[0]
    assert HumanMessage(first.prompt).text == turn_prompt(turn.brief).text
    assert f"Seller: {turn.brief.message}" in first.prompt


def test_samples_come_in_the_asked_number_and_from_their_seed() -> None:
    assert sum(map(len, assistant_samples(50, 1))) >= 50
    assert assistant_samples(20, 4) == assistant_samples(20, 4) != assistant_samples(20, 5)


def test_an_answer_holds_every_outcome_and_states_nothing_else() -> None:
    for sample in answer_samples(60, 3):
        told = [line[2:] for line in sample.prompt.splitlines() if line.startswith("- ")]
        left = sample.answer
        for outcome in told:
            assert outcome in left
            left = left.replace(outcome, "", 1)
        assert left.strip() in ("", "Done.", "All right.", "Okay.", "好的。", "好了。")
