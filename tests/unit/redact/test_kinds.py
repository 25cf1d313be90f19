# ruff: noqa: E501
"""Each class of secrets in the forms in which transcripts have it, and what looks like it and must stay.

«» encloses what must be hidden. Bodies are drawn from a seed, so that no scanner takes this file for a leak.
"""

from __future__ import annotations

import random
import re

import pytest

from gitstory import model
from gitstory.redact import commands, withhold
from gitstory.redact.engine import Redactor, Settings, redact_conversation
from tests.unit.redact.corpus import BASE62, HEX, LOWER, UPPER, URLSAFE, draw

RNG = random.Random(73)
ALPHABETS = {"b": BASE62, "h": HEX, "l": LOWER + "0123456789", "u": URLSAFE, "U": UPPER + "234567", "s": BASE62 + "+/"}


def filled(template: str) -> str:
    """`{b20}` becomes 20 letters and digits, `{uuid}` a UUID, `{pw}` a password."""
    template = template.replace("{uuid}", "{h8}-{h4}-{h4}-{h4}-{h12}").replace("{pw}", "{b9}#{b4}7x")
    return re.sub(r"\{([bhluUs])(\d+)\}", lambda slot: draw(RNG, ALPHABETS[slot[1]], int(slot[2])), template)


TOKENS = [
    "«dbtc_{b44}»", "«nvapi-{b64}»", "«napi_{l64}»", "«sgp_{h40}»", "«xaat-{uuid}»", "«sk-{h32}»", "«da2-{l26}»",
    "«CLOJARS_{b60}»", "«{h32}-us12»", "«{h36}NRAL»", "«{b14}.atlasv1.{b67}»", "«{b6}_{b29}_mmk»", "«sha256~{b43}»",
    "«token-{l5}:{l54}»", "«{b3}8Q~{b34}»", "«AstraCS:{b24}:{h64}»", "«configcat-sdk-1/{b22}/{b22}»", "«SU{U56}»",
    "«acme_live_{b36}»", "https://hooks.slack" + ".com/services/«T{b8}/B{b8}/{b24}»", "«2{b26}_{b21}»",
    "https://maker.ifttt.com/trigger/x/with/key/«{b43}»", "https://chat.acme.dev/hooks/«{l26}»", "user:«$2b$12${b53}»",
]  # fmt: skip
STRUCTURES = [
    'os.getenv("HEROKU_API_KEY", "«{uuid}»")', "| `API_TOKEN` | `«{h32}»` |", "- **API_SECRET**: `«{b24}»`",
    '{"db_password": {"value": "«{pw}»", "sensitive": true}}', '{"apiToken": {"type": "string", "default": "«{b32}»"}}',
    '[{"name": "STRIPE_SECRET", "type": "secret", "value": "«{b30}»"}]', '{"value": "«{pw}»", "name": "ADMIN_PASSWORD"}',
    "ParameterKey=MasterUserPassword,ParameterValue=«{b16}»", 'variable "db_password" {\n  default = "«{pw}»"\n}',
    "Access key ID,Secret access key\nAKIA{U16},«{s40}»", "AKIA{U16} / «{s40}» for the bucket",
    "user,email,password\nada,ada,«{pw}»\n", " id |  api_key\n----+----------\n  1 | «{b32}»\n",
    "| User | Password |\n|------|----------|\n| ci | «{pw}» |", 'id,service,api_token\\n1,ci,«{b36}»"',
    "echo '«{pw}»' | docker login r.acme.dev -u ci --password-stdin", "echo \"«{pw}»\" | sudo -S apt-get update",
    "docker login -u ci --password-stdin <<< '«{pw}»'", "echo 'ci:«{pw}»' | chpasswd", 'echo "«{b24}»" | gh secret set X',
    "gh secret set DEPLOY --body '«{pw}»'", "ALTER USER 'a'@'%' IDENTIFIED BY '«{pw}»';", 'auth=("ci", "«{pw}»")',
    'ConvertTo-SecureString "«{pw}»" -AsPlainText -Force', "curl -b 'session=«{b40}»' https://x", "ssh-keygen -f k -N '«{pw}»'",
    "unzip -P '«{b12}»' x.zip", "http -a ci:«{b14}» https://x", "kubectl create secret generic a --from-literal=lic=«{b30}»",
    "db.acme.dev:5432:app:svc:«{b16}»", "await page.fill('input[name=\"password\"]', '«{pw}»');",
    "cy.get('#password').type('«{pw}»')", '<input type="password" name="pw" value="«{pw}»">', "SERVER=db;PWD=«{b14}»;UID=app",
    "kind: Secret\ndata:\n  DATABASE: «{s60}»\n  other: «{s40}»\n", "consul members -token=«{uuid}»",
    'requests.get(u, cookies={"sessionid": "«{l32}»"})', "<key>APIKey</key>\n<string>«{b32}»</string>",
    "$ pass show prod/db\n«{pw}»\n$ ", "$ vault kv get -field=password secret/app\n«{b16}»\n", "$ cat ~/.pgpass\n«db:1:a:a:{b9}»\n",
    '{"stdout": "$ op read op://x/y\\n«{pw}»\\n$ "}', "PGPASSWORD=«{b12}» psql", "openssl rsa -passin pass:«{pw}» -in k",
]  # fmt: skip
PROSE = [
    "the password is now «{pw}», please test", "The password for the staging database is «River{b2}88».",
    "log in as admin with password «Copper7731!»", "credentials: admin / «{pw}»", "login with ci@acme.dev / «{pw}»",
    "db creds are app:«{pw}»", "das Passwort ist «{pw}»", "Kennwort: «{pw}»", "le mot de passe est «{pw}»",
    "la contraseña es «{pw}»", "a senha é «{pw}»", "la password del database è «{pw}»", "het wachtwoord is «{pw}»",
    "hasło to «{pw}»", "passordet er «{pw}»", "пароль: «{pw}»", "密码是 «{pw}»", "パスワードは「«{pw}»」です", "비밀번호: «{pw}»",
    "**Password:** «{pw}»", "- **Password**: `«{pw}»`", "the sudo password was changed to «{pw}» yesterday",
]  # fmt: skip
ALONE = [
    "«MIIEpAIBAAKCAQEA{s48}»\n«{s64}»\n«{s30}»", "key: «MHcCAQEEI{s110}»", "«MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKg{s41}»\n«{s76}»",
    "«b3BlbnNzaC1rZXktdjEAAAAABG5vbmU{s40}»\\n«{s71}»\\n«{s20}»\\n", '{"kty":"OKP","d":"«{u43}»","x":"{u43}"}',
    "«LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t{s40}»\n«{s76}»\n«{s8}»", "priv:\n    «5c:01:ab:{h2}:{h2}:{h2}:{h2}:»\npub:\n",
    "-----BEGIN OpenVPN Static key V1-----\n«{h32}»\n«{h32}»\n-----END OpenVPN Static key V1-----",
]  # fmt: skip


