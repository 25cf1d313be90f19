"""Kinds of tokens as their vendors document them, written without a look at any scanner's rules or at gitstory's.

`SHAPED`: kind | template, for tokens that carry a prefix or another sign of their own; in an address «» encloses the
part that lets somebody in. `NAMED`: kind | name of the
setting | template, for those that only their setting's name gives away.
"""

from __future__ import annotations

_SHAPED = """
aws access key id | AKIA{b32:16}
aws temporary access key id | ASIA{b32:16}
aws bedrock key | ABSKQmVkcm9ja0FQSUtleS{b64:110}=
google api key | AIza{url:35}
google oauth access token | ya29.a0{url:150}
google oauth client secret | GOCSPX-{url:28}
google refresh token | 1//0{url:60}
github classic token | ghp_{b62:36}
github oauth token | gho_{b62:36}
github user-to-server token | ghu_{b62:36}
github server token | ghs_{b62:36}
github refresh token | ghr_{b62:76}
github fine-grained token | github_pat_{b62:22}_{b62:59}
gitlab personal token | glpat-{url:20}
gitlab routable token | glpat-{url:27}.01.{low:9}
gitlab deploy token | gldt-{url:20}
gitlab runner token | glrt-{url:20}
gitlab routable runner token | glrt-t1_{url:27}.01.{low:9}
gitlab trigger token | glptt-{hex:40}
gitlab feed token | glft-{url:20}
gitlab agent token | glagent-{url:50}
gitlab job token | glcbt-64_{url:20}
gitlab oauth secret | gloas-{hex:64}
gitlab scim token | glsoat-{url:20}
gitlab feature flag token | glffct-{url:20}
gitlab incoming mail token | glimt-{low:25}
gitlab registration token | GR1348941{url:20}
slack bot token | xoxb-{num:12}-{num:13}-{b62:24}
slack user token | xoxp-{num:12}-{num:12}-{num:13}-{hex:32}
slack app token | xapp-1-A{up:10}-{num:13}-{hex:64}
slack config token | xoxe.xoxp-1-{up:163}
slack refresh token | xoxe-1-{up:146}
slack session token | xoxc-{num:12}-{num:12}-{num:13}-{hex:64}
slack webhook | https://hooks.slack.com/services/T{up:8}/B{up:10}/«{b62:24}»
slack workflow webhook | https://hooks.slack.com/workflows/T{up:8}/A{up:10}/{num:18}/«{b62:24}»
stripe live key | sk_live_{b62:99}
stripe test key | sk_test_{b62:24}
stripe restricted key | rk_live_{b62:99}
stripe webhook secret | whsec_{b62:32}
openai project key | sk-proj-{url:74}T3BlbkFJ{url:74}
openai service key | sk-svcacct-{url:74}T3BlbkFJ{url:74}
openai admin key | sk-admin-{url:74}T3BlbkFJ{url:74}
openai classic key | sk-{b62:20}T3BlbkFJ{b62:20}
anthropic api key | sk-ant-api03-{url:93}AA
anthropic admin key | sk-ant-admin01-{url:93}AA
anthropic oauth token | sk-ant-oat01-{url:93}AA
openrouter key | sk-or-v1-{hex:64}
deepseek key | sk-{hex:32}
huggingface user token | hf_{alpha:34}
huggingface organisation token | api_org_{alpha:34}
groq key | gsk_{b62:52}
xai key | xai-{b62:80}
perplexity key | pplx-{b62:48}
replicate token | r8_{b62:37}
fireworks key | fw_{b62:24}
cerebras key | csk-{low:48}
nvidia key | nvapi-{url:64}
langsmith key | lsv2_pt_{hex:32}_{hex:10}
langsmith service key | lsv2_sk_{hex:32}_{hex:10}
langfuse secret key | sk-lf-{uuid}
pinecone key | pcsk_{b62:6}_{b62:63}
voyage key | pa-{url:43}
elevenlabs key | sk_{hex:48}
tavily key | tvly-dev-{b62:32}
tavily production key | tvly-{b62:32}
firecrawl key | fc-{hex:32}
jina key | jina_{hex:32}{url:28}
brave search key | BSA{url:27}
exa cursor key | key_{hex:64}
weights and biases key | wandb_v1_{url:77}
lambda cloud key | secret_{low:30}_{hex:32}.{b62:32}
runpod key | rpa_{up:40}
modal token id | ak-{b62:22}
modal token secret | as-{b62:22}
npm token | npm_{b62:36}
pypi token | pypi-AgEIcHlwaS5vcmc{url:160}
test pypi token | pypi-AgENdGVzdC5weXBpLm9yZw{url:160}
rubygems key | rubygems_{hex:48}
crates.io token | cio{b62:32}
nuget key | oy2{low:43}
clojars token | CLOJARS_{hex:60}
hex.pm key | hexpm_{hex:32}
jsr token | jsrp_{b62:40}
docker hub token | dckr_pat_{url:27}
docker organisation token | dckr_oat_{url:32}
docker swarm join token | SWMTKN-1-{low:50}-{low:25}
docker swarm unlock key | SWMKEY-1-{b64:43}
twilio api key | SK{hex:32}
sendgrid key | SG.{url:22}.{url:43}
brevo api key | xkeysib-{hex:64}-{b62:16}
brevo smtp key | xsmtpsib-{hex:64}-{b62:16}
mailgun private key | key-{hex:32}
mailchimp key | {hex:32}-us12
mailersend token | mlsn.{hex:64}
mandrill key | md-{b62:22}
resend key | re_{b62:8}_{b62:24}
heroku platform key | HRKU-AA{url:58}
heroku uuid key | HRKU-{uuid}
digitalocean token | dop_v1_{hex:64}
digitalocean oauth token | doo_v1_{hex:64}
digitalocean refresh token | dor_v1_{hex:64}
databricks token | dapi{hex:32}
databricks token with suffix | dapi{hex:32}-2
shopify admin token | shpat_{hex:32}
shopify custom app token | shpca_{hex:32}
shopify private app password | shppa_{hex:32}
shopify shared secret | shpss_{hex:32}
square oauth secret | sq0csp-{url:43}
square access token | EAAAl{url:59}
square old token | sq0atp-{url:22}
braintree production token | access_token$production${low:16}${hex:32}
plaid access token | access-production-{uuid}
paypal braintree sandbox | access_token$sandbox${low:16}${hex:32}
adyen key | AQE{b64:80}
razorpay live key | rzp_live_{b62:14}
flutterwave secret | FLWSECK-{hex:32}-X
flutterwave test secret | FLWSECK_TEST-{hex:32}-X
paystack secret | sk_live_{hex:40}
shippo live token | shippo_live_{hex:40}
easypost production key | EZAK{hex:32}{b62:22}
easypost test key | EZTK{hex:32}{b62:22}
duffel token | duffel_live_{url:43}
paddle key | pdl_live_apikey_{low:26}_{b62:22}_{b62:3}
lemon squeezy jwt | {jwt}
polar token | polar_oat_{b62:43}
postman key | PMAK-{hex:24}-{hex:34}
postman collection token | PMAT-{up:26}
hashicorp vault service token | hvs.{url:95}
hashicorp vault batch token | hvb.{url:150}
hashicorp vault old token | s.{b62:24}
terraform cloud token | {b62:14}.atlasv1.{url:67}
linear key | lin_api_{b62:40}
linear oauth token | lin_oauth_{hex:64}
notion token | ntn_{num:11}{b62:35}
notion old token | secret_{b62:43}
asana token | 2/{num:16}/{num:16}:{hex:32}
clickup token | pk_{num:8}_{up:32}
monday.com jwt | {jwt}
trello token | ATTA{hex:64}{HEX:8}
atlassian token | ATATT3xFfGF0{url:170}={HEX:8}
atlassian connect token | ATCTT3xFfGN0{url:160}={HEX:8}
bitbucket app password | ATBB{b62:32}
sentry user token | sntryu_{hex:64}
sentry organisation token | sntrys_eyJpYXQiOj{b64:100}_{b64:43}
sentry dsn with secret | https://{hex:32}:«{hex:32}»@o{num:6}.ingest.sentry.io/{num:7}
new relic user key | NRAK-{up:27}
new relic insert key | NRII-{url:32}
new relic browser key | NRJS-{hex:19}
new relic licence key | {hex:36}NRAL
grafana cloud token | glc_eyJvIjoi{b64:110}=
grafana service account token | glsa_{b62:32}_{hex:8}
grafana old key | eyJrIjoi{b62:80}=
dynatrace token | dt0c01.{b32:24}.{b32:64}
dynatrace oauth secret | dt0s02.{b32:8}.{b32:64}
honeycomb ingest key | hcaik_01{low:56}
honeycomb management secret | hcxmk_01{low:24}{low:32}
axiom token | xaat-{uuid}
axiom personal token | xapt-{uuid}
posthog personal key | phx_{b62:47}
segment public api token | sgp_{b62:64}
sourcegraph token | sgp_{hex:16}_{hex:40}
sourcegraph dotcom token | sgd_{hex:64}
sonarqube user token | squ_{hex:40}
sonarqube project token | sqp_{hex:40}
sonarqube global token | sqa_{hex:40}
snyk service token | snyk_uat.{hex:8}.{url:120}
semgrep token | sgp_{hex:64}
artifactory api key | AKCp{b62:69}
artifactory reference token | cmVmdGtuOj{b62:54}
artifactory identity jwt | {jwt}
supabase access token | sbp_{hex:40}
supabase secret key | sb_secret_{url:22}_{url:8}
planetscale token | pscale_tkn_{url:43}
planetscale password | pscale_pw_{url:43}
planetscale oauth | pscale_oauth_{url:43}
neon key | napi_{low:64}
turso jwt | {jwt}
xata key | xau_{b62:32}
astra db token | AstraCS:{b62:24}:{hex:64}
mongodb atlas service secret | mdb_sa_sk_{url:40}
clickhouse cloud secret | 4b1d{b62:38}
aiven token | AVNS_{url:19}
cockroach cloud key | CCDB1_{b62:22}_{b62:40}
confluent cloud secret | cflt{b64:60}
doppler personal token | dp.pt.{b62:43}
doppler service token | dp.st.dev.{b62:43}
doppler cli token | dp.ct.{b62:43}
infisical token | st.{hex:24}.{hex:32}.{hex:32}
fly.io token | FlyV1 «fm2_lJPE{b64:120}»
fly.io old token | fo1_{url:43}
netlify token | nfp_{b62:40}
render key | rnd_{b62:32}
vercel token | vcp_{b62:56}
vercel blob token | vercel_blob_rw_{b62:16}_{b62:30}
pulumi token | pul-{hex:40}
scalr token | {jwt}
airtable token | pat{b62:14}.{hex:64}
figma token | figd_{url:40}
contentful management token | CFPAT-{url:43}
sanity token | sk{b62:178}
typeform token | tfp_{b62:43}_{b62:14}
readme.com key | rdme_{low:70}
prefect user key | pnu_{b62:36}
prefect bot key | pnb_{b62:36}
airflow astronomer jwt | {jwt}
dbt cloud service token | dbtc_{url:43}
dbt user token | dbtu_{url:43}
facebook access token | EAAG{b62:170}
facebook page token | EAACEdEose0cBA{b62:120}
instagram token | IGQVJ{url:160}
twitter bearer token | AAAAAAAAAAAAAAAAAAAAA{b62:40}%3D{b62:50}
linkedin client secret | WPL_AP1.{b62:16}.{b64:8}==
tiktok token | act.{url:64}!1234.e1
pinterest token | pina_{url:60}
discord bot token | MT{b62:24}.{url:6}.{url:38}
discord mfa token | mfa.{url:84}
discord webhook | https://discord.com/api/webhooks/{num:18}/«{url:68}»
telegram bot token | {num:10}:AA{url:33}
teams webhook | https://acme.webhook.office.com/webhookb2/{uuid}@{uuid}/IncomingWebhook/«{hex:32}»/{uuid}
google chat webhook | https://chat.googleapis.com/v1/spaces/AAAA{b62:7}/messages?key=«AIza{url:35}»&token=«{url:43}»
mattermost style webhook | https://chat.acme.dev/hooks/«{low:26}»
zapier webhook | https://hooks.zapier.com/hooks/catch/{num:7}/«{low:7}»/
make webhook | https://hook.eu1.make.com/«{low:32}»
ifttt webhook | https://maker.ifttt.com/trigger/build/with/key/«{url:43}»
pagerduty events url style | https://events.pagerduty.com/integration/«{hex:32}»/enqueue
alibaba access key id | LTAI5t{b62:18}
tencent secret id | AKID{b62:32}
yandex api key | AQVN{url:36}
yandex iam token | t1.9eue{url:100}.{url:86}
yandex oauth token | y0_{url:55}
vk service token | vk1.a.{url:180}
volcengine key id | AKLT{b62:44}
adobe client secret | p8e-{url:32}
azure ad client secret | {b62:3}8Q~{url:34}
azure devops new token | {b62:76}JQQJ99{b62:9}AAAAAAAAAAAAAZDO{b62:4}
azure openai key | {b62:52}JQQJ99{b62:10}XJ3w3AAA{b62:14}
azure container registry key | {b62:42}+ACR{b62:6}
azure function host key | {url:44}AzFu{b62:6}==
azure search key | {b62:42}AzSe{b62:6}
azure cosmos key | {b64:76}ACDb{b62:6}==
azure sas url | https://acme.blob.core.windows.net/data?sv=2023-11-03&ss=b&srt=sco&sp=rl&se=2027-01-01&sig=«{b62:40}»%3D
aws presigned url | https://acme.s3.amazonaws.com/x?X-Amz-Credential=AKIA{b32:16}%2F20260101&X-Amz-Signature=«{hex:64}»
gcs signed url | https://storage.googleapis.com/acme/x?GoogleAccessId=ci@acme.iam.gserviceaccount.com&Expires=1790000000&Signature=«{b62:80}%2B{b62:80}»%3D%3D
cloudfront signed url | https://d111.cloudfront.net/x?Expires=1790000000&Signature=«{url:170}»~&Key-Pair-Id=K{up:13}
aws session token | IQoJb3JpZ2luX2Vj{b64:300}==
aws mws token | amzn.mws.{uuid}
amazon login secret | amzn1.oa2-cs.v1.{hex:64}
aws appsync key | da2-{low:26}
1password service token | ops_eyJ{b64:260}
1password secret key | A3-{up:6}-{up:11}-{up:5}-{up:5}-{up:5}
age secret key | AGE-SECRET-KEY-1{bech:58}
tailscale auth key | tskey-auth-k{b62:11}CNTRL-{b62:32}
tailscale api key | tskey-api-k{b62:11}CNTRL-{b62:32}
tailscale client secret | tskey-client-k{b62:11}CNTRL-{b62:32}
cloudflare origin ca key | v1.0-{hex:24}-{hex:146}
cloudflare account token | cfat_{b62:40}{hex:8}
cloudflare user token | cfut_{b62:40}{hex:8}
ngrok key | 2{b62:26}_{b62:21}
buildkite token | bkua_{hex:40}
circleci token | CCIPAT_{b62:22}_{hex:40}
circleci project token | CCIPRJ_{b62:22}_{hex:40}
harness token | pat.{b62:22}.{hex:24}.{b62:20}
octopus key | API-{up:27}
teamcity token | eyJ0eXAiOiAiVENWMiJ9.{b64:36}.{b64:48}
launchdarkly sdk key | sdk-{uuid}
launchdarkly api key | api-{uuid}
statsig secret | secret-{b62:43}
unleash style | default:development.{hex:56}
growthbook key | secret_admin_{b62:43}
configcat key | configcat-sdk-1/{url:22}/{url:22}
mapbox secret token | sk.eyJ1{url:60}.{url:22}
okta api token | 00{url:40}
auth0 management jwt | {jwt}
clerk secret | sk_live_{b62:40}
workos key | sk_live_a2V5Xz{b62:60}
stytch secret | secret-live-{url:35}=
intercom token | dG9rO{b64:55}=
hubspot private app | pat-na1-{uuid}
hubspot eu private app | pat-eu1-{uuid}
salesforce session | 00D{b62:12}!{b62:96}
salesforce refresh token | 5Aep861{url:80}
dropbox short token | sl.{url:136}
dropbox long token | {low:11}AAAAAAAAAA{url:43}
calendly jwt | {jwt}
zoom jwt | {jwt}
gitpod token | gitpod_pat_{b62:40}.{b62:32}
openshift token | sha256~{url:43}
rancher token | token-{low32:5}:{low:54}
kubernetes service account jwt | {jwt}
jfrog platform jwt | {jwt}
bitcoin extended key | xprv9s21ZrQH143K{b58:96}
nats seed | SU{b32:56}
nats user jwt | {jwt}
deno deploy token | ddp_{b62:36}
apify token | apify_api_{b62:36}
rapidapi style | {hex:10}msh{hex:15}p1{hex:6}jsn{hex:12}
frame.io token | fio-u-{url:64}
ionic token | ion_{b62:42}
maxmind licence | {b62:6}_{b62:29}_mmk
mercury bank token | secret-token:«mercury_production_rma_{b62:45}_yrucrem»
brex token | bxt_{b62:36}
cal.com key | cal_live_{hex:32}
trigger.dev key | tr_dev_{b62:20}
inngest signing key | signkey-prod-{hex:64}
svix key | testsk_{url:32}.us
courier key | pk_prod_{up:28}
onesignal app key | os_v2_app_{low32:103}
ably key | {b62:6}.{b62:6}:{url:43}
pubnub secret | sec-c-{b64:48}
"""

