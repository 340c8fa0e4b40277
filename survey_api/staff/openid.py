"""An OpenID Connect provider: the code flow with PKCE (RFC 7636), and an identity token that is believed only when it is sound.

State, nonce and the code's verifier are all derived from one random secret that the browser keeps in a cookie, so nothing has to be
stored between the way out and the way back, and a code that was caught on its way is of no use in another browser. What the
provider says of itself, and its keys, are asked for anew at each sign-in: they are few, and keys change.
"""

import hashlib
import hmac
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from nets.access.account import Identity
from survey_api.errors import ProviderUnavailable, SignInRefused

_SECONDS: Final = 10.0
_LEEWAY: Final = 60
# Signatures by a key of the provider's alone: neither "none" nor one made with a secret that two share.
_ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_SCOPE: Final = "openid profile email"


@dataclass(frozen=True, slots=True)
class OpenIdProvider:
    """A provider, and what this service is to it."""

    issuer: str
    client_id: str
    client_secret: str

    def way_out(self, secret: str, redirect_uri: str) -> str:
        """Where to send somebody who is to sign in.

        Raises
        ------
        ProviderUnavailable
            If the provider does not answer, or not as one.
        """
        with self._client(redirect_uri) as client:
            described = self._described(client)
            address, _ = client.create_authorization_url(
                described["authorization_endpoint"],
                state=state_of(secret),
                nonce=_derived(secret, "nonce"),
                code_verifier=_derived(secret, "verifier"),
            )
        return str(address)

    def claims_of(self, secret: str, redirect_uri: str, code: str) -> Mapping[str, Any]:
        """What the provider says of somebody who came back with a code.

        Raises
        ------
        SignInRefused
            If it takes the code for none, or its token is not sound: signature, issuer, audience, time, nonce.
        ProviderUnavailable
            If the provider does not answer, or not as one.
        """
        with self._client(redirect_uri) as client:
            described = self._described(client)
            methods = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
            if not self.client_secret:
                client.token_endpoint_auth_method = "none"  # noqa: S105 - the name of a method
            elif "client_secret_basic" not in methods:
                client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105
            try:
                token = client.fetch_token(
                    described["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=_derived(secret, "verifier"),
                )
                keys = KeySet.import_key_set(_json(client, described["jwks_uri"]))
            except OAuthError as error:
                raise SignInRefused(f"the provider refused the code: {error.error}") from None
            except (httpx2.HTTPError, ValueError, KeyError) as error:
                raise ProviderUnavailable(f"the provider's tokens or keys: {type(error).__name__}") from None
        return self._believed(token, keys, _derived(secret, "nonce"))

    def identity_of(self, claims: Mapping[str, Any]) -> Identity:
        """Who it is, in the words of the provider."""
        return Identity(self.issuer, str(claims["sub"]))

    def _believed(self, token: Mapping[str, Any], keys: KeySet, nonce: str) -> Mapping[str, Any]:
        try:
            decoded = jwt.decode(str(token["id_token"]), keys, algorithms=_ALGORITHMS)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self.client_id},
                    "sub": {"essential": True},
                },
                {"nonce": nonce, "client_id": self.client_id, "access_token": token.get("access_token")},
            )
            claims.validate(leeway=_LEEWAY)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise SignInRefused(f"the identity token is not sound: {type(error).__name__} {error}") from None
        return dict(claims)

    def _client(self, redirect_uri: str) -> OAuth2Client:
        return OAuth2Client(
            self.client_id,
            self.client_secret or None,
            scope=_SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=_SECONDS,
            verify=_trusted(),
        )

    def _described(self, client: OAuth2Client) -> Mapping[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery)."""
        try:
            described = _json(client, self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderUnavailable(f"the provider's description: {type(error).__name__}") from None
        if not isinstance(described, dict) or described.get("issuer") != self.issuer:
            raise ProviderUnavailable("the provider's description is that of another issuer")
        scheme = self.issuer.partition(":")[0]
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not str(described.get(name, "")).startswith((f"{scheme}://", "https://")):
                raise ProviderUnavailable(f"the provider's description has no {name}")
        return described


@cache
def _trusted() -> ssl.SSLContext:
    """The system's own authorities, read once."""
    return ssl.create_default_context()


def state_of(secret: str) -> str:
    """What comes back with the code, and ties it to the browser that holds the secret."""
    return _derived(secret, "state")


def _derived(secret: str, purpose: str) -> str:
    """43 to 128 characters that RFC 7636 allows for a verifier: 64 hexadecimal digits."""
    return hmac.new(secret.encode(), f"nets openid {purpose}".encode(), hashlib.sha256).hexdigest()


def _json(client: OAuth2Client, address: str) -> Any:
    answer = client.request("GET", address, withhold_token=True)
    answer.raise_for_status()
    return answer.json()
