"""Where a record system's own launch arrives."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.launching.arriving import make_ticket
from portal.launching.counting import count_launch
from portal.launching.refusals import LaunchRefused, refuse
from portal.launching.tokens import judge_token


# The form comes from another site and carries a signed token of one use. It reads and writes no session, so
# there is nothing of the reader's for a forged one to act with.
@csrf_exempt
@require_POST
def by_token(request: HttpRequest) -> HttpResponse:
    """A signed token in the field ``token``. The answer is an address to follow, good for one minute."""
    try:
        count_launch(request)
        launch = judge_token(request.POST.get("token"))
    except LaunchRefused as refused:
        return refuse(request, refused)
    answer = redirect(make_ticket(launch))
    answer.status_code = 303  # whatever was posted, what follows is a GET
    return answer
