"""A corpus of made-up secrets in realistic surroundings, drawn from a seed; nothing in this file is a whole token.

`cases(seed, rounds)` yields (what, secret, text): `text` holds `secret`, perhaps broken over lines or escaped.
"""

from __future__ import annotations

import base64
import json
import random
import re
import string
from collections.abc import Callable, Iterator
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as sre  # type: ignore[attr-defined]
from typing import Any

from gitstory.redact.token_formats import SHAPES

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
BASE62 = LOWER + UPPER + DIGITS
HEX = "0123456789abcdef"
URLSAFE = BASE62 + "-_"
PROSE = (
    "I looked at the failing job and the problem is plain: the worker starts before the queue exists. "
    "We should retry with a delay, write a test for it, and keep the old behaviour behind a flag. "
)
WORDS = PROSE.split()

Secret = tuple[str, str]
"""What it is, and the secret."""


def draw(rng: random.Random, alphabet: str, count: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(count))


def tokens(rng: random.Random) -> Iterator[Secret]:
    """Tokens with a shape of their own, written down here apart from the engine's table."""
    b62 = lambda n: draw(rng, BASE62, n)  # noqa: E731
    hx = lambda n: draw(rng, HEX, n)  # noqa: E731
    url = lambda n: draw(rng, URLSAFE, n)  # noqa: E731
    up = lambda n: draw(rng, UPPER + DIGITS, n)  # noqa: E731
    num = lambda n: draw(rng, "123456789", n)  # noqa: E731
    yield "aws", "AK" + "IA" + draw(rng, UPPER + "234567", 16)
    yield "aws-session", "AS" + "IA" + draw(rng, UPPER + "234567", 16)
    yield "gcp", "AI" + "za" + url(35)
    yield "google-oauth", "ya" + "29.a0" + url(120)
    yield "google-secret", "GOC" + "SPX-" + url(28)
    for letter in "pousr":
        yield "github", f"gh{letter}" + "_" + b62(36)
    yield "github-fine", "github" + "_pat_" + b62(22) + "_" + b62(59)
    yield "gitlab", "gl" + "pat-" + b62(20)
    yield "gitlab-long", "gl" + "pat-" + b62(27) + ".01." + draw(rng, LOWER + DIGITS, 9)
    yield "slack-bot", "xo" + "xb-" + num(12) + "-" + num(13) + "-" + b62(24)
    yield "slack-app", "xa" + "pp-1-" + up(11) + "-" + num(13) + "-" + hx(64)
    yield "slack-hook", "https://hooks.sl" + "ack.com/services/T" + up(8) + "/B" + up(8) + "/" + b62(24)
    yield "stripe", "sk" + "_live_" + b62(24)
    yield "stripe-restricted", "rk" + "_live_" + b62(99)
    yield "stripe-test", "sk" + "_test_" + b62(99)
    yield "openai", "sk" + "-proj-" + url(156)
    yield "openai-old", "sk" + "-" + b62(20) + "T3Blbk" + "FJ" + b62(20)
    yield "anthropic", "sk" + "-ant-api03-" + url(93) + "AA"
    yield "huggingface", "hf" + "_" + draw(rng, LOWER + UPPER, 34)
    yield "npm", "np" + "m_" + b62(36)
    yield "pypi", "py" + "pi-AgEIcHlwaS5vcmc" + url(150)
    yield "twilio", "S" + "K" + hx(32)
    yield "sendgrid", "S" + "G." + url(22) + "." + url(43)
    yield "telegram", num(10) + ":A" + "A" + url(33)
    yield "discord", rng.choice("MN") + b62(25) + "." + b62(6) + "." + url(38)
    yield "discord-hook", "https://disc" + "ord.com/api/webhooks/" + num(18) + "/" + url(68)
    yield "digitalocean", "do" + "p_v1_" + hx(64)
    yield "databricks", "da" + "pi" + hx(32)
    yield "shopify", "sh" + "pat_" + hx(32)
    yield "square", "sq" + "0csp-" + url(43)
    yield "mailgun", "ke" + "y-" + hx(32)
    yield "postman", "PM" + "AK-" + hx(24) + "-" + hx(34)
    yield "vault", "hv" + "s." + url(95)
    yield "linear", "li" + "n_api_" + b62(40)
    yield "notion", "nt" + "n_" + b62(46)
    yield "sentry", "snt" + "rys_" + b62(100)
    yield "age", "AGE-SEC" + "RET-KEY-1" + draw(rng, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)
    yield "docker", "dc" + "kr_pat_" + url(27)
    yield "heroku", "HR" + "KU-" + url(60)
    yield "grafana", "gl" + "sa_" + b62(32) + "_" + hx(8)
    yield "newrelic", "NR" + "AK-" + up(27)
    yield "planetscale", "psc" + "ale_tkn_" + url(43)
    yield "tailscale", "ts" + "key-auth-" + b62(12) + "-" + b62(32)
    yield "atlassian", "ATA" + "TT3x" + url(180)
    yield "groq", "gs" + "k_" + b62(52)
    yield "jwt", _jwt(rng)


