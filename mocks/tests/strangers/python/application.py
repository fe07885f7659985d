"""An application whose server half is the Python package Authlib, in a web application of Flask.

It does what a line of standard input asks for and answers with a line of its own: {"done": …}, or {"refused": "…"} with
what the packages say.
"""

import json
import sys

from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, request

web = Flask(__name__)
web.secret_key = "for the cookie of one test"
# What goes wrong in a page reaches the deed that asked for it.
web.testing = True
browser = web.test_client()


@web.get("/begin")
def begin_page():
    return provider.authorize_redirect(**request.args.to_dict())


@web.get("/auth/oidc/callback")
def callback_page():
    tokens = provider.authorize_access_token()
    return dict(tokens, claims=tokens["userinfo"])


def configure(issuer, id, secret, patience=None):
    global provider
    provider = OAuth(web).register(
        "provider",
        client_id=id,
        client_secret=secret,
        server_metadata_url=issuer + ".well-known/openid-configuration",
        client_kwargs={"code_challenge_method": "S256", "default_timeout": patience},
    )
    return provider.load_server_metadata()["issuer"]


def patience(seconds):
    """Seconds until the application gives an answer up."""
    provider.client_kwargs["default_timeout"] = seconds


def begin(parameters):
    answer = browser.get("/begin", base_url=home(parameters["redirect_uri"]), query_string=parameters)
    return answer.headers["location"]


def finish(address):
    return browser.get(address).get_json()


def session():
    """What an application of Authlib calls the provider with beside the sign-in."""
    metadata = provider.load_server_metadata()
    return OAuth2Session(
        provider.client_id, provider.client_secret, token_endpoint=metadata["token_endpoint"]
    )


def refresh(token):
    tokens = session().refresh_token(provider.server_metadata["token_endpoint"], token)
    # A refreshed token has no nonce (OpenID Connect Core, §12.2).
    return dict(tokens, claims=provider.parse_id_token(tokens, nonce=None))


def user_info(token, subject):
    # The package leaves it to the application whose subject it is.
    return provider.userinfo(token={"access_token": token, "token_type": "Bearer"})


def exchange(grant, fields):
    return session().fetch_token(grant_type=grant, **fields)


def revoke(token):
    answer = session().revoke_token(provider.server_metadata["revocation_endpoint"], token)
    answer.raise_for_status()


def introspect(token):
    answer = session().introspect_token(provider.server_metadata["introspection_endpoint"], token)
    answer.raise_for_status()
    return answer.json()


def sign_out(token, address):
    return provider.create_logout_url(post_logout_redirect_uri=address, id_token_hint=token)["url"]


def home(address):
    """The origin of an address of the application."""
    return "/".join(address.split("/")[:3])


DEEDS = [configure, patience, begin, finish, refresh, user_info, exchange, revoke, introspect, sign_out]
BY_NAME = {deed.__name__: deed for deed in DEEDS}

for line in sys.stdin:
    what = json.loads(line)
    try:
        answer = {"done": BY_NAME[what.pop("deed")](**what)}
    except Exception as error:
        answer = {"refused": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
