"""What a test does to the reference from outside: `act.py migrate | deactivate EMAIL | delete EMAIL`."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402


def migrate():
    call_command("migrate", run_syncdb=True, verbosity=0)


def deactivate(email):
    get_user_model().objects.filter(email=email).update(is_active=False)


def delete(email):
    get_user_model().objects.get(email=email).delete()


{"migrate": migrate, "deactivate": deactivate, "delete": delete}[sys.argv[1]](*sys.argv[2:])
