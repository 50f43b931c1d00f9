"""What the graph may call: each tool reads evidence or checks it, and keeps no state of its own."""
