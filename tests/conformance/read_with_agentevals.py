"""Run by the Python of agentevals' environment: the turns that agentevals finds in a trace file."""

import json
import sys

from agentevals.genai.extract import extract_turns
from agentevals.loader.auto import load_telemetry

read = load_telemetry(sys.argv[1])
turns = [turn.model_dump(mode="json") for trace in read.traces for turn in extract_turns(trace)]
logs = len(read.unattributed_logs)
print(json.dumps({"turns": turns, "unattributed": logs, "warnings": dict(read.warnings)}))