def _jwt(rng: random.Random) -> str:
    parts = [{"alg": "HS256", "typ": "JWT"}, {"sub": draw(rng, DIGITS, 10), "name": "dev", "iat": rng.randrange(10**9)}]
    head = ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts)
    return head + "." + draw(rng, URLSAFE, 43)


def table(rng: random.Random) -> Iterator[Secret]:
    """One token for every row and prefix of the engine's own table."""
    for shape in SHAPES:
        if shape.context == "J":  # found by their whole address
            continue
        yield shape.rule, sample(sre.parse(shape.pattern.pattern), rng)


def sample(tree: Any, rng: random.Random) -> str:
    """A text the parsed regular expression matches; repeats are kept short."""
    parts = []
    for kind, value in tree:
        if kind is op.LITERAL:
            parts.append(chr(value))
        elif kind is op.IN:
            parts.append(rng.choice(_alphabet(value)))
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            least, most, body = value
            parts += [sample(body, rng) for _ in range(rng.randint(least, min(most, max(least, 60))))]
        elif kind is op.SUBPATTERN:
            parts.append(sample(value[3], rng))
        elif kind is op.BRANCH:
            parts.append(sample(rng.choice(value[1]), rng))
        elif kind not in (op.ASSERT_NOT, op.ASSERT, op.AT):
            raise ValueError(kind)
    return "".join(parts)


def _alphabet(items: Any) -> str:
    chars = ""
    for kind, value in items:
        if kind is op.LITERAL:
            chars += chr(value)
        elif kind is op.RANGE:
            chars += "".join(map(chr, range(value[0], value[1] + 1)))
        else:
            chars += DIGITS if value is op.CATEGORY_DIGIT else BASE62
    return chars


def password(rng: random.Random) -> str:
    """Twelve to twenty-four characters as password managers make them."""
    return draw(rng, BASE62, rng.randint(11, 20)) + rng.choice("!#%^*_+-~") + draw(rng, BASE62, 3)


def prose(rng: random.Random, count: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(count))


def nested(text: str, levels: int) -> str:
    for level in range(levels):
        text = json.dumps({"content": text} if level % 2 else text)
    return text


def wrapped(text: str, width: int, lead: str = "") -> str:
    """Broken hard at a column, as a terminal does."""
    return "\n".join(lead + text[at : at + width] for at in range(0, len(text), width))


