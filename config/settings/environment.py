"""The environment, read once for every part of the settings."""

from config.env import read_environment

ENV = read_environment()
