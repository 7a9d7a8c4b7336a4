"""Django in a process of its own: it is configured once a process, and two models are all that lessons speak of."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from typing import Any

_BEFORE = """
import json, os, sys, tempfile

import django
from django.conf import settings

folder = tempfile.TemporaryDirectory()
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(folder.name, "shop.db")}},
    SECRET_KEY="only for this run",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    LOGGING_CONFIG=None,
)
django.setup()

from django.db import connection, models


class Author(models.Model):
    name = models.TextField(unique=True)

    class Meta:
        app_label = "shop"


class Book(models.Model):
    title = models.TextField()
    stock = models.IntegerField(default=0)
    author = models.ForeignKey(Author, models.CASCADE)

    class Meta:
        app_label = "shop"


urlpatterns = []
with connection.schema_editor() as editor:
    editor.create_model(Author)
    editor.create_model(Book)
given = json.loads(sys.argv[1])


def tell(**found):
    connection.close()
    print(json.dumps(found))

"""


def django_says(script: str, **given: object) -> dict[str, Any]:
    """What the script hands to `tell`; it finds its arguments under `given`."""
    code = _BEFORE + textwrap.dedent(script)
    done = subprocess.run([sys.executable, "-c", code, json.dumps(given)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
