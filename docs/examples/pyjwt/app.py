"""A service that trusts Latchkey's access tokens, with PyJWT: no account, no shared secret, no call per request.

    LATCHKEY=http://localhost:3000 PORT=8001 python3 docs/examples/pyjwt/app.py

Debian: python3-jwt, python3-cryptography. Elsewhere: pip install "pyjwt[crypto]".
"""

import json
import os
from wsgiref.simple_server import make_server

import jwt

LATCHKEY = os.environ["LATCHKEY"]
keys = jwt.PyJWKClient(f"{LATCHKEY}/.well-known/jwks.json")


class KeysMissing(Exception):
    """The keys could not be fetched: nothing is known of the token."""


def key_of(token):
    try:
        return keys.get_signing_key_from_jwt(token).key
    except jwt.PyJWKClientError as error:
        # PyJWT has one error for a key that is not in the set and, in older releases, for a set that cannot be had.
        if isinstance(error.__context__, OSError):
            raise KeysMissing from error
        raise
    except OSError as error:
        raise KeysMissing from error


def claims_of(authorization):
    """The claims of a good access token. Raises KeysMissing, and jwt.PyJWTError for everything else."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise jwt.InvalidTokenError("no bearer token")
    # The algorithm is ours to say, never the token's.
    claims = jwt.decode(
        token,
        key_of(token),
        algorithms=["ES256"],
        issuer=LATCHKEY,
        options={"require": ["exp", "iat", "iss", "sub"]},
    )
    # A refresh token is signed with the same key and opens nothing here.
    if claims.get("token_type") != "access":
        raise jwt.InvalidTokenError("not an access token")
    return claims


def app(environ, start_response):
    headers = [("Content-Type", "application/json")]
    try:
        claims = claims_of(environ.get("HTTP_AUTHORIZATION", ""))
    except KeysMissing:
        # Not knowing is no refusal, and no permission either.
        start_response("503 Service Unavailable", [*headers, ("Retry-After", "5")])
        return [b'{"detail":"Try again in a moment."}']
    except jwt.PyJWTError:
        start_response("401 Unauthorized", [*headers, ("WWW-Authenticate", "Bearer")])
        return [b'{"detail":"Log in first."}']
    start_response("200 OK", headers)
    return [json.dumps({"hello": claims["email"], "roles": claims["roles"]}).encode()]


if __name__ == "__main__":
    make_server("127.0.0.1", int(os.environ["PORT"]), app).serve_forever()