def around_token(rng: random.Random, secret: str) -> Iterator[tuple[str, str]]:
    """A token in every surrounding; none of them says that it is secret."""
    yield "prose", f"{prose(rng, 8)} {secret}, {prose(rng, 5)}"
    yield "end of sentence", f"{prose(rng, 8)} {secret}."
    yield "backticks", f"Use `{secret}` here. {prose(rng, 5)}"
    yield "code", f"client = Client('{secret}', timeout=3)\nreturn client"
    yield "kwarg", f'connect(value="{secret}")'
    yield "env", f"export THING={secret}\n{prose(rng, 3)}"
    yield "yaml", f"service:\n  thing: {secret}\n  port: 80"
    yield "csv", f"1,{secret},dev"
    yield "query", f"GET https://api.example.com/v1/x?thing={secret}&page=2 200"
    yield "table", f"| name | {secret} | yes |"
    yield "html", f"<td>{secret}</td>"
    yield "colour", f"\x1b[32m{secret}\x1b[0m ok"
    yield "log", f"2026-01-02T03:04:05Z INFO main: got [{secret}] in 3 ms"
    yield "diff", f"@@ -1,2 +1,2 @@\n-old = 1\n+new = {secret}\n unchanged"
    yield "diff start", f"@@ -1 +1 @@\n-{secret}\n+{secret}"
    yield "numbered", f"    12→value {secret}\n    13→{secret}"
    for levels in (1, 2, 3):
        yield f"json {levels}", nested(f'{prose(rng, 3)}\n{secret}\tand "{secret}" {prose(rng, 3)}', levels)
    yield "crlf", f"a\r\n{secret}\r\nb"
    before = prose(rng, rng.randint(1, 6)) + " "
    yield "wrapped", wrapped(before + secret + " " + prose(rng, 4), rng.randint(40, 100))
    cut = rng.randint(3, len(secret) - 3)
    yield "split", f"{prose(rng, 5)} {secret[:cut]}\n{secret[cut:]} {prose(rng, 2)}"
    yield "split indented", f"  > {secret[:cut]}\n  > {secret[cut:]}\n"
    yield "split diff", f"+{secret[:cut]}\n+{secret[cut:]}\n"
    yield "split escaped", json.dumps(f"{prose(rng, 5)} {secret[:cut]}\n{secret[cut:]}\n")
    yield "split box", f"│ {secret[:cut]} │\n│ {secret[cut:]} │\n"


