"""A test compares this with the project's."""

__version__ = "0.2.0"
