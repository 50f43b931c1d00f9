"""Seconds for one category prediction: our taxonomy against Shopify's 10,595, in the same run."""

import argparse
import statistics
import time
from collections.abc import Sequence

from models.decoding import image_block
from models.loading import load_chat_model
from tools.category import predict_category
from tools.taxonomy import Taxonomy, market_taxonomy
from training.evaluate import SHIPPED
from training.marketplace import demo_photo
from training.real import data_folder


def measure(model: object, taxonomy: Taxonomy, runs: int) -> list[float]:
    """Seconds of each of `runs` predictions; the photo is encoded before the first."""
    block = [image_block(demo_photo("phone"))]
    found = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        predict_category(model, block, taxonomy, threshold=0.0)  # type: ignore[arg-type]
        found.append(time.perf_counter() - started)
    return found[1:]


def main(argv: Sequence[str] | None = None) -> None:
    """Print a line for each taxonomy at hand, and the ratio."""
    parser = argparse.ArgumentParser(prog="vouch bench categories", description=__doc__)
    parser.add_argument("--model", default=str(SHIPPED))
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args(argv)
    model = load_chat_model(options.model)
    folder = data_folder()
    trees = {"market": market_taxonomy()}
    if folder is not None:
        file = folder / "taxonomy" / "shopify_taxonomy_en_zh.json.gz"
        started = time.perf_counter()
        trees["shopify"] = Taxonomy.load(file)
        print(f"shopify: read in {time.perf_counter() - started:.2f} s")
    middle = {}
    for name, tree in trees.items():
        times = measure(model, tree, options.runs)
        middle[name] = statistics.median(times)
        print(
            f"{name}: {len(tree.categories)} categories, {len(tree.leaves)} choices, median "
            f"{middle[name]:.3f} s, worst {max(times):.3f} s, n {len(times)}"
        )
    if len(middle) == 2:
        print(f"ratio shopify / market: {middle['shopify'] / middle['market']:.1f}")


if __name__ == "__main__":
    main()
