"""IPL's SIM: BERTScore F1 of a draft with the reference text, by a text encoder on this machine.

Zhang et al. 2020 (arXiv 1904.09675), equations 1 to 3: each token is matched with the most similar
one of the other text by cosine of their contextual vectors; no idf weights, no rescaling with a
baseline. Figures of different encoders, or layers, do not compare.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModel, AutoTokenizer

from bench.ablation_table import SIMILARITY
from eval_traces.evaluators import Score, ScoredRun
from listing.errors import BadInputError

Vectors = NDArray[np.float32]


def bert_score(candidate: Vectors, reference: Vectors) -> float:
    """Return F1 of two texts as unit vectors `(tokens, d)`; 0 where one has no token."""
    if not len(candidate) or not len(reference):
        return 0.0
    cosines = candidate @ reference.T
    precision, recall = float(cosines.max(axis=1).mean()), float(cosines.max(axis=0).mean())
    total = precision + recall
    return 2 * precision * recall / total if total > 0 else 0.0


class BertScore:
    """Scores drafts whose truth has a text. Holds a model: for scoring in one process."""

    name: ClassVar[str] = "bertscore"

    def __init__(self, tokenizer: Any, model: Any) -> None:
        self._tokenizer = tokenizer
        self._model = model.eval()

    @classmethod
    def load(cls, folder: Path) -> "BertScore":
        """Load an encoder of transformers from a local folder.

        Raises:
            BadInputError: there is none in the folder.
        """
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            return cls(tokenizer, AutoModel.from_pretrained(folder, local_files_only=True))
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise BadInputError(
                f"--similarity {folder}: no text encoder there ({reason})"
            ) from None

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield the similarity of a draft, title and description, with the reference text."""
        if not run.drafted or run.document is None or run.truth is None or not run.truth.text:
            return
        draft = f"{run.document['title']}\n{run.document['description']}"
        yield Score(SIMILARITY, bert_score(self.vectors(draft), self.vectors(run.truth.text)))

    def vectors(self, text: str) -> Vectors:
        """Return the last layer's unit vectors of a text's tokens, special ones left out."""
        given = self._tokenizer(
            text, return_tensors="pt", truncation=True, return_special_tokens_mask=True
        )
        kept = given.pop("special_tokens_mask")[0] == 0
        with torch.inference_mode():
            hidden = self._model(**given).last_hidden_state[0][kept].float().numpy()
        lengths = np.linalg.norm(hidden, axis=1, keepdims=True)
        return np.asarray(hidden / np.maximum(lengths, 1e-9), np.float32)
