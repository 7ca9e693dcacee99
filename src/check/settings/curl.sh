#!/bin/sh
# Needs curl and openssl. (5) Nothing of the ID token is verified here: it is for trying out.
set -eu

# (1) The issuer is another address than that of the metadata, so each is named.
issuer={{issuer}}
metadata={{metadata}}
authorization_endpoint={{authorization_start}}
token_endpoint={{token_endpoint}}
client_id={{client_id}}
redirect_uri={{redirect_uri}}
scope={{scope}}

text() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
encoded() { printf %s "$1" | od -An -v -tx1 | tr -d '\n' | tr ' ' '%'; }

found=$(curl --fail --silent --show-error "$metadata" | text issuer)
[ "$found" = "$issuer" ] || { echo 'The metadata name another issuer.' >&2; exit 1; }

verifier=$(openssl rand 32 | base64url)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | base64url)
state=$(openssl rand 16 | base64url)
nonce=$(openssl rand 16 | base64url)

echo 'Open this address and sign in:'
printf '%sresponse_type=code&client_id=%s&redirect_uri=%s&scope=%s' "$authorization_endpoint" \
  "$(encoded "$client_id")" "$(encoded "$redirect_uri")" "$(encoded "$scope")"
printf '&state=%s&nonce=%s&code_challenge=%s&code_challenge_method=S256\n' "$state" "$nonce" "$challenge"
echo 'Then paste the address that the browser came back to:'
read -r answer

case "$answer&" in
  *[?\&]state="$state"\&*) ;;
  *) echo 'The answer belongs to another sign-in.' >&2; exit 1 ;;
esac
code=$(printf %s "$answer" | sed -n 's/.*[?&]code=\([^&#]*\).*/\1/p')

# A client without a secret names itself in the form.
tokens=$(curl --fail --silent --show-error "$token_endpoint" \
  --data grant_type=authorization_code \
  --data-urlencode client_id="$client_id" \
  --data code="$code" \
  --data-urlencode redirect_uri="$redirect_uri" \
  --data code_verifier="$verifier")
echo 'Signed in.'

# (4) One refresh at a time: it ends both tokens that were used before. Keep what comes instead.
refresh_token=$(printf %s "$tokens" | text refresh_token)
tokens=$(curl --fail --silent --show-error "$token_endpoint" \
  --data grant_type=refresh_token \
  --data-urlencode client_id="$client_id" \
  --data-urlencode refresh_token="$refresh_token")
echo 'Refreshed.'

access_token=$(printf %s "$tokens" | text access_token)
[userinfo]curl --fail --silent --show-error --header @- {{userinfo_endpoint}} <<end
[userinfo]Authorization: Bearer $access_token
[userinfo]end

# (2) To sign out, forget the tokens. No revocation is sent.
