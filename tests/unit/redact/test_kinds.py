# ruff: noqa: E501
"""Each class of secrets in the forms in which transcripts have it, and what looks like it and must stay.

«» encloses what must be hidden. Bodies are drawn from a seed, so that no scanner takes this file for a leak.
"""

from __future__ import annotations

import random
import re

import pytest

from gitstory import model
from gitstory.redact import secret_printing_commands, withhold
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
    'conn = pymysql.connect("db1", "app", "«River{b2}8821»", "appdb")', "DriverManager.getConnection(url, \"app\", \"«{pw}»\");",
    "const db = new Sequelize('app', 'svc', '«Copper7731!»', {})", "req.basic_auth 'ada', '«Copper7731!»'",
    "SET PASSWORD FOR 'a'@'%' = PASSWORD('«{pw}»');", "ALTER CURRENT USER SET PASSWORD FROM '«{pw}»' TO '«Copper7731!»';",
    "INSERT INTO u VALUES (1, crypt('«{pw}»', gen_salt('bf')));", "CREATE LOGIN a WITH PASSWORD = N'«{pw}»';",
    "ada:«{SHA}{s27}=»", "ada@acme.dev:«{SSHA512}{s90}»::::", "snmp-server community «{b12}» RW", "snmpget -v2c -c «Copper7731» 10.0.0.1 x",
    "net use Z: \\\\fs\\d «Copper7731!» /user:ACME\\ada", "xfreerdp /v:h /u:ada /p:«Copper7731!»", "WIFI:S:home;T:WPA;P:«Copper7731!»;;",
    "sqlplus scott/«Copper7731!»@ORCL", "ACL SETUSER w on >«Copper7731!» ~*", "rar a -hp«Copper7731!» x.rar d", "lftp -u ada,«Copper7731!» sftp://h",
    "kinit ada <<< '«Copper7731!»'", 'args: ["-u", "a", "-p", "«Copper7731!»"]', "    Key Content            : «Copper7731!»",
    "    DefaultPassword    REG_SZ    «Copper7731!»", "chpasswd:\n  list: |\n    root:«Copper7731!»\n    ada:«{b14}»\n  expire: false\n",
    "198.51.100.1 %any : PSK \"«Copper7731!»\"", "psk=\"«copp-rive7731»\"", "AUTH PLAIN «{s32}»", "userPassword:: «Q{s23}»",
    "smtp_password: |\n    «{pw}»\nport: 25", "#define WIFI_PASS \"«copp.rive7731»\"", "secret=«mb0vIbQ2z8Ka»\n", '["password"]=>\n  string(14) "«{pw}»"',
    "process.env.ACME_API_KEY || '«{h40}»'", "name,value\nACME_API_KEY,«{h32}»\n", "│ DB_PASSWORD │ «{pw}» │",
    "<AdministratorPassword><Value>«Copper7731!»</Value></AdministratorPassword>", 'Dim strPassword As String = "«copp_rive7731»"',
    "bundle config gems.acme.dev ci:«aThLZ7sr2K0pNWfnoPUw»", "mc alias set m https://m.acme.dev admin «oZj9CGzi66yR2cUWGdE7»", "ab -A ada:«zJ9gW28pX3zQoK» https://x/",
    "DEBUG: auth with ('ada', '«y4qXuQ2lV9o#lLsuS»')", "CREDENTIALS\tASIA{U16}\tx\t«{s40}»\t«{s300}»", "SAMLResponse=«PHNhbWxwOlJlc3BvbnNl{s200}»",
    'Authorization: Digest username="a", uri="/", response="«{h32}»"', 'AES.new(bytes.fromhex("«{h64}»"), MODE)', "oathtool --totp -b «{U32}»",
    "https://calendar.acme.dev/ical/x/private-«{h32}»/basic.ics", "https://api.acme.dev/v2?lat=1&appid=«{h32}»", "username a privilege 15 password 0 «Copper7731»",
    "kind: Secret\nstringData:\n  smtp: «copp-rive7731»\n", "printf '%s\\n%s\\n' «Copper7731» «Copper7731» | passwd ada", "USER ada\n+OK\nPASS «UjEGaT9nsjP0»\n+OK\n",
]  # fmt: skip
PROSE = [
    "the password is now «{pw}», please test", "The password for the staging database is «River{b2}88».",
    "log in as admin with password «Copper7731!»", "credentials: admin / «{pw}»", "login with ci@acme.dev / «{pw}»",
    "db creds are app:«{pw}»", "das Passwort ist «{pw}»", "Kennwort: «{pw}»", "le mot de passe est «{pw}»",
    "la contraseña es «{pw}»", "a senha é «{pw}»", "la password del database è «{pw}»", "het wachtwoord is «{pw}»",
    "hasło to «{pw}»", "passordet er «{pw}»", "пароль: «{pw}»", "密码是 «{pw}»", "パスワードは「«{pw}»」です", "비밀번호: «{pw}»",
    "**Password:** «{pw}»", "- **Password**: `«{pw}»`", "the sudo password was changed to «{pw}» yesterday",
    "the pasword is «{pw}»", "passwrod: «{pw}»", "psw «{pw}»", "my pass's «{pw}»", "Password:\n«{pw}»\n", "the password is\n\n    «{pw}»\n",
    "password → «{pw}»", "enter «Copper7731!» when asked for the password", "log in with ada and «Copper7731!» as the pass",
    "when it asks for the password type «Copper7731!»", "create a secret DB_PASS with value «Copper7731!»", "login fails with ada / «{pw}»",
    "Password? «Copper7731!»", "auth token = «CastleMeadow#25»", "client secret: «copp-rive7731»", "la contrasenya és «{pw}»", "ww: «{pw}»",
    "chave da API: «{pw}»", "chiave API: «{pw}»", "Client-Geheimnis: «{pw}»", "密钥: «{pw}»", "كلمة المرور هي «{pw}»", "ο κωδικός είναι «{pw}»",
    "password («xKrf5hkcbdqDL6»)", "log in as ada with «Copper7731!» please", "«Copper7731!» is the password", "the secret you need is «Copper7731!»",
    "sandinya «{pw}»", "parola este «{pw}»", "kodeordet er «{pw}»", "la parola d'ordine è «{pw}»", "пароль: «copp.rive7731»",
]  # fmt: skip
ALONE = [
    "«MIIEpAIBAAKCAQEA{s48}»\n«{s64}»\n«{s30}»", "key: «MHcCAQEEI{s110}»", "«MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKg{s41}»\n«{s76}»",
    "«b3BlbnNzaC1rZXktdjEAAAAABG5vbmU{s40}»\\n«{s71}»\\n«{s20}»\\n", '{"kty":"OKP","d":"«{u43}»","x":"{u43}"}',
    "«LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t{s40}»\n«{s76}»\n«{s8}»", "priv:\n    «5c:01:ab:{h2}:{h2}:{h2}:{h2}:»\npub:\n",
    "-----BEGIN OpenVPN Static key V1-----\n«{h32}»\n«{h32}»\n-----END OpenVPN Static key V1-----",
    "<tls-crypt>\n«{h32}»\n«{h32}»\n</tls-crypt>", "«{s64}»\n«{s64}»\n«{s64}»\n«{s64}»\n«{s30}»==", "x:\n  | «{s70}»\n  | «{s70}»\n  | «{s70}»\n  | «{s20}»\n",
    '"«{s64}»\\n«{s64}»\\n«{s64}»\\n«{s40}»\\n"', "Private-Lines: 3\\n«{s64}»\\n«{s64}»\\n«{s30}»\\nPrivate-MAC: {h40}", "P12=«MIIKcQIBAzCC{s200}»", "«/u3+7QAAAAIAAAAB{s200}»",
    "«RWRCSwAA{s130}»", "MK dump:\t«3b 3f 6c 6d b5 da 2a c7 ef 09 1f 00 3b 06 57 49»\n", "salt=2C4557FBDEF60050\nkey=«940AC0B17166C998EBF68554765DA567»\niv =AC",
    "AES-256 key: «{h64}»", "private key (hex): «{h64}»", "Seed phrase:\n«agree camera address design donate donate chalk citizen cereal believe carbon adapt»\n",
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
    '{"kty":"RSA","n":"{u43}","e":"AQAB"}', 'integrity="sha384-{s64}"', "const Win10or11SDKVer = 0", "typeof BigUint64Array", "az_AZ.KOI8-C a3_AZ.KOI8-C",
    "readWellKnownNat64Ipv6(host)", "isLinkLocalIpv4", '"node_id":"PRRC_kwDOQyo98M6lwi9D"', "agent_msg_016D9CmwHtK1xUwByufe6J62",
    "-----BEGIN CERTIFICATE-----\n{s64}\n{s64}\n{s64}\n{s64}\n-----END CERTIFICATE-----\n", "Content-Transfer-Encoding: base64\n\n{s76}\n{s76}\n{s76}\n{s76}\n",
    "iVBORw0KGgo{s53}\n{s64}\n{s64}\n{s64}\n{s20}\n", "# ECONNREFUSED is 10061 on MSWin32. If we pass it", "getpass.getpass(' Confirm: ')", "openssl ciphers -v -s -tls1_3 -psk",
    "connect(host, port, timeout=30, retries=3)", 'connect("db1", "users", "utf8mb4")', "new PDO($dsn, $user1, $pass1)", "bytes.fromhex('{h64}')", "mount -o uid=1000,gid=1000 x",
    "connection('https://a.example.org/v1', 'GET')", "password1 = form.cleaned_data['password1']", "recover the key (2nd try): no", "[1, 2, 3, 4, 5, 6, 7, 8]",
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
    assert secret_printing_commands.prints_secret(command)
    call = model.Call("Bash", input=command, output="correct horse battery")
    turn = model.Turn("1", 1, "x", steps=(call,))
    kept = redact_conversation(model.Conversation("codex", "c", (turn,)), Redactor(Settings()))
    assert next(kept.turns[0].calls).output == withhold.NOTICE
    assert next(kept.turns[0].calls).input == command


@pytest.mark.parametrize("command", SILENT)
def test_output_of_other_commands_stays(command: str) -> None:
    assert not secret_printing_commands.prints_secret(command)
