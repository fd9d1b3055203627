"""Write and try a connector for Patientöversikt, without the portal and without a Django project."""
