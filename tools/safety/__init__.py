"""Safety: photos before anything else, text while it streams, the whole draft at the end.

Rules are YAML files under `tools/policies/`; `Policy` puts them in force, `StreamGuard` holds a
draft back until it is known to be clean, `find_steering` flags texts that give orders to the
assistant, `redact_contacts` keeps contact data out of records.
"""

from tools.safety.contact import redact_contacts
from tools.safety.photos import check_photos
from tools.safety.policy import SHIPPED_POLICIES, PhotoClass, Policy
from tools.safety.steering import find_steering
from tools.safety.steering_cues import SteeringCues
from tools.safety.stream import GuardStep, StreamGuard

__all__ = [
    "SHIPPED_POLICIES",
    "GuardStep",
    "PhotoClass",
    "Policy",
    "SteeringCues",
    "StreamGuard",
    "check_photos",
    "find_steering",
    "redact_contacts",
]
