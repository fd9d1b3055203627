"""Hemvist in Patientöversikt."""
