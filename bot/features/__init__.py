"""What people can ask for, a folder a feature: its commands, their handlers, and rules of its own."""

import importlib
import pkgutil


def load() -> None:
    """Import every module here, so that each handler is registered."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