_NAMED = """
aws secret access key | AWS_SECRET_ACCESS_KEY | {b64:40}
cloudflare api token | CLOUDFLARE_API_TOKEN | {url:40}
cloudflare global key | CLOUDFLARE_API_KEY | {hex:37}
datadog api key | DD_API_KEY | {hex:32}
datadog application key | DATADOG_APP_KEY | {hex:40}
mistral key | MISTRAL_API_KEY | {b62:32}
cohere key | CO_API_KEY | {b62:40}
together key | TOGETHER_API_KEY | {hex:64}
deepgram key | DEEPGRAM_API_KEY | {hex:40}
assemblyai key | ASSEMBLYAI_API_KEY | {hex:32}
azure devops old token | AZURE_DEVOPS_EXT_PAT | {low32:52}
azure storage account key | AZURE_STORAGE_KEY | {b64:86}==
azure cognitive key | AZURE_OPENAI_API_KEY | {hex:32}
heroku key | HEROKU_API_KEY | {uuid}
codecov token | CODECOV_TOKEN | {uuid}
snyk token | SNYK_TOKEN | {uuid}
pinecone old key | PINECONE_API_KEY | {uuid}
postmark token | POSTMARK_SERVER_TOKEN | {uuid}
mailjet secret | MJ_APIKEY_PRIVATE | {hex:32}
mailchimp setting | MAILCHIMP_API_KEY | {hex:32}-us9
twilio auth token | TWILIO_AUTH_TOKEN | {hex:32}
nexmo secret | VONAGE_API_SECRET | {b62:16}
algolia admin key | ALGOLIA_ADMIN_KEY | {hex:32}
fastly token | FASTLY_API_TOKEN | {url:32}
travis token | TRAVIS_TOKEN | {b62:22}
drone token | DRONE_TOKEN | {b62:32}
jenkins token | JENKINS_API_TOKEN | 11{hex:32}
gitea token | GITEA_TOKEN | {hex:40}
quay token | QUAY_PASSWORD | {up:64}
zendesk token | ZENDESK_API_TOKEN | {b62:40}
freshdesk key | FRESHDESK_API_KEY | {b62:20}
box secret | BOX_CLIENT_SECRET | {b62:32}
dropbox app secret | DROPBOX_APP_SECRET | {low:15}
twitter consumer secret | TWITTER_CONSUMER_SECRET | {b62:50}
twitter access secret | TWITTER_ACCESS_TOKEN_SECRET | {b62:45}
spotify secret | SPOTIFY_CLIENT_SECRET | {hex:32}
facebook app secret | FACEBOOK_APP_SECRET | {hex:32}
linkedin secret | LINKEDIN_CLIENT_SECRET | {b62:16}
reddit secret | REDDIT_CLIENT_SECRET | {url:27}
twitch secret | TWITCH_CLIENT_SECRET | {low:30}
github app webhook secret | GITHUB_WEBHOOK_SECRET | {hex:40}
okta client secret | OKTA_CLIENT_SECRET | {url:64}
auth0 client secret | AUTH0_CLIENT_SECRET | {url:64}
nextauth secret | NEXTAUTH_SECRET | {b64:43}=
django secret key | DJANGO_SECRET_KEY | django-insecure-{pass:50}
rails master key | RAILS_MASTER_KEY | {hex:32}
rails secret key base | SECRET_KEY_BASE | {hex:128}
laravel app key | APP_KEY | base64:{b64:43}=
flask secret | FLASK_SECRET_KEY | {hex:48}
jwt signing secret | JWT_SECRET | {b62:48}
encryption key | ENCRYPTION_KEY | {b64:43}=
wireguard key | WG_PRIVATE_KEY | {b64:43}=
ethereum key | ETH_PRIVATE_KEY | 0x{hex:64}
bitcoin key | WALLET_PRIVATE_KEY | 5{b58:50}
infura secret | INFURA_PROJECT_SECRET | {hex:32}
etherscan key | ETHERSCAN_API_KEY | {up:34}
openweather key | OPENWEATHER_API_KEY | {hex:32}
newsapi key | NEWS_API_KEY | {hex:32}
alpha vantage key | ALPHAVANTAGE_API_KEY | {up:16}
here key | HERE_API_KEY | {url:43}
minio secret | MINIO_SECRET_KEY | {b62:40}
s3 compatible secret | S3_SECRET_ACCESS_KEY | {b62:40}
backblaze key | B2_APPLICATION_KEY | K005{b62:27}
cloudinary secret | CLOUDINARY_API_SECRET | {url:27}
pusher secret | PUSHER_APP_SECRET | {hex:20}
rollbar token | ROLLBAR_ACCESS_TOKEN | {hex:32}
bugsnag key | BUGSNAG_API_KEY | {hex:32}
honeycomb old key | HONEYCOMB_API_KEY | {b62:22}
logzio token | LOGZIO_TOKEN | {b62:32}
sumologic key | SUMO_ACCESS_KEY | {b62:64}
splunk hec token | SPLUNK_HEC_TOKEN | {uuid}
pagerduty token | PAGERDUTY_TOKEN | {url:20}
opsgenie key | OPSGENIE_API_KEY | {uuid}
pivotal token | TRACKER_TOKEN | {hex:32}
expo access token | EXPO_TOKEN | {url:40}
sauce key | SAUCE_ACCESS_KEY | {uuid}
browserstack key | BROWSERSTACK_ACCESS_KEY | {b62:20}
percy token | PERCY_TOKEN | {hex:64}
coveralls token | COVERALLS_REPO_TOKEN | {b62:32}
codeclimate reporter id | CC_TEST_REPORTER_ID | {hex:64}
smtp password | SMTP_PASSWORD | {password}
postgres password | POSTGRES_PASSWORD | {password}
redis password | REDIS_PASSWORD | {hex:32}
generic db pass | DB_PASS | {password}
keystore password | KEYSTORE_PASSWORD | {b62:10}
gpg passphrase | GPG_PASSPHRASE | {password}
ansible vault pass | ANSIBLE_VAULT_PASSWORD | {password}
restic password | RESTIC_PASSWORD | {password}
borg passphrase | BORG_PASSPHRASE | {password}
sops age keys | SOPS_AGE_KEY | AGE-SECRET-KEY-1{bech:58}
hmac key | HMAC_KEY | {hex:64}
cookie secret | SESSION_COOKIE_SECRET | {b62:32}
paypal secret | PAYPAL_CLIENT_SECRET | E{url:79}
tencent secret key | TENCENTCLOUD_SECRET_KEY | {b62:32}
alibaba secret | ALICLOUD_SECRET_KEY | {b62:30}
hetzner token | HCLOUD_TOKEN | {b62:64}
linode token | LINODE_TOKEN | {hex:64}
vultr key | VULTR_API_KEY | {up:36}
scaleway secret | SCW_SECRET_KEY | {uuid}
ovh secret | OVH_APPLICATION_SECRET | {hex:32}
civo key | CIVO_TOKEN | {b62:50}
exoscale secret | EXOSCALE_API_SECRET | {url:43}
ibm cloud key | IBMCLOUD_API_KEY | {url:44}
oracle auth token | OCI_AUTH_TOKEN | {pass:20}
upcloud password | UPCLOUD_PASSWORD | {password}
gandi key | GANDI_API_KEY | {b62:24}
namecheap key | NAMECHEAP_API_KEY | {hex:32}
godaddy secret | GODADDY_API_SECRET | {b62:22}
stripe webhook old | STRIPE_ENDPOINT_SECRET | {b62:32}
unsplash key | UNSPLASH_ACCESS_KEY | {url:43}
giphy key | GIPHY_API_KEY | {b62:32}
tmdb key | TMDB_API_KEY | {hex:32}
trello key | TRELLO_SECRET | {hex:64}
line channel secret | LINE_CHANNEL_SECRET | {hex:32}
kakao key | KAKAO_REST_API_KEY | {hex:32}
naver secret | NAVER_CLIENT_SECRET | {b62:10}
wechat secret | WECHAT_APP_SECRET | {hex:32}
dingtalk secret | DINGTALK_SECRET | SEC{hex:64}
feishu secret | FEISHU_APP_SECRET | {b62:32}
"""


def _rows(table: str) -> list[list[str]]:
    return [[part.strip() for part in row.split(" | ")] for row in table.strip().splitlines()]


SHAPED = [(kind, template) for kind, template in _rows(_SHAPED)]
NAMED = [(kind, name, template) for kind, name, template in _rows(_NAMED)]
