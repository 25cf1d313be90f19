# ruff: noqa: E501
"""Lists of words the detectors know, as plain text: names that mean secret, stand-ins, and well-known names."""

from __future__ import annotations

from pathlib import Path

_LISTED = Path(__file__).with_name("services.txt").read_text(encoding="ascii").splitlines()
SERVICES = frozenset(name for name in _LISTED if not name.startswith("#"))
"""Services whose keys are secrets, as other scanners list them (`.ci/token-rules` makes the file)."""

KEYED = frozenset(
    """
    access account admin aes algolia alerting automation certificate anthropic api app application auth aws azure base bot cf client cloudflare cohere
    cookie crypto datadog dd decrypt decryption deploy dev developer django encrypt encryption fernet flask function functions gcp gemini
    google groq heroku hmac host ingest join local network node peer pool relay stream wallet ingestion integration jwt kms laravel licence license live mailgun management
    maps master mistral newrelic nextauth openai org pagerduty personal preshared primary private prod production rails read rest
    restricted salt secondary secret sendgrid server service session shared sign signing storage stripe subscription
    team test twilio user validation webhook wp write
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""What stands before "key" in the name of a secret one (`api_key`, `signing key`)."""

NO_KEYS = frozenset(
    """
    cache column commit composite content dedup dedupe dict dictionary doc event fingerprint foreign gpg group hash header host
    hot idempotency index item job json label lookup lock map maps message metric natural object package partition path
    pgp primary pub public queue range record redis registry resource route routing row s3 search shard short shortcut sort
    space ssh state stream style sub table tag task translation tree trust unique user value
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""What stands before "key" in the name of one that is public, or that a value is found by."""

TAILS = frozenset(
    """
    0 1 2 3 4 b64 backup base base64 current data default dev development env live main new old plain plaintext prev
    previous primary private prod production raw secondary stage staging str string test text val value values
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""What may follow the telling word of a name (`password_value`, `TOKEN_PROD`)."""

NOT_BEFORE_TOKEN = frozenset(
    """
    bos cache cached cancel cancellation completion continuation count cursor eos input max min n next num output pad
    page prompt reasoning special stop total unk
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""Tokens that are counted, paged or parsed."""

TICKETS = frozenset(
    """
    caller change client continue creator execution idempotency initiate job lock operation pagination poll progress
    request resume start submission sync task update upload validation
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""Tokens that number a request or a task: UUIDs and short hexadecimal ones are no secrets."""

DEFAULTS = frozenset(
    """
    123456 admin changeme credentials default example guest minioadmin mongo mysql pass passwd password postgres pw pwd
    rabbitmq redis root secret test token user xxx
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""Passwords everyone knows, as in `postgres:postgres@localhost`."""

SHARED = frozenset(
    """
    about all default index linuxbrew page public shared user.name username users
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""Directories under /home or /Users of no person."""

COMMON = frozenset(
    """
    admin ansible api app apps backup bin boot build builder cache ci code config daemon data db debian default deploy
    dev dist doc docker docs ec2-user etc git github gitlab guest home jenkins lib lib64 local log logs mail main media
    mnt nobody node null opt private proc project projects public python repo repos root run runner share shared sql src
    srv static sys temp test tests tmp ubuntu user users usr vagrant var web work workspace www
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""Account names that are ordinary path components; hiding them would spoil every path."""

INTERNAL = frozenset(
    """
    corp home int internal intra intranet lan local localdomain localnet office priv private
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""Endings of hosts and addresses in networks of companies and homes, beside the registry's."""

FILES = frozenset(
    """
    cc cs ex go hs js md ml mm mov pm ps py rb rs sh so tf ts vi zip
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""Endings of files, some of them domains too."""
