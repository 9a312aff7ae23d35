"""A service that asks Latchkey about each token (RFC 7662): a session ended there is refused here at once.

    npm run -s manage -- client create reports --json > client.json
    LATCHKEY=http://localhost:3000 PORT=8004 CLIENT=client.json python3 docs/examples/introspection/app.py

Nothing beyond Python's own library.
"""

import base64
import json
import os
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen
from wsgiref.simple_server import make_server

LATCHKEY = os.environ["LATCHKEY"]
with open(os.environ["CLIENT"]) as file:
    client = json.load(file)
pair = f"{quote(client['id'], safe='')}:{quote(client['secret'], safe='')}"
basic = "Basic " + base64.b64encode(pair.encode()).decode()


def ask(token):
    """What Latchkey says of the token now."""
    form = urlencode({"token": token, "token_type_hint": "access_token"}).encode()
    request = Request(f"{LATCHKEY}/api/token/introspect/", form, {"Authorization": basic})
    with urlopen(request, timeout=5) as answer:
        return json.load(answer)


def app(environ, start_response):
    headers = [("Content-Type", "application/json")]
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    try:
        found = ask(token) if scheme.lower() == "bearer" else {"active": False}
    except OSError:
        # Not knowing is no refusal, and no permission either.
        start_response("503 Service Unavailable", [*headers, ("Retry-After", "5")])
        return [b'{"detail":"Try again in a moment."}']
    # A refresh token is active too, and opens nothing here.
    if not found["active"] or found["token_use"] != "access":
        start_response("401 Unauthorized", [*headers, ("WWW-Authenticate", "Bearer")])
        return [b'{"detail":"Log in first."}']
    start_response("200 OK", headers)
    return [json.dumps({"hello": found["username"], "roles": found["roles"]}).encode()]


if __name__ == "__main__":
    make_server("127.0.0.1", int(os.environ["PORT"]), app).serve_forever()
