"""The environment, read once for every part of the settings."""

from config.env import EnvironmentFault, read_environment

try:
    ENV = read_environment()
except EnvironmentFault as fault:
    # The list alone: below a traceback nobody would find it.
    raise SystemExit(str(fault)) from None