@pytest.mark.parametrize("template", [*TOKENS, *STRUCTURES, *PROSE, *ALONE])
@pytest.mark.parametrize("wrap", ["{}", "> {}\n", "```\n{}\n```\n"])
def test_hidden(template: str, wrap: str) -> None:
    marked = filled(template)
    text = wrap.replace("{}", re.sub("[«»]", "", marked))
    redacted = Redactor(Settings()).text(text)
    for secret in re.findall("«([^»]*)»", marked):
        assert secret not in redacted
        assert secret[-8:] not in redacted
    assert redacted.count("\n") == text.count("\n")


STAY = [
    "toolu_{b24} msg_01{b22} call_{b24} resp_{h48} srvtoolu_01{b22}", '{"requestId": "acme_{b30}"}', "sha256_{h64}",
    '"LockToken": "{uuid}", "ClientToken": "{uuid}"', '"sessionId": "{uuid}"', 'request_token = "{uuid}"', "cache_key = {h40}",
    "splitpasswd('user:ab')", "password = base64.b16encode(data)", "pass force_zip64 to the constructor", "the password is hashed with argon2id",
    "the password is wrong, try password reset", "'encode_password', 'encode_sql92',\n'encode_b1', 'encode_b2',\n",
    "def f(token, secret, x1):\n    return sha256, md5sum1, utf8\n", "X25519PrivateKey\n    | Ed25519PrivateKey\n    | X448PrivateKey\n",
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A{s60}\n{s64}", "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUF{s40}\n{s64}",
    "$ terraform plan\nno changes here at all1\n", "$ git log --oneline\n{h7} Use op read for secrets\n", "echo $PWD\n/srv/app1",
    "identified by `code1:` in the list", "Credentials are read from the file config1.toml", "echo hello1234 | sort", "$ aws s3 ls\nbucket-{h8}\n",
    '{"kty":"RSA","n":"{u43}","e":"AQAB"}', 'integrity="sha384-{s64}"',
]  # fmt: skip


@pytest.mark.parametrize("template", STAY)
def test_left_alone(template: str) -> None:
    text = filled(template)
    assert Redactor(Settings()).text(text) == text


PRINTS = [
    "op read op://a/b", "cd x && op item get y", "pass show a/b", "terraform output -raw x", "aws --profile p ssm get-parameter --name x",
    "aws secretsmanager get-secret-value --secret-id x", "aws ecr get-login-password --region eu", "vault kv get a/b",
    "gcloud secrets versions access latest --secret=x", "kubectl -n a get secret b -o yaml", "gh auth token", "heroku config:get X",
    "kubectl get secret b -o jsonpath='{.data.p}' | base64 -d", "security find-generic-password -s x -w", "az account get-access-token",
    "echo $DB_PASSWORD", 'printenv "API_TOKEN"', "X=$(bw get password y) ./run", "sops -d x.yaml", "gpg --decrypt x.gpg",
    "cat /run/secrets/db", 'bash -lc "op read op://a/b"', "echo $SECRET | base64 --decode",
]  # fmt: skip
SILENT = [
    "git log --grep 'op read'", "terraform plan", "kubectl get pods", "kubectl get secrets", "passwd --help", "echo $PWD", "echo $HOME",
    "grep -rn 'pass show' docs", "aws s3 ls", "vault status", "cat README.md", "helm repo update", "base64 -d image.b64 > x.png",
]  # fmt: skip


@pytest.mark.parametrize("command", PRINTS)
def test_output_of_commands_that_print_secrets_is_withheld(command: str) -> None:
    assert commands.prints_secret(command)
    call = model.Call("Bash", input=command, output="correct horse battery")
    turn = model.Turn("1", 1, "x", steps=(call,))
    kept = redact_conversation(model.Conversation("codex", "c", (turn,)), Redactor(Settings()))
    assert next(kept.turns[0].calls).output == withhold.NOTICE
    assert next(kept.turns[0].calls).input == command


@pytest.mark.parametrize("command", SILENT)
def test_output_of_other_commands_stays(command: str) -> None:
    assert not commands.prints_secret(command)