CONTEXTS: tuple[tuple[str, Callable[[str], str]], ...] = (
    (".env", lambda s: f"DEBUG=1\nDB_PASSWORD={s}\nPORT=80"),
    ("export", lambda s: f"export SERVICE_SECRET={s}"),
    ("export quoted", lambda s: f"export API_TOKEN='{s}'"),
    ("yaml", lambda s: f"db:\n  user: app\n  password: {s}\n  port: 1"),
    ("yaml quoted", lambda s: f'  client_secret: "{s}"\n'),
    ("json", lambda s: json.dumps({"user": "app", "password": s, "port": 5432})),
    ("json in json", lambda s: json.dumps({"body": json.dumps({"clientSecret": s, "x": 1})})),
    ("json thrice", lambda s: nested(json.dumps({"apiToken": s, "x": [1]}), 2)),
    ("python", lambda s: f'password = "{s}"\nconnect(password)'),
    ("python kwarg", lambda s: f"connect(host='db', password='{s}', port=1)"),
    ("typed", lambda s: f'const apiToken: string = "{s}";'),
    ("dict", lambda s: f"settings['SECRET_KEY'] = '{s}'"),
    ("setenv", lambda s: f'os.environ["DB_PASSWORD"] = "{s}"'),
    ("ruby", lambda s: f":password => '{s}',"),
    ("flag", lambda s: f"$ tool login --user dev --password {s} --yes"),
    ("flag =", lambda s: f"$ tool --token={s} run"),
    ("flag quoted", lambda s: f"$ tool --password '{s}'"),
    ("curl -u", lambda s: f"curl -u dev:{s} https://api.internal.dev/x"),
    ("mysql", lambda s: f"mysql -u root -p{s} app"),
    ("docker login", lambda s: f"docker login -u dev -p {s} registry.internal.dev"),
    ("uri", lambda s: f"DATABASE_URL=postgresql://app:{s}@db.internal.dev:5432/app"),
    ("uri redis", lambda s: f"redis://:{s}@cache:6379/0"),
    ("uri in json", lambda s: json.dumps(json.dumps({"url": f"mongodb+srv://app:{s}@cluster.internal.dev/x"}))),
    ("https", lambda s: f"git clone https://dev:{s}@git.internal.dev/x.git"),
    ("go dsn", lambda s: f'sql.Open("mysql", "app:{s}@tcp(db:3306)/app")'),
    ("ado", lambda s: f"Server=tcp:db,1433;Database=app;User ID=app;Password={s};Encrypt=true;"),
    ("jdbc", lambda s: f"jdbc:sqlserver://db:1433;databaseName=app;user=app;password={s};"),
    ("jdbc query", lambda s: f"jdbc:mysql://db/app?user=app&password={s}&useSSL=true"),
    ("libpq", lambda s: f"host=db user=app password={s} dbname=app"),
    ("bearer", lambda s: f"curl -H 'Authorization: Bearer {s}' https://x"),
    ("header", lambda s: f"X-Api-Key: {s}\nAccept: */*"),
    ("header json", lambda s: json.dumps({"headers": {"Authorization": f"Bearer {s}"}})),
    ("xml", lambda s: f"<server><password>{s}</password></server>"),
    ("xml add", lambda s: f'<add key="DbPassword" value="{s}" />'),
    ("k8s env", lambda s: f"        - name: DB_PASSWORD\n          value: {s}\n"),
    ("ecs env", lambda s: json.dumps([{"name": "API_TOKEN", "value": s}])),
    ("netrc", lambda s: f"machine api.internal.dev login dev password {s}"),
    ("ini", lambda s: f"[db]\nuser = app\npasswd = {s}\n"),
    ("npmrc", lambda s: f"//registry.internal.dev/:_authToken={s}"),
    ("dockerfile", lambda s: f"ENV API_TOKEN {s}\nRUN x"),
    ("prose", lambda s: f"the password is {s}, please use it"),
    ("prompt", lambda s: f"API Key: {s}\n"),
    ("diff", lambda s: f'-password = "{s}"\n+password = os.environ["PW"]'),
    ("assertion", lambda s: f'if password == "{s}":'),
    ("cookie", lambda s: f"Cookie: theme=dark; session_id={s}; lang=en"),
    ("set-cookie", lambda s: f"< Set-Cookie: sid={s}; Path=/; HttpOnly"),
    ("query", lambda s: f"GET /x?access_token={s}&y=1"),
)


