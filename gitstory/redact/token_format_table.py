# ruff: noqa: E501
r"""The shapes of tokens, as data: rule id | prefixes, space separated | body as a regular expression | context.

Context: `S` the prefix cannot be anything else, so it counts behind a dash or underscore too; `W` it must begin a word;
`R` it must begin a word and the body must look random as well; `B` as `W`, but the prefix
holds characters that other tokens do not, or the body may hold `+`, `/` or `=` soon; `J` only looked for in broken
lines, `headers` finds the rest. The shapes are those the vendors document or their
tokens show; see docs/maintainers/redaction.md for where the facts come from.
"""

from __future__ import annotations

_B = r"[A-Za-z0-9]"
_U = r"[A-Za-z0-9_-]"

TABLE = rf"""
aws-access-key         | AKIA ASIA ABIA ACCA A3TX         | [A-Z0-9]{{16}}(?![A-Z0-9])                | W
aws-bedrock-key        | ABSKQmVkcm9ja0FQSUtleS           | [A-Za-z0-9+/]{{60,200}}={{0,2}}           | W
adyen-key              | AQE                              | [A-Za-z0-9+/]{{60,200}}-[A-Za-z0-9+/=]{{30,60}}-[!-~]{{8,40}} | B
convex-key             | prod: dev: preview:              | [a-z0-9:-]{{4,60}}\|[A-Za-z0-9+/=]{{40,120}} | B
1password-token        | ops_eyJ                          | [A-Za-z0-9+/]{{200,1500}}={{0,3}}        | B
signify-key            | RWRCSwAA                         | [A-Za-z0-9+/]{{100,160}}                  | B
cloudflare-tunnel      | eyJhIjoi                         | [A-Za-z0-9+/]{{80,400}}={{0,2}}           | B
twitter-bearer         | AAAAAAAAAAAAAAAAAAAAA            | [A-Za-z0-9]{{10,60}}%(?:2B|2F|3D)[A-Za-z0-9%]{{30,100}} | B
gcp-api-key            | AIza                             | {_U}{{35}}                                | S
gcp-oauth-token        | ya29.                            | {_U}{{20,1000}}                           | W
gcp-oauth-secret       | GOCSPX-                          | {_U}{{28}}                                | S
gcp-refresh-token      | 1//0                             | {_U}{{30,200}}                            | W
github-token           | ghp_ gho_ ghu_ ghs_ ghr_         | {_B}{{36,255}}                            | S
github-fine-token      | github_pat_                      | {_B}{{22}}_{_B}{{40,100}}                 | S
gitlab-token           | glpat- gldt- glptt- glrt- glsoat- glft- glimt- glagent- glcbt- gloas- GR1348941 | {_U}{{20,300}}(?:\.{_U}{{2,20}}){{0,2}} | S
slack-token            | xoxb- xoxp- xoxa- xoxr- xoxs- xoxe- xoxc- xoxo- xapp- xwfp- xoxe. | [A-Za-z0-9.-]{{20,600}} | S
slack-cookie           | xoxd-                            | [A-Za-z0-9%+/=-]{{20,600}}                | B
slack-webhook          | hooks.slack.com/                 | (?:services|workflows|triggers)/[A-Za-z0-9/]{{20,200}} | J
discord-webhook        | /api/webhooks/                   | \d{{15,22}}/{_U}{{50,90}}                 | J
stripe-key             | sk_live_ rk_live_ sk_test_ rk_test_ sk_prod_ | {_B}{{20,250}}               | S
webhook-secret         | whsec_                           | [A-Za-z0-9+/]{{24,100}}={{0,2}}           | B
openai-key             | sk-proj- sk-svcacct- sk-admin- sk-None- | {_U}{{40,300}}                     | S
anthropic-key          | sk-ant-                          | {_U}{{40,300}}                            | S
openrouter-key         | sk-or-v1-                        | [0-9a-f]{{64}}                            | S
llm-api-key            | sk-                              | {_U}{{32,200}}                            | R
huggingface-token      | hf_ api_org_                     | {_B}{{34,40}}                             | W
groq-key               | gsk_                             | {_B}{{40,80}}                             | W
xai-key                | xai-                             | {_B}{{70,100}}                            | W
perplexity-key         | pplx-                            | {_B}{{40,64}}                             | W
replicate-token        | r8_                              | {_B}{{37,40}}                             | W
langsmith-key          | lsv2_pt_ lsv2_sk_                | [0-9a-f]{{32}}_[0-9a-f]{{10}}             | S
pinecone-key           | pcsk_                            | {_B}{{4,8}}_{_B}{{50,70}}                 | S
npm-token              | npm_                             | {_B}{{36}}                                | W
pypi-token             | pypi-                            | AgEI{_U}{{40,500}}                        | S
rubygems-token         | rubygems_                        | [0-9a-f]{{48}}                            | S
crates-token           | cio                              | {_B}{{32}}                                | R
nuget-key              | oy2                              | [a-z0-9]{{43}}                            | R
docker-token           | dckr_pat_ dckr_oat_              | {_U}{{27,60}}                             | S
twilio-key             | SK                               | [0-9a-f]{{32}}(?![0-9a-f])                | W
twilio-account         | AC                               | [0-9a-f]{{32}}(?![0-9a-f])                | W
sendgrid-key           | SG.                              | {_U}{{16,32}}\.{_U}{{32,64}}              | W
sendinblue-key         | xkeysib- xsmtpsib-               | [0-9a-f]{{64}}-{_B}{{16}}                 | S
mailgun-key            | key-                             | [0-9a-f]{{32}}(?![0-9a-f])                | W
mailchimp-key          | mandrill- md-                    | {_U}{{22}}                                | R
resend-key             | re_                              | {_B}{{6,10}}_{_B}{{20,30}}                | R
heroku-key             | HRKU-                            | {_U}{{36,70}}                             | S
digitalocean-token     | dop_v1_ doo_v1_ dor_v1_ doc_v1_  | [0-9a-f]{{64}}                            | S
databricks-token       | dapi dkea                        | [0-9a-f]{{32}}(?:-\d)?(?![0-9a-f])        | W
shopify-token          | shpat_ shpca_ shppa_ shpss_ shpua_ shptka_ | [0-9a-fA-F]{{32}}               | S
square-token           | sq0atp- sq0csp- sq0idp-          | {_U}{{22,60}}                             | S
square-access-token    | EAAA                             | {_U}{{60}}                                | R
braintree-token        | access_token$                    | (?:production|sandbox)\$[0-9a-z]{{16}}\$[0-9a-f]{{32}} | B
plaid-token            | access-production- access-sandbox- access-development- | [0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}} | S
postman-key            | PMAK-                            | [0-9a-f]{{24}}-[0-9a-f]{{34}}             | S
postman-access-token   | PMAT-                            | [A-Z0-9]{{26}}                            | W
vault-token            | hvs. hvb. hvr.                   | {_U}{{24,300}}                            | W
terraform-token        | .atlasv1.                        | {_U}{{60,80}}                             | S
linear-key             | lin_api_ lin_oauth_              | {_B}{{32,80}}                             | S
notion-token           | ntn_                             | {_B}{{40,60}}                             | W
sentry-token           | sntryu_ sntrys_ sntrya_          | {_B}{{24}}[A-Za-z0-9_=+/-]{{16,500}}      | S
newrelic-key           | NRAK- NRJS- NRII- NRAA-          | {_U}{{19,40}}                             | W
grafana-token          | glc_ glsa_                       | {_B}{{24}}[A-Za-z0-9+/=_]{{8,400}}        | S
dynatrace-token        | dt0c01. dt0s01. dt0s16.          | [A-Z0-9]{{8,24}}\.[A-Z0-9]{{64}}          | S
datadog-key            | ddapi_ ddapp_ pub                | [0-9a-f]{{32}}(?![0-9a-f])                | W
sonar-token            | squ_ sqp_ sqa_                   | [0-9a-f]{{40}}                            | W
atlassian-token        | ATATT3 ATCTT3 ATBB ATSTT3        | {_U}{{24,300}}(?:={_B}{{8}})?             | R
bitbucket-token        | BBDC-                            | [A-Za-z0-9+/@_-]{{40,50}}                 | B
artifactory-key        | AKCp                             | {_B}{{69,80}}                             | W
artifactory-token      | cmVmdGtu                         | {_B}{{56}}                                | W
supabase-key           | sbp_ sb_secret_                  | {_U}{{31,64}}                             | W
planetscale-token      | pscale_tkn_ pscale_pw_ pscale_oauth_ pscale_otkn_ | {_U}{{32,64}}            | W
doppler-token          | dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit. | (?:[a-z0-9_-]{{2,35}}\.)?{_B}{{40,44}} | W
fly-token              | fm2_                             | [A-Za-z0-9_+/=,-]{{40,1500}}              | B
netlify-token          | nfp_                             | {_B}{{36,40}}                             | W
render-key             | rnd_                             | {_B}{{32}}                                | W
pulumi-token           | pul-                             | [0-9a-f]{{40}}                            | W
railway-vercel-token   | vcp_ vci_ vca_ vcr_ vck_         | {_B}{{24,64}}                             | R
airtable-token         | pat                              | {_B}{{14}}\.[0-9a-f]{{64}}                | W
figma-token            | figd_ figu_ figo_                | {_U}{{40,60}}                             | W
contentful-token       | CFPAT-                           | {_U}{{43}}                                | S
typeform-token         | tfp_                             | {_U}{{40,80}}                             | W
readme-key             | rdme_                            | [a-z0-9]{{70}}                            | W
prefect-key            | pnu_ pnb_                        | {_B}{{36}}                                | W
duffel-key             | duffel_live_ duffel_test_        | {_U}{{43}}                                | S
easypost-key           | EZAK EZTK                        | {_B}{{54}}                                | W
facebook-token         | EAACEdEose0cBA EAAC EAAG EAAM    | {_B}{{80,400}}                            | W
instagram-token        | IGQ                              | {_U}{{80,300}}                            | W
alibaba-key            | LTAI                             | {_B}{{16,24}}(?!{_B})                     | R
tencent-key            | AKID                             | {_B}{{32,40}}(?!{_B})                     | R
yandex-key             | AQVN YCAJ YC                     | {_U}{{36,40}}(?!{_U})                     | R
adobe-secret           | p8e-                             | {_U}{{32}}                                | W
azure-devops-ai-key    | AZDO                             | {_B}{{40,60}}                             | R
onepassword-token      | ops_eyJ                          | [A-Za-z0-9+/=_-]{{200,2000}}              | W
onepassword-secret-key | A3-                              | [A-Z0-9]{{6}}-(?:[A-Z0-9]{{11}}|[A-Z0-9]{{6}}-[A-Z0-9]{{5}})(?:-[A-Z0-9]{{5}}){{3}} | W
age-key                | AGE-SECRET-KEY-1 AGE-SECRET-KEY-PQ-1 | [QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{{58,120}} | S
age-plugin-key         | AGE-PLUGIN-                      | [A-Z0-9]{{2,20}}-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{{20,200}} | S
extended-key           | xprv tprv yprv zprv uprv vprv    | [1-9A-HJ-NP-Za-km-z]{{100,112}}           | W
tor-key                | ED25519-V3:                      | [A-Za-z0-9+/]{{80,90}}={{0,2}}            | B
nostr-key              | nsec1 suiprivkey1 ed25519_sk1 ed25519e_sk1 addr_xsk1 root_xsk1 acct_xsk1 | [qpzry9x8gf2tvdw0s3jn54khce6mua7l]{{50,220}} | W
apollo-key             | service:                         | [a-z0-9-]{{2,60}}:{_U}{{22}}(?!{_U})      | B
apollo-user-key        | user:fh. user:gh.                | [A-Za-z0-9-]{{2,60}}:{_U}{{22}}(?!{_U})   | B
twitch-oauth           | oauth:                           | [a-z0-9]{{30}}(?![a-z0-9])                | B
upstash-qstash         | eyJVc2VySUQi eyJ2ZXIiOiI4Lj      | [A-Za-z0-9+/]{{60,300}}={{0,2}}           | B
sentry-org-token       | sntrys_eyJ                       | [A-Za-z0-9+/=_-]{{60,400}}                | B
fullstory-region-key   | na1. eu1.                        | [A-Za-z0-9+/]{{40,60}}(?![A-Za-z0-9+/])   | R
metabase-key           | mb_                              | [A-Za-z0-9+/]{{43}}=                      | B
fly-old-token          | fm1r_ fm1a_                      | [A-Za-z0-9+/=,_-]{{40,800}}               | B
launchdarkly-relay     | rel-                             | [0-9a-f]{{8}}-(?:[0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}} | W
swiftype-key           | private- search-admin-           | [a-z0-9]{{24}}(?![a-z0-9-])               | W
fcm-server-key         | AAAA                             | {_U}{{7}}:APA91b{_U}{{100,160}}           | B
proxmox-token          | PVEAPIToken=                     | [A-Za-z0-9.@_-]{{3,60}}![A-Za-z0-9._-]{{1,60}}=[0-9a-f-]{{36}} | B
k3s-token              | K10                              | [0-9a-f]{{64}}::(?:server|node|[a-z0-9]{{6}}):[0-9a-zA-Z]{{16,64}} | B
paloalto-key           | LUFRPT                           | [A-Za-z0-9+/]{{40,160}}={{0,2}}           | B
tailscale-key          | tskey-                           | [a-z]{{2,12}}-{_B}{{8,20}}-{_B}{{20,50}}  | S
ngrok-key              | ak_ cr_                          | {_B}{{26,30}}(?!{_U})                     | R
clickhouse-key         | 4b1d                             | {_B}{{38}}(?!{_B})                        | R
buildkite-token        | bkua_ bkat_                      | [0-9a-f]{{40}}                            | W
circleci-token         | CCIPAT_ CCIPRJ_                  | {_B}{{16,24}}_[0-9a-f]{{40}}              | S
launchdarkly-key       | sdk- api- mob-                   | [0-9a-f]{{8}}-(?:[0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}} | W
aws-session-token      | IQoJb3JpZ2luX2Vj                 | [A-Za-z0-9+/]{{100,2000}}={{0,2}}         | B
astra-token            | AstraCS:                         | {_B}{{20,40}}(?::[0-9a-f]{{64}})?         | B
confluent-secret       | cflt                             | [A-Za-z0-9+/]{{60}}(?![A-Za-z0-9+/])      | W
grafana-api-key        | eyJrIjoi                         | {_B}{{60,400}}={{0,2}}                    | W
llm-hex-key            | sk-                              | [0-9a-f]{{32}}(?![A-Za-z0-9_-])           | W
langfuse-key           | sk-lf-                           | [0-9a-f]{{8}}-(?:[0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}} | S
voyage-key             | pa-                              | {_U}{{43}}(?!{_U})                        | R
fireworks-key          | fw_                              | {_B}{{22,24}}(?!{_U})                     | R
jina-key               | jina_                            | {_U}{{55,65}}                             | W
wandb-key              | wandb_v1_                        | {_U}{{70,90}}                             | S
trigger-dev-key        | tr_dev_ tr_prod_ tr_stg_ tr_preview_ | {_B}{{20,24}}(?!{_B})                 | W
statsig-secret         | secret-                          | {_B}{{43}}(?!{_U})                        | R
sourcegraph-token      | sgd_                             | [0-9a-f]{{64}}                            | W
svix-key               | testsk_                          | {_U}{{32}}(?:\.[a-z]{{2}})?               | W
tiktok-token           | act.                             | {_U}{{64}}!\d{{1,6}}\.[a-z]\d             | R
pubnub-secret          | sec-c-                           | [A-Za-z0-9+/]{{40,64}}                    | W
nats-seed              | SU SA SO SN SC SX                | [A-Z2-7]{{56}}(?![A-Z2-7])                | R
honeycomb-key          | hcaik_ hcbik_ hcxik_ hcaic_ hcbic_ hcxic_ hcamk_ hcbmk_ hcxmk_ | [a-z0-9]{{30,64}} | W
dbt-token              | dbtc_ dbtu_                      | {_U}{{40,60}}                             | R
gitpod-token           | gitpod_pat_                      | {_B}{{30,60}}(?:\.{_U}{{20,60}})?         | W
axiom-token            | xaat- xapt-                      | [0-9a-f]{{8}}-(?:[0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}} | W
amazon-login-secret    | amzn1.oa2-cs.v1.                 | [0-9a-f]{{64}}                            | W
vercel-blob-token      | vercel_blob_rw_                  | {_B}{{12,20}}_{_B}{{28,40}}               | W
modal-token            | ak- as-                          | {_B}{{22}}(?!{_U})                        | R
discord-mfa-token      | mfa.                             | {_U}{{84}}                                | R
aiven-token            | AVNS_                            | {_U}{{15,30}}                             | W
yandex-oauth-token     | y0_ y0__                         | {_U}{{55,60}}(?!{_U})                     | R
mercury-token          | mercury_production_ mercury_sandbox_ | [a-z]{{2,8}}_{_B}{{36,60}}_yrucrem    | W
posthog-key            | phx_ phc_ phs_                   | {_B}{{40,50}}                             | W
paystack-flutterwave   | FLWSECK-                         | [0-9a-f]{{32}}-X                          | S
trello-token           | ATTA                             | [0-9a-f]{{64}}[0-9A-Fa-f]{{0,8}}          | W
teamcity-token         | eyJ0eXAiOiAiVENWMiJ9.            | [A-Za-z0-9+/_-]{{20,80}}\.[A-Za-z0-9+/_-]{{40,200}} | B
salesforce-session     | 00D                              | [A-Za-z0-9]{{9,15}}![A-Za-z0-9._]{{60,200}} | B
salesforce-refresh     | 5Aep861                          | [A-Za-z0-9._]{{60,120}}                   | W
secret-token-uri       | secret-token:                    | [A-Za-z0-9._~%+/=-]{{12,400}}             | B
ebay-token             | v^1.1#i^1#                       | [A-Za-z0-9#^+/=]{{40,3000}}               | B
circle-key             | TEST_API_KEY: LIVE_API_KEY:      | [0-9a-f]{{32}}:[0-9a-f]{{32}}             | B
convex-deploy-key      | project:                         | [a-z0-9-]{{2,60}}:[a-z0-9-]{{2,60}}\|[A-Za-z0-9+/=]{{40,120}} | B
copilot-token          | tid=                             | [0-9a-f]{{32}};exp=\d{{9,12}}[^\s"'`<>\\]{{0,600}} | B
cursor-session         | user_                            | [A-Z0-9a-z]{{20,30}}%3A%3AeyJ{_U}{{20,400}}\.{_U}{{20,800}}\.{_U}{{20,200}} | B
sourcery-token         | user_                            | {_B}{{60,70}}(?!{_U})                     | R
amp-token              | sgamp_                           | user_{_B}{{20,30}}_[0-9a-f]{{64}}         | W
luma-key               | luma-                            | [0-9a-f]{{8}}(?:-[0-9a-f]{{4,12}}){{4,9}} | W
dagster-token          | agent:                           | [a-z0-9-]{{2,40}}:[0-9a-f]{{32}}(?![0-9a-f]) | B
pagerduty-token        | u+                               | (?=[A-Za-z_-]{{0,17}}\d)[A-Za-z0-9_-]{{18}}(?![A-Za-z0-9+/_-]) | B
unleash-token          | default:development. default:production. *:development. *:production. | [0-9a-f]{{56,64}} | B
linkedin-secret        | WPL_AP1. WPL_AP0.                | [A-Za-z0-9]{{10,20}}\.[A-Za-z0-9+/]{{6,20}}={{0,2}} | B
dropbox-short-token    | sl.u. sl.B                       | {_U}{{100,1500}}                          | W
prismic-token          | MC5                              | [A-Za-z0-9_-]{{20,60}}\.[A-Za-z0-9+/_-]{{40,120}} | B
infisical-token        | st.                              | [0-9a-f]{{24}}\.[0-9a-f]{{32}}\.[0-9a-f]{{32}} | W
inngest-key            | signkey-                         | (?:[a-z]{{2,12}}-)?[0-9a-f]{{32,64}}(?![0-9a-f]) | W
plain-key              | plainApiKey_                     | [0-9a-f]{{64}}                            | W
bedrock-short-key      | bedrock-api-key-                 | [A-Za-z0-9+/]{{60,400}}={{0,2}}           | B
elastic-token          | essu_                            | [A-Za-z0-9+/]{{40,200}}={{0,2}}           | B
google-service-account | ewogICJ0eXBlIjogInNlcnZpY2 eyJ0eXBlIjoic2VydmljZV9hY2NvdW50I eyJ0eXBlIjogInNlcnZpY2VfYWNjb3VudC | [A-Za-z0-9+/]{{60,8000}}={{0,2}} | B
cloudinary-address     | cloudinary://                    | \d{{10,20}}:{_U}{{20,60}}(?:@[a-z0-9_-]{{1,60}})? | B
imagekit-key           | private_                         | [A-Za-z0-9+/]{{27}}=                      | B
jwt                    | eyJ                              | {_U}{{8,4000}}\.ey{_U}{{8,8000}}(?:\.{_U}{{0,2000}})? | W
jwe                    | eyJ                              | {_U}{{8,2000}}\.{_U}{{0,1000}}\.{_U}{{8,64}}\.{_U}{{8,8000}}\.{_U}{{10,64}} | W
"""
