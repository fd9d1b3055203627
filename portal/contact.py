"""Where to tell of a weakness: ``/.well-known/security.txt`` (RFC 9116)."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

# At most a year (RFC 9116 §2.5.5). Half of that from the day it is read: the installation answers for it anew
# each time it is started with SECURITY_CONTACT.
LASTS = timedelta(days=180)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """No page where nobody is named: an address that nobody reads is worse than none."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    ends = (datetime.now(UTC) + LASTS).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {ends.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: sv, en",
        f"Canonical: {request.build_absolute_uri(request.path)}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
