"""A Django service that trusts Latchkey's access tokens, with SimpleJWT as it is: one setting, JWK_URL.

    LATCHKEY=http://localhost:3000 python3 docs/examples/django/service.py runserver --noreload 8002

Debian: python3-djangorestframework-simplejwt, python3-cryptography.
"""

import os
import sys

from django.conf import settings

LATCHKEY = os.environ["LATCHKEY"]

settings.configure(
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    # SimpleJWT wants to know a user model; there is no database behind it.
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="nothing here is signed with it",
    REST_FRAMEWORK={
        # The user is made of the claims: this service has no table of accounts.
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTStatelessUserAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "UNAUTHENTICATED_USER": None,
    },
    SIMPLE_JWT={
        "ALGORITHM": "ES256",
        "JWK_URL": f"{LATCHKEY}/.well-known/jwks.json",
        "ISSUER": LATCHKEY,
    },
)

import django  # noqa: E402

django.setup()

from django.urls import path  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Hello(APIView):
    def get(self, request):
        claims = request.user.token
        return Response({"hello": claims["email"], "roles": claims["roles"]})


urlpatterns = [path("", Hello.as_view())]

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
