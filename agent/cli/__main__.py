"""`python -m agent.cli` is `vouch`."""

from agent.cli.app import main

if __name__ == "__main__":
    main()
