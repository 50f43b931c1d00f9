"""BERTScore by a local encoder: here a tiny one of random weights, which is enough to match."""

from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from bench.bertscore import BertScore, bert_score
from listing.errors import BadInputError

WORDS = ("[UNK]", "[CLS]", "[SEP]", "[PAD]", "red", "blue", "mug", "phone", "small", "large")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    words = Tokenizer(WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = Whitespace()
    words.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    special = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", model_max_length=16, **special
    ).save_pretrained(folder)
    size = {"hidden_size": 16, "intermediate_size": 16, "max_position_embeddings": 16}
    config = BertConfig(vocab_size=len(WORDS), num_hidden_layers=1, num_attention_heads=2, **size)
    BertModel(config).save_pretrained(folder)
    return folder


def test_f1_is_the_papers_greedy_matching() -> None:
    candidate = np.array([[1, 0], [0, 1]], np.float32)
    reference = np.array([[1, 0]], np.float32)
    assert bert_score(candidate, reference) == pytest.approx(2 * 0.5 * 1 / 1.5)
    assert bert_score(candidate, candidate) == pytest.approx(1)
    assert bert_score(candidate, np.empty((0, 2), np.float32)) == 0


def test_a_text_is_most_like_itself(encoder: Path) -> None:
    judge = BertScore.load(encoder)
    said = judge.vectors("red mug small")
    assert said.shape == (3, 16), "special tokens are left out"
    assert np.linalg.norm(said, axis=1) == pytest.approx(1)
    same, other = bert_score(said, said), bert_score(said, judge.vectors("large blue phone"))
    assert same == pytest.approx(1) and other < same
    assert len(judge.vectors("red " * 40)) == 14, "longer texts are cut"


def test_a_folder_without_an_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=f"--similarity {tmp_path}: no text encoder there"):
        BertScore.load(tmp_path)
