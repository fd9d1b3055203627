"""What people and other systems meet. Loading the Celery app here lets shared tasks find their broker."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
