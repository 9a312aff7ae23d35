"""Django with SimpleJWT as its tutorials set it up, but for what must be equal on both sides: lifetimes, algorithm, rotation."""

import os
from datetime import timedelta
from pathlib import Path

SECRET_KEY = "of the reference server, which answers to this machine alone"
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
ROOT_URLCONF = "urls"
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework_simplejwt",
    "rest_framework_simplejwt.token_blacklist",
    "accounts",
]
STATIC_URL = "/static/"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# The browsable page that text/html gets.
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(os.environ["REFERENCE_DIR"]) / "reference.sqlite3"),
    }
}

AUTH_USER_MODEL = "accounts.User"
# Cheap on purpose, as on our side: what a hash costs is not compared.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
}

ROTATES = os.environ["REFERENCE_ROTATES"] == "true"

SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=1),
    "ROTATE_REFRESH_TOKENS": ROTATES,
    "BLACKLIST_AFTER_ROTATION": ROTATES,
    "UPDATE_LAST_LOGIN": True,
    "ALGORITHM": "ES256",
    "ISSUER": os.environ["REFERENCE_ISSUER"],
    "SIGNING_KEY": os.environ["REFERENCE_SIGNING_KEY"],
    "VERIFYING_KEY": os.environ["REFERENCE_VERIFYING_KEY"],
}
