"""The few exceptions there are; each says when it comes and what to do. Empty is a result.

Every message names the file or field, says what is wrong, and what to do about it.
"""


class VouchError(Exception):
    """Root of all errors raised on purpose; the command line shows the message alone."""


class BadInputError(VouchError):
    """What the caller gave (a photo, a file, a field) cannot be used. Fix it; exit code 2."""


class PhotoError(BadInputError):
    """A photo was refused at the door. `name` is the file, `reason` what is wrong with it."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class SettingsError(BadInputError):
    """A setting, policy, taxonomy or prompt file is wrong. The message has file and line or key."""


class ModelError(VouchError):
    """The model could not be loaded or failed while it ran. Check `vouch doctor`."""


class GenerationCancelled(VouchError):
    """A generation was stopped by its cancel event before it ended. Not a failure of the model."""


class IndexStoreError(VouchError):
    """The listing index cannot be opened, read or written. The message names folder and remedy."""


class NotFoundError(BadInputError):
    """An id (listing, trace, thread, bench) names nothing that is stored here."""
