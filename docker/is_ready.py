"""The container's own question: may this process be sent readers? Ends with 0 or 1."""

import sys
import urllib.error
import urllib.request

try:
    urllib.request.urlopen("http://127.0.0.1:8000/readyz", timeout=3).close()
except OSError:
    sys.exit(1)
