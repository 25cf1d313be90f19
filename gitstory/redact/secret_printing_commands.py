# ruff: noqa: E501
"""Commands that print a secret: the output of such a call is withheld, and so is what follows their line in a terminal.

Decided by the command alone, since what it prints (`pass show x`, `terraform output -raw y`) may look like anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gitstory.redact import line_bounds, multi_word_search
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View

_SECRET_OPTIONS = r"(?:pass(?:word|wd|phrase)?|secret|token|credential|cred|api_?key|private_?key|access_?key|pwd)"
_VARIABLE = r"(?!(?:OLD)?PWD\b)[A-Za-z_]{0,40}(?:PASS(?:WORD|WD|PHRASE)?|_PWD|_PW|SECRET|TOKEN|CREDENTIALS?|_?KEY)(?:_?[A-Z0-9]{1,12})?\b"
_PROGRAMS = (
    r"op (?:read|inject|run|document get|item get|user get)",
    r"(?:go)?pass (?:show|otp|-c)",
    r"(?:bw|rbw) (?:get|unlock|list|export|login)",
    r"lpass (?:show|export)",
    r"keepassxc-cli (?:show|export|clip|attachment-export)",
    r"(?:terraform|tofu|terragrunt)(?: -chdir=\S{1,200})? (?:output|state (?:show|pull)|show)",
    (
        r"aws\b[^\n|;&]{0,120} (?:ssm get-parameters?(?:-by-path|-history)?|secretsmanager (?:batch-)?get-secret-value|ecr(?:-public)? get-(?:login-password|login|authorization-token)"
        r"|sts (?:assume-role|get-session-token|get-federation-token)|codeartifact (?:get-authorization-token|login)"
        r"|eks get-token|iam create-(?:access-key|service-specific-credential|login-profile)|configure (?:get \S{0,60}(?:secret|token|password)\S{0,20}|export-credentials)|rds generate-db-auth-token"
        r"|sso get-role-credentials|redshift get-cluster-credentials|kms decrypt|cognito-idp \S{0,40}auth)"
    ),
    r"aws-vault (?:exec|export)",
    r"vault (?:kv get|read|token (?:create|lookup)|write|unwrap|print token|operator init|login)",
    r"bao (?:kv get|read|token create|write|unwrap)",
    r"gcloud\b[^\n|;&]{0,120} (?:secrets versions access|(?:print-access|print-identity|application-default print-access)-token|keys create)",
    (
        r"az\b[^\n|;&]{0,60} (?:account get-access-token|keyvault (?:secret|key|certificate) (?:show|download)|storage account (?:keys|show-connection-string)"
        r"|acr (?:credential|login)|ad (?:sp|app)(?: credential)? (?:create|reset)\S{0,20}|\S{1,30}(?: \S{1,30})? keys list|webapp deployment list-publishing-\S{1,20}"
        r"|\S{1,30} list-keys|\S{1,30} credential show)"
    ),
    r"(?:kubectl|oc|k|microk8s kubectl|k3s kubectl)\b[^\n|;&(]{0,40} (?:get|describe|view|edit) secrets?\b[^\n|;&(]{0,60}(?:-o|--output|--template|jsonpath)",
    r"(?:kubectl|oc|k)\b[^\n|;&]{0,80} (?:get|view-secret|create) (?:secrets?/[\w.-]{1,60}+[^\n|;&(]{0,40}(?:-o|--output)|token )",
    r"(?:kubectl|oc) (?:config view[^\n|;&]{0,80}--raw|create token|whoami (?:-t|--show-token))",
    r"oc whoami (?:-t|--show-token)",
    r"(?:gh|glab) auth (?:token|status[^\n|;&]{0,60} (?:-t|--show-token))",
    r"heroku (?:config|auth:token|config:get|pg:credentials\S{0,10})",
    r"(?:fly|flyctl) (?:auth token|tokens create)",
    r"vercel env (?:pull|ls)",
    r"netlify env:(?:get|list)",
    r"doppler (?:secrets|run|configs tokens)",
    r"infisical (?:export|secrets|run|login)",
    r"chamber (?:read|export|env|exec)",
    r"sops (?:-d|--decrypt|decrypt|exec-env|edit)\b",
    r"sops [^\n|;&]{0,80}(?:-d|--decrypt)\b",
    r"ansible-vault (?:view|decrypt|edit)",
    r"(?:age|rage) (?:-d|--decrypt)\b",
    r"age-keygen",
    r"gpg2?\b[^\n|;&]{0,80} (?:-d|--decrypt|--export-secret-\S{1,20})\b",
    r"security (?:find-(?:generic|internet)-password|dump-keychain|export)",
    r"secret-tool (?:lookup|search)",
    r"keyring get",
    r"git credential(?:-\S{1,30})? (?:fill|get)",
    r"docker-credential-\S{1,30} get",
    r"npm (?:token create|config get \S{0,200}(?:auth|token)\S{0,20})",
    r"(?:bin/)?rails (?:credentials:(?:show|edit)|secrets?(?::\S{1,20})?)",
    r"(?:rake|rails) secret",
    r"(?:npx )?dotenvx? (?:get|decrypt|keypair)",
    r"pulumi (?:config get|stack output[^\n|;&]{0,80}--show-secrets|config[^\n|;&]{0,80}--show-secrets)",
    r"wg (?:genkey|genpsk|showconf|show \S{1,20} (?:private|preshared))",
    r"argocd admin initial-password",
    r"supabase (?:projects api-keys|status)",
    r"railway variables",
    r"stripe listen[^\n|;&]{0,80}--print-secret",
    r"cf (?:env|service-key|oauth-token)\b",
    r"conjur (?:variable get|authn)",
    r"credstash (?:get|getall)",
    r"teller (?:env|show|sh|yaml|json)",
    r"envchain \S{1,60} env",
    r"openssl rand",
    r"pwgen|apg|makepasswd|xkcdpass|diceware",
    r"htpasswd -\S{0,4}n",
    r"ssh-keygen[^\n|;&]{0,100}-y",
    r"consul (?:kv get|acl token)",
    r"nomad (?:acl|var get)",
    r"databricks (?:secrets get-secret|auth token|tokens create)",
    r"snowsql -v",
    r"mkpasswd",
    r"tailscale lock",
    r"step (?:crypto|ca token|oauth)\b",
)
_PRINTS = re.compile(
    r"(?:^|[\n;&|`(=]|\$\(|-\w{0,3}c[ ]{1,3}\\{0,4}[\"']|:[ ]?\"|[$#>][ ]|\\n|\b(?:sudo|time|env|then|do|eval|exec|watch|n|npx|exec)[ ])[ \t]{0,8}(?:[\w./~-]{0,60}/)?(?:"
    + "|".join(program.replace(" ", r"[ \t]{1,4}") for program in _PROGRAMS)
    + r")(?![\w-])"
)
_READS = re.compile(
    rf"""(?:^|[\n;&|`(\"']|[$#>][ ])[ \t]{{0,8}}(?:sudo[ \t]+)?(?:
        (?:cat|less|more|head|tail|bat|type|strings|Get-Content|gc|xxd|base64)\b[^\n|;&]{{0,100}}
          (?:/run/secrets/|/secrets/kubernetes\.io/|/secrets/initialAdminPassword|\.vault-token|/etc/shadow|/\.config/gcloud/|\.kube/config)
      | (?:echo|printenv|print|Write-(?:Output|Host)|printf[ \t]+[^\s$]{{1,12}})[ \t]+[\"']?(?:\$\{{?(?:env:)?)?{_VARIABLE}
    )""",
    re.X,
)
_DECODES = re.compile(r"base64[ \t]{1,4}(?:-d|-D|--decode)\b")
_NAMES = re.compile(_SECRET_OPTIONS, re.I)
_PROMPT = re.compile(r"[\w.@:~/() -]{0,60}[$#%❯>»](?:[ ]|\Z)|```|\Z|[\w.-]{1,30}@[\w.-]{1,60}:")
_CATS = (b"# cat ", b"> cat ")
multi_word_search.register((b"$ ", *_CATS))
_MOST, _LONGEST = 40, 600
"""Lines of an output, and characters of a command; of a longer line each half of that is looked at once."""
_READERS = re.compile(r"(?:cat|less|more|head|tail|bat|type|strings|Get-Content|gc)\b")


def prints_secret(command: str) -> bool:
    """Whether the command's output is a secret or holds one."""
    if _PRINTS.search(command) or _READS.search(command):
        return True
    return bool(_DECODES.search(command) and _NAMES.search(command))


def find(view: View, names_secret_file: Callable[[str], bool]) -> Iterator[Span]:
    """The lines that follow such a command at a prompt (`$ `), until the next prompt or an empty line."""
    text, done = view.text, 0
    for at in sorted({*view.hits(b"$ "), *view.hits(_CATS[0]), *view.hits(_CATS[1])}):
        if at < done:
            continue
        end = line_bounds.first_end(text, at, at + _LONGEST)
        done = min(end.start(), at + _LONGEST // 2)
        command = text[at + 2 : end.start()]
        if prints_secret(command) or (_READERS.match(command) and names_secret_file(command)):
            for start, stop in _lines(text, end):
                yield Span(start, stop, "command-output", text[start:stop], rank=4)
                done = stop


def _lines(text: str, end: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Places of the lines after `end`, without what leads them."""
    for _ in range(_MOST):
        following = line_bounds.next_end(text, end, 4000)
        if following is None:
            return
        start = line_bounds.start(text, end.end(), following.start())
        if start >= following.start() or _PROMPT.match(text, start, following.start()):
            return
        yield start, following.start()
        end = following