def values(rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Random values that only their surroundings betray."""
    plain = {"bearer", "header", "header json", "cookie", "set-cookie", "query", "npmrc", "prose", "xml"}
    for what, context in CONTEXTS:
        alphabet = BASE62 if what in plain or "token" in context("").lower() else None
        secret = draw(rng, BASE62, rng.randint(20, 44)) if alphabet else password(rng)
        yield what, secret, context(secret)
        hidden = draw(rng, BASE62, rng.randint(24, 40))
        yield what + " long", hidden, context(hidden)
        yield what + " nested", hidden, nested(context(hidden) + "\nmore", rng.randint(1, 3))
    aws = draw(rng, BASE62 + "/+", 39) + "A"
    yield "aws secret", aws, f"aws_secret_access_key = {aws}\nregion = eu-west-1"
    yield "aws prompt", aws, f"AWS Secret Access Key [None]: {aws}"
    azure = base64.b64encode(rng.randbytes(64)).decode()
    yield "azure", azure, f"DefaultEndpointsProtocol=https;AccountName=x;AccountKey={azure};EndpointSuffix=core"
    yield "basic", *_basic(rng)
    for digest in (32, 40, 64):
        key = draw(rng, HEX, digest)
        yield "hex key", key, f"DD_API_KEY={key}"
    uuid = "-".join(draw(rng, HEX, count) for count in (8, 4, 4, 4, 12))
    yield "heroku", uuid, f"HEROKU_API_KEY={uuid}"
    yield "npm uuid", uuid, f"//registry.example.org/:_authToken={uuid}"
    data = base64.b64encode(password(rng).encode() + b"!!"[: rng.randint(0, 2)]).decode()
    yield "kubernetes", data, f"apiVersion: v1\nkind: Secret\ndata:\n  password: {data}\n"
    word = password(rng)
    yield "netrc", word, f"machine api.example.com login dev password {word}\n"
    yield "netrc lines", word, f"machine api.example.com\n  login dev\n  password {word}\n"


def _basic(rng: random.Random) -> tuple[str, str]:
    secret = base64.b64encode(f"dev:{password(rng)}".encode()).decode()
    return secret, f"Authorization: Basic {secret}"


def keys(rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Private keys; the secret is the body without line ends."""
    for kind in ("RSA ", "EC ", "", "OPENSSH ", "ENCRYPTED ", "DSA "):
        body = base64.b64encode(rng.randbytes(rng.randint(120, 1200))).decode()
        width = 70 if kind == "OPENSSH " else 64
        rows = [body[at : at + width] for at in range(0, len(body), width)]
        mark = f"{kind}PRIVATE " + "KEY-----"
        pem = "\n".join(["-----BEGIN " + mark, *rows, "-----END " + mark])
        yield "pem", body, f"{prose(rng, 3)}\n{pem}\n{prose(rng, 3)}"
        yield "pem indented", body, "key: |\n" + "\n".join("  " + row for row in pem.split("\n")) + "\nport: 1\n"
        yield "pem diff", body, "\n".join("+" + row for row in pem.split("\n")) + "\n unchanged"
        yield "pem numbered", body, "\n".join(f"{at:6}→{row}" for at, row in enumerate(pem.split("\n"), 1))
        for levels in (1, 2, 3):
            yield f"pem json {levels}", body, nested(pem + "\n", levels)
        yield "pem one line", body, 'KEY="' + pem.replace("\n", "\\n") + '"'
        yield "pem code", body, "\n".join(f'    "{row}\\n"' for row in pem.split("\n"))
        yield "pem cut off", body, pem[: pem.index("-----END")] + "\n[output truncated]"
        yield "pem headless", body[width:], "\n".join(pem.split("\n")[2:])
        yield "pem crlf", body, pem.replace("\n", "\r\n")
    block = base64.b64encode(rng.randbytes(600)).decode()
    rows = [block[at : at + 64] for at in range(0, len(block), 64)]
    mark = "PGP PRIVATE KEY " + "BLOCK-----"
    yield "pgp", block, "\n".join(["-----BEGIN " + mark, "", *rows, "=aB3d", "-----END " + mark])


def encoded(rng: random.Random, secret: str) -> Iterator[tuple[str, str, str]]:
    for what, plain in (("bare", secret), ("env", f"THING={secret}\n"), ("json", json.dumps({"thing": secret}))):
        coded = base64.b64encode(plain.encode()).decode()
        yield f"base64 {what}", coded, f"data:\n  thing: {coded}\n"
        yield f"hex {what}", plain.encode().hex(), f"dump {plain.encode().hex()} end"


def cases(seed: int, rounds: int) -> Iterator[tuple[str, str, str]]:
    rng = random.Random(seed)
    for _ in range(rounds):
        for what, secret in (*tokens(rng), *table(rng)):
            for where, text in around_token(rng, secret):
                yield f"{what} / {where}", secret, text
        for what, secret in tokens(rng):
            if len(secret) < 100:
                yield from encoded(rng, secret) if "hook" not in what else ()
        yield from values(rng)
        yield from keys(rng)


_NOISE = re.compile(r"\\+[nrt]|[\s\\\"'`│>|→]|\x1b\[\d+m")


def leaks(secret: str, redacted: str, window: int = 12) -> bool:
    """Whether a piece of the secret as long as `window` is still there, even when broken over lines."""
    squeezed = _NOISE.sub("", redacted)
    bare = _NOISE.sub("", secret.rpartition(".com/")[2])
    window = min(window, len(bare))
    return any(
        bare[at : at + window] in squeezed or bare[at : at + window] in redacted
        for at in range(0, len(bare) - window + 1, 3)
    )
