"""The ways in: settings, command line; the top layer, which may use all others."""
