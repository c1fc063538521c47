"""The rules, each by samples against numerical derivatives."""
