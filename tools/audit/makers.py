"""Makers read from listings that are no makers, and so vouch for none."""

from listing import Evidence, EvidenceLedger
from tools.normalise import phrase_key, same_value


def shadowed(ledger: EvidenceLedger) -> frozenset[str]:
    """Return the ids of stated makers that are models: "Skonis" of "Skonis 24".

    A listing that names no maker is easily read as if its model were one. So its maker does not
    vouch where its own model begins with the same word, or another listing's does that states
    another maker; unless two listings state the same maker.
    """
    stated = [e for e in ledger if e.kind == "reference" and e.value]
    models = [e for e in stated if e.attribute == "model"]
    makers = [e for e in stated if e.attribute == "brand"]

    def other(maker: Evidence, source: str | None = None) -> bool:
        return any(
            m.source != maker.source
            and source in (None, m.source)
            and same_value("brand", m.value or "", maker.value or "") is (source is None)
            for m in makers
        )

    return frozenset(
        maker.id
        for maker in makers
        if not other(maker)
        and any(
            _begins(m, maker) and (m.source == maker.source or other(maker, m.source))
            for m in models
        )
    )


def _begins(model: Evidence, maker: Evidence) -> bool:
    name, words = phrase_key(maker.value or "").split(), phrase_key(model.value or "").split()
    return len(words) > len(name) and words[: len(name)] == name
