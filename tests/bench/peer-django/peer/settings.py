"""The peer on the very database that the measured server uses; the addresses come from the benchmark."""

import os
from urllib.parse import urlparse

_database = urlparse(os.environ["PEER_DATABASE"])

SECRET_KEY = "not used: there are no cookies and no forms"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "peer.urls"
WSGI_APPLICATION = "peer.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
INSTALLED_APPS = ["rest_framework", "customers"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "HOST": _database.hostname,
        "PORT": _database.port,
        "USER": _database.username,
        "PASSWORD": _database.password,
        "NAME": _database.path.strip("/"),
        # Connections stay open, as those of a pool do.
        "CONN_MAX_AGE": None,
        "OPTIONS": {"charset": "utf8mb4", "isolation_level": "read committed", "binary_prefix": True},
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["customers.auth.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["customers.auth.HasPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}

# The file with the master key of the measured server: both read and write the same sealed values.
PEER_KEY_FILE = os.environ["PEER_KEY_FILE"]
PEER_REGIONS = os.environ["PEER_REGIONS"]
