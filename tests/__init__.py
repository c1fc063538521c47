"""Tests of Tangent; the folders mirror the package."""
