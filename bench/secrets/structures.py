# ruff: noqa: E501
"""Structures that hold secrets: URLs, headers, files of settings, command lines, and output of commands.

Each entry: kind, then the text in which «…» encloses a secret and `{…}` is drawn. Written from the manuals of the
programs named, without a look at gitstory's rules.
"""

from __future__ import annotations

_TEXT = r"""
postgres url
postgresql://app:«{password}»@db.acme.dev:5432/app
---
mysql url
DATABASE_URL=mysql://root:«{b62:14}»@10.0.0.5:3306/shop?charset=utf8
---
mongodb srv url
mongodb+srv://svc:«{b62:18}»@cluster0.ab12c.mongodb.net/app?retryWrites=true
---
redis url
REDIS_URL=rediss://default:«{b62:24}»@eu1-redis.acme.dev:6380
---
amqp url
amqps://user:«{url:22}»@rabbit.acme.dev/vhost
---
https url with password
git clone https://deploy:«{b62:20}»@git.acme.dev/team/app.git
---
https url with token user
git remote add origin https://«{hex:40}»@git.acme.dev/team/app.git
---
https oauth2 url
https://oauth2:«{url:26}»@gitlab.acme.dev/team/app.git
---
ftp url
curl ftp://backup:«{password}»@ftp.acme.dev/dump.sql
---
smtp url
MAILER_DSN=smtp://mailer:«{b62:16}»@smtp.acme.dev:587
---
proxy setting
http_proxy=http://svc:«{b62:12}»@proxy.acme.dev:3128
---
percent encoded password url
postgres://app:«{b62:6}%23{b62:6}%40{b62:3}»@db/app
---
jdbc query
jdbc:postgresql://db.acme.dev/app?user=app&password=«{b62:15}»&ssl=true
---
jdbc sqlserver
jdbc:sqlserver://db:1433;databaseName=app;user=sa;password=«{password}»;encrypt=true
---
oracle thin
jdbc:oracle:thin:scott/«{b62:12}»@db.acme.dev:1521/ORCL
---
ado connection
"Server=tcp:db.acme.dev,1433;Initial Catalog=app;User ID=app;Pwd=«{password}»;Encrypt=True"
---
odbc connection
DRIVER={ODBC Driver 18};SERVER=db;UID=app;PWD=«{b62:14}»;TrustServerCertificate=yes
---
libpq keywords
psql "host=db user=app password=«{b62:15}» dbname=app sslmode=require"
---
go dsn
dsn := "app:«{b62:14}»@tcp(127.0.0.1:3306)/app?parseTime=true"
---
sqlalchemy
engine = create_engine("mysql+pymysql://app:«{b62:13}»@localhost/app")
---
azure storage connection
DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=«{b64:86}==»;EndpointSuffix=core.windows.net
---
service bus connection
Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=«{b64:43}=»
---
event grid sas
SharedAccessSignature sr=acme.azure-devices.net&sig=«{b62:40}%3D»&se=1790000000
---
cosmos connection
AccountEndpoint=https://acme.documents.azure.com:443/;AccountKey=«{b64:86}==»;
---
redis azure connection
acme.redis.cache.windows.net:6380,password=«{b64:43}=»,ssl=True,abortConnect=False
---
netrc line
machine api.acme.dev login ci password «{b62:18}»
---
netrc lines
machine git.acme.dev
  login ci
  password «{password}»
---
pgpass
db.acme.dev:5432:app:svc:«{b62:16}»
---
pgpass wildcard
*:*:*:postgres:«{password}»
---
my.cnf
[client]
user = root
password = «{password}»
host = db
---
git credentials store
https://ci-user:«{b62:24}»@git.acme.dev
---
npmrc token
//registry.acme.dev/:_authToken=«{uuid}»
---
npmrc base64 auth
//registry.acme.dev/:_auth=«{b64:40}==»
---
npmrc password
//registry.acme.dev/:_password="«{b64:24}=»"
---
yarnrc
npmRegistryServer: "https://npm.acme.dev"
npmAuthToken: "«{uuid}»"
---
pypirc
[acme]
repository = https://pypi.acme.dev
username = ci
password = «{b62:18}»
---
pip conf
[global]
index-url = https://ci:«{b62:22}»@pypi.acme.dev/simple
---
docker config
{"auths": {"registry.acme.dev": {"auth": "«{b64:44}»"}}}
---
docker config pretty
{
  "auths": {
    "https://index.docker.io/v1/": {
      "auth": "«{b64:42}=»",
      "email": "ci@acme.dev"
    }
  }
}
---
docker config identity token
{"auths": {"acme.azurecr.io": {"auth": "MDAwMDAwMDAtMDAwMA==", "identitytoken": "«{b62:80}»"}}}
---
kubeconfig token
users:
- name: admin
  user:
    token: «{b62:60}»
---
kubeconfig client key
users:
- name: admin
  user:
    client-certificate-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t
    client-key-data: «LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQ{b64:300}=»
---
kubernetes secret
apiVersion: v1
kind: Secret
metadata:
  name: app
data:
  username: YXBw
  password: «{b64:26}==»
---
kubernetes secret odd key
apiVersion: v1
data:
  DATABASE: «{b64:60}»
  smtp: «{b64:34}==»
kind: Secret
metadata:
  name: app
type: Opaque
---
kubernetes secret stringData
kind: Secret
stringData:
  admin-pass: «{password}»
---
kubernetes env pair
env:
  - name: DB_PASSWORD
    value: "«{password}»"
---
helm values
postgresql:
  auth:
    postgresPassword: «{b62:14}»
    database: app
---
helm set
helm upgrade app ./chart --set auth.password=«{b62:16}» --set replicas=2
---
kubectl create secret
kubectl create secret generic app --from-literal=password=«{b62:16}» --from-literal=user=app
---
kubectl create secret odd key
kubectl create secret generic app --from-literal=licence=«{b62:30}»
---
kubectl docker registry
kubectl create secret docker-registry reg --docker-server=r.acme.dev --docker-username=ci --docker-password=«{b62:20}»
---
terraform tfvars
db_password = "«{password}»"
region      = "eu-west-1"
---
terraform variable default
variable "db_password" {
  type    = string
  default = "«{password}»"
}
---
terraform state output
"outputs": {
    "db_password": {
      "value": "«{b62:16}»",
      "type": "string",
      "sensitive": true
    }
}
---
terraform resource
resource "aws_db_instance" "main" {
  username = "admin"
  password = "«{b62:16}»"
}
---
ansible vars
ansible_become_pass: «{password}»
ansible_user: ci
---
ansible inventory
web1 ansible_host=10.0.0.9 ansible_user=ci ansible_password=«{b62:14}»
---
aws credentials file
[default]
aws_access_key_id = AKIA{b32:16}
aws_secret_access_key = «{b64:40}»
---
aws csv download
Access key ID,Secret access key
AKIA{b32:16},«{b64:40}»
---
aws csv with user
User name,Password,Access key ID,Secret access key,Console login link
ci,,AKIA{b32:16},«{b64:40}»,https://123456789012.signin.aws.amazon.com/console
---
aws pair in a sentence
use AKIA{b32:16} / «{b64:40}» for the bucket
---
aws pair lines
AKIA{b32:16}
«{b64:40}»
---
aws sts json
{"Credentials": {"AccessKeyId": "ASIA{b32:16}", "SecretAccessKey": "«{b64:40}»", "SessionToken": "«{b64:200}»", "Expiration": "2026-01-01T00:00:00Z"}}
---
aws boto call
boto3.client("s3", aws_access_key_id="AKIA{b32:16}", aws_secret_access_key="«{b64:40}»")
---
aws configure prompt
AWS Access Key ID [None]: AKIA{b32:16}
AWS Secret Access Key [None]: «{b64:40}»
---
aws ssm parameter json
{"Parameter": {"Name": "/app/db/password", "Type": "SecureString", "Value": "«{b62:18}»", "Version": 3}}
---
aws secrets manager json
{"ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf", "Name": "db", "SecretString": "{\"username\":\"app\",\"password\":\"«{b62:20}»\"}"}
---
aws secrets manager plain
{"Name": "deploy", "SecretString": "«{b62:32}»", "VersionStages": ["AWSCURRENT"]}
---
gcp service account
{"type": "service_account", "private_key_id": "«{hex:40}»", "client_email": "ci@acme.iam.gserviceaccount.com"}
---
gcp authorised user
{"client_id": "1234-x.apps.googleusercontent.com", "client_secret": "«{url:24}»", "refresh_token": "1//0{url:60}", "type": "authorized_user"}
---
azure service principal
{"appId": "{uuid}", "displayName": "ci", "password": "«{b62:3}~{b62:34}»", "tenant": "{uuid}"}
---
azure client secret setting
ARM_CLIENT_SECRET=«{b62:34}»
---
name and value
{"Name": "DB_PASSWORD", "Value": "«{password}»"}
---
name and value far
[
  {
    "name": "STRIPE_SECRET",
    "type": "secret",
    "value": "«{b62:30}»"
  }
]
---
value before name
{"value": "«{password}»", "name": "ADMIN_PASSWORD"}
---
parameter key and value
ParameterKey=MasterUserPassword,ParameterValue=«{b62:16}»
---
nested value
{"db_password": {"value": "«{password}»"}}
---
nested default
{"apiToken": {"description": "token of the service", "default": "«{b62:32}»"}}
---
python dict pair
("password", "«{password}»"),
---
key val columns
Key: smtp-password
Value: «{b62:18}»
---
csv with header
user,email,password
ada,ada@acme.dev,«{password}»
bob,bob@acme.dev,«{password}»
---
csv token column
id,service,api_token
1,ci,«{b62:36}»
---
psql table
 id |  name  |             api_key
----+--------+----------------------------------
  1 | ci     | «{b62:32}»
  2 | deploy | «{b62:32}»
(2 rows)
---
mysql table
+----+-------+--------------------------+
| id | login | password                 |
+----+-------+--------------------------+
|  1 | root  | «{b62:24}» |
+----+-------+--------------------------+
---
markdown credentials table
| User | Password |
|------|----------|
| admin | «{password}» |
---
basic header
Authorization: Basic «{b64:32}»
---
bearer header
authorization: Bearer «{b62:40}»
---
token header
Authorization: token «{hex:40}»
---
api key header
x-api-key: «{b62:40}»
---
private token header
PRIVATE-TOKEN: «{b62:20}»
---
curl private token
curl --header "PRIVATE-TOKEN: «{b62:20}»" https://gitlab.acme.dev/api/v4/user
---
auth token header
X-Auth-Token: «{hex:32}»
---
vault header
X-Vault-Token: «{b62:26}»
---
proxy authorization header
Proxy-Authorization: Basic «{b64:28}»
---
digest response
Authorization: Digest username="app", realm="x", nonce="{hex:32}", response="«{hex:32}»"
---
aws v4 header
Authorization: AWS4-HMAC-SHA256 Credential=AKIA{b32:16}/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=«{hex:64}»
---
csrf header
X-CSRF-Token: «{b64:86}==»
---
cookie header
Cookie: theme=dark; sessionid=«{low:32}»; csrftoken=«{b62:64}»
---
set-cookie header
Set-Cookie: connect.sid=«s%3A{url:32}.{b64:43}»; Path=/; HttpOnly
---
cookie flag
curl -b "session=«{b62:40}»" https://app.acme.dev/me
---
cookie long flag
curl --cookie 'auth_token=«{b62:36}»; lang=en' https://app.acme.dev/me
---
cookie jar
#HttpOnly_app.acme.dev	FALSE	/	TRUE	1790000000	session	«{b62:40}»
---
requests cookies
requests.get(url, cookies={"sessionid": "«{low:32}»"})
---
document cookie
document.cookie = "token=«{b62:32}»; path=/";
---
requests auth tuple
requests.get("https://api.acme.dev/x", auth=("ci", "«{password}»"))
---
requests basic auth
r = s.get(url, auth=HTTPBasicAuth('ci', '«{b62:14}»'))
---
httpx auth
httpx.Client(auth=("admin", "«{b62:12}»"), timeout=3)
---
axios auth
axios.get(url, { auth: { username: 'ci', password: '«{b62:14}»' } })
---
curl user flag
curl -u admin:«{b62:14}» https://ci.acme.dev/api/json
---
curl user long flag
curl --user "ci:«{password}»" https://ci.acme.dev/api
---
curl attached user flag
curl -uadmin:«{b62:14}» https://ci.acme.dev/api
---
curl oauth2 bearer
curl --oauth2-bearer «{b62:40}» https://api.acme.dev
---
curl data login
curl -X POST https://api.acme.dev/login -d '{"email":"a@acme.dev","password":"«{password}»"}'
---
curl form login
curl -d "grant_type=client_credentials&client_id=app&client_secret=«{b62:32}»" https://id.acme.dev/token
---
wget password
wget --user=ci --password='«{password}»' https://files.acme.dev/x.tgz
---
httpie auth
http -a ci:«{b62:14}» https://api.acme.dev/x
---
docker login -p
docker login -u ci -p «{b62:20}» registry.acme.dev
---
docker login stdin
echo "«{b62:20}»" | docker login registry.acme.dev -u ci --password-stdin
---
docker login stdin printf
printf '%s' '«{password}»' | docker login -u ci --password-stdin
---
docker login here string
docker login -u ci --password-stdin <<< "«{b62:24}»"
---
helm registry login
echo «{b62:24}» | helm registry login r.acme.dev -u ci --password-stdin
---
gh auth stdin
echo «{b62:40}» | gh auth login --with-token
---
gh secret body
gh secret set DEPLOY_PASS --body "«{password}»"
---
gh secret piped
echo "«{b62:24}»" | gh secret set LICENCE
---
sudo -S
echo '«{password}»' | sudo -S apt-get update
---
sudo -S here string
sudo -S systemctl restart app <<< '«{b62:12}»'
---
chpasswd
echo "ci:«{password}»" | chpasswd
---
chpasswd sudo
echo 'root:«{b62:12}»' | sudo chpasswd
---
passwd stdin
echo "«{b62:12}»" | passwd --stdin ci
---
sshpass
sshpass -p '«{password}»' ssh ci@10.0.0.4 uptime
---
sshpass plain
sshpass -p «{b62:10}» scp x ci@10.0.0.4:/tmp
---
sshpass env
SSHPASS='«{password}»' sshpass -e ssh ci@10.0.0.4
---
ssh-keygen -N
ssh-keygen -t ed25519 -f id -N "«{password}»"
---
ssh-keygen -P
ssh-keygen -p -f id -P '«{b62:12}»' -N '«{b62:12}»'
---
mysql -p
mysql -h db -u root -p«{b62:12}» app < dump.sql
---
mysql long password
mysqldump --user=root --password=«{password}» app > x.sql
---
PGPASSWORD
PGPASSWORD=«{b62:12}» psql -h db -U app -c 'select 1'
---
PGPASSWORD quoted
PGPASSWORD='«{password}»' pg_dump app
---
redis-cli -a
redis-cli -h cache -a «{b62:20}» ping
---
redis-cli auth
redis-cli> AUTH «{b62:20}»
---
redis requirepass
requirepass «{b62:20}»
---
mongosh
mongosh "mongodb://db/app" -u admin -p «{b62:14}»
---
mongo createUser
db.createUser({user: "app", pwd: "«{password}»", roles: ["readWrite"]})
---
psql alter user
ALTER USER app WITH PASSWORD '«{password}»';
---
create role
CREATE ROLE app LOGIN PASSWORD '«{b62:14}»';
---
identified by
CREATE USER 'app'@'%' IDENTIFIED BY '«{password}»';
---
identified with by
ALTER USER 'root'@'localhost' IDENTIFIED WITH mysql_native_password BY '«{b62:14}»';
---
grant identified
GRANT ALL ON app.* TO 'app'@'%' IDENTIFIED BY "«{b62:12}»";
---
create login
CREATE LOGIN app WITH PASSWORD = N'«{password}»';
---
oracle identified
CREATE USER app IDENTIFIED BY «{b62:12}»;
---
set password
SET PASSWORD FOR 'app'@'%' = PASSWORD('«{b62:12}»');
---
clickhouse client
clickhouse-client --host db --user default --password «{b62:14}» --query "select 1"
---
sqlcmd
sqlcmd -S db -U sa -P '«{password}»' -Q 'select 1'
---
influx token
influx query --org acme --token «{b62:60}==» 'from(bucket:"x")'
---
rabbitmqctl
rabbitmqctl add_user app «{b62:14}»
---
rabbitmqctl change
rabbitmqctl change_password app '«{password}»'
---
htpasswd -b
htpasswd -bc /etc/nginx/.htpasswd ci «{b62:12}»
---
openssl passin
openssl rsa -in key.pem -passin pass:«{b62:12}» -out x.pem
---
openssl passout
openssl genrsa -aes256 -passout pass:'«{password}»' 4096
---
openssl enc -k
openssl enc -aes-256-cbc -d -in x -k «{b62:12}»
---
gpg passphrase
gpg --batch --passphrase '«{password}»' -d x.gpg
---
gpg piped
echo «{b62:14}» | gpg --batch --yes --passphrase-fd 0 -d x.gpg
---
zip -P
zip -r -P «{b62:12}» backup.zip data/
---
unzip -P
unzip -P '«{password}»' backup.zip
---
7z -p
7z a -p«{b62:12}» backup.7z data/
---
keytool
keytool -genkey -alias a -keystore k.jks -storepass «{b62:12}» -keypass «{b62:12}»
---
jarsigner
jarsigner -keystore k.jks -storepass '«{password}»' app.apk release
---
openvpn auth file
auth-user-pass
ci-user
«{password}»
---
ldapsearch
ldapsearch -x -D cn=admin,dc=acme -w «{b62:12}» -b dc=acme
---
smbclient
smbclient //files/share -U 'ACME\ci%«{b62:12}»'
---
mount cifs
mount -t cifs //files/share /mnt -o username=ci,password=«{b62:12}»
---
net use
net use Z: \\files\share «{b62:12}» /user:ACME\ci
---
net user
net user ci «{password}» /add
---
lftp
lftp -u ci,«{b62:12}» sftp://files.acme.dev
---
rsync password env
RSYNC_PASSWORD=«{b62:12}» rsync -av x ci@files::data
---
restic
RESTIC_PASSWORD='«{password}»' restic -r s3:acme snapshots
---
az login
az login --service-principal -u {uuid} -p «{b62:3}8Q~{b62:34}» --tenant {uuid}
---
az sql password
az sql server create -n db -u app --admin-password '«{password}»'
---
aws rds
aws rds modify-db-instance --db-instance-identifier db --master-user-password «{b62:16}»
---
aws put parameter
aws ssm put-parameter --name /app/licence --type SecureString --value "«{b62:24}»"
---
aws create secret
aws secretsmanager create-secret --name app --secret-string '«{b62:24}»'
---
vault kv put
vault kv put secret/app password=«{b62:16}» user=app
---
vault login
vault login «{b62:26}»
---
vault unseal
vault operator unseal «{b64:44}»
---
vault init output
Unseal Key 1: «{b64:44}»
Unseal Key 2: «{b64:44}»
Initial Root Token: hvs.{b62:24}
---
consul token
consul members -token=«{uuid}»
---
nomad token
export NOMAD_TOKEN=«{uuid}»
---
convertto-securestring
$p = ConvertTo-SecureString "«{password}»" -AsPlainText -Force
---
convertto-securestring named
ConvertTo-SecureString -String '«{b62:14}»' -AsPlainText -Force
---
pscredential
New-Object System.Net.NetworkCredential("ci", "«{password}»")
---
cmdkey
cmdkey /add:files /user:ci /pass:«{b62:12}»
---
schtasks
schtasks /create /tn x /ru ACME\ci /rp «{b62:12}»
---
git config extraheader
git config http.extraheader "AUTHORIZATION: basic «{b64:40}»"
---
npm config set
npm config set //registry.acme.dev/:_authToken «{uuid}»
---
pip index url
pip install --index-url https://__token__:«{b62:24}»@pypi.acme.dev/simple acme
---
twine
twine upload -u ci -p «{b62:16}» dist/*
---
poetry
poetry config http-basic.acme ci «{b62:16}»
---
cargo login
cargo login «{b62:35}»
---
nuget source
dotnet nuget add source https://n.acme.dev -u ci -p «{b62:20}» --store-password-in-clear-text
---
nuget config
<add key="ClearTextPassword" value="«{b62:16}»" />
---
maven settings
<server><id>acme</id><username>ci</username><password>«{password}»</password></server>
---
gradle properties
acmePassword=«{b62:16}»
signing.password=«{b62:12}»
---
tomcat users
<user username="admin" password="«{b62:12}»" roles="manager-gui"/>
---
spring properties
spring.datasource.password=«{password}»
---
spring yaml
spring:
  datasource:
    username: app
    password: «{b62:14}»
---
wp config
define('DB_PASSWORD', '«{password}»');
define('AUTH_KEY', '«{pass:64}»');
---
laravel env
APP_KEY=base64:«{b64:43}=»
MAIL_PASSWORD=«{b62:16}»
---
appsettings
"ConnectionStrings": {"Default": "Server=db;Database=a;User Id=sa;Password=«{b62:14}»;"}
---
web config machine key
<machineKey validationKey="«{HEX:128}»" decryptionKey="«{HEX:64}»" />
---
php array
'password' => '«{password}»',
---
ruby hash
password: "«{password}»",
---
ruby hash rocket
:secret_access_key => "«{b64:40}»",
---
java setter
config.setPassword("«{password}»");
---
java properties put
props.put("mail.smtp.password", "«{b62:14}»");
---
c sharp initialiser
new Client { ApiKey = "«{b62:32}»", Timeout = 3 }
---
go struct
Config{User: "app", Password: "«{password}»"}
---
rust call
.password("«{password}»")
---
python setter
client.username_pw_set("app", "«{b62:14}»")
---
python login call
smtp.login("mailer@acme.dev", "«{password}»")
---
python ftp
ftplib.FTP("ftp.acme.dev", "ci", "«{b62:14}»")
---
paramiko
ssh.connect("10.0.0.4", username="ci", password="«{b62:14}»")
---
psycopg
psycopg2.connect(host="db", user="app", password="«{password}»")
---
swift constant
let apiKey = "«{b62:32}»"
---
kotlin constant
const val API_SECRET = "«{b62:32}»"
---
android strings
<string name="api_key">«{b62:32}»</string>
---
plist
<key>APIKey</key>
<string>«{b62:32}»</string>
---
lua table
api_key = "«{b62:32}»",
---
nginx proxy header
proxy_set_header Authorization "Bearer «{b62:40}»";
---
envoy header
{"header": {"key": "authorization", "value": "Bearer «{b62:40}»"}}
---
postman variable
{"key": "access_token", "value": "«{b62:40}»", "type": "string"}
---
har header
{"name": "Cookie", "value": "sid=«{b62:40}»"}
---
har header api key
{"name": "x-api-key", "value": "«{b62:40}»"}
---
openapi example
"access_token": "«{b62:43}»", "token_type": "Bearer", "expires_in": 3600
---
oauth response
{"access_token":"«{url:64}»","refresh_token":"«{url:64}»","token_type":"bearer"}
---
oauth code url
https://app.acme.dev/callback?code=«{url:43}»&state=x
---
reset link
https://app.acme.dev/reset?token=«{hex:40}»
---
magic link
https://app.acme.dev/auth/verify?token_hash=«{hex:56}»&type=magiclink
---
totp uri
otpauth://totp/Acme:ci?secret=«{b32:32}»&issuer=Acme
---
totp setup
Your two-factor secret: «{b32:16}»
---
wifi qr
WIFI:T:WPA;S:acme-office;P:«{b62:14}»;;
---
wpa supplicant
network={
  ssid="acme"
  psk="«{b62:14}»"
}
---
wireguard config
[Interface]
PrivateKey = «{b64:43}=»
Address = 10.0.0.2/32
PresharedKey = «{b64:43}=»
---
ssh config comment
# password for jump host: «{password}»
Host jump
---
rclone config
[s3]
type = s3
secret_access_key = «{b62:40}»
---
rclone obscured pass
pass = «{url:38}»
---
s3cfg
access_key = {b62:20}
secret_key = «{b62:40}»
---
boto config
gs_oauth2_refresh_token = 1//0{url:60}
---
travis secure env
env: SECRET_TOKEN=«{b62:32}»
---
gitlab ci variables
variables:
  DEPLOY_TOKEN: "«{b62:24}»"
---
github workflow env
        env:
          NPM_AUTH: «{b62:36}»
          API_SECRET: '«{b62:32}»'
---
jenkins credentials xml
<secret>{«{b64:64}=»}</secret>
---
grafana ini
admin_password = «{password}»
secret_key = «{b62:20}»
---
airflow connection
AIRFLOW_CONN_DB=postgresql://air:«{b62:14}»@db/airflow
---
fernet key
FERNET_KEY=«{b64:43}=»
---
celery broker
broker_url = "amqp://celery:«{b62:14}»@mq:5672//"
---
sentry dsn pair
SENTRY_DSN=https://{hex:32}:«{hex:32}»@sentry.acme.dev/4
---
sip account
secret=«{b62:14}»
context=internal
---
snmp community
snmpwalk -v3 -u ci -A «{b62:12}» -X «{b62:12}» 10.0.0.1
---
cisco config
enable secret 5 «$1${b62:4}${b62:22}»
username admin password 7 «{HEX:20}»
---
shadow line
ci:«$6${b62:16}${b62:86}»:19000:0:99999:7:::
---
htpasswd line
ci:«$apr1${b62:8}${b62:22}»
---
bcrypt hash
admin:«$2b$12${b62:53}»
---
hidden input
<input type="password" name="pw" value="«{password}»">
---
cypress type
cy.get('#password').type('«{password}»')
---
playwright fill
await page.fill('input[name="password"]', '«{password}»');
---
playwright label
await page.getByLabel('Password').fill('«{password}»')
---
selenium
driver.find_element(By.ID, "password").send_keys("«{password}»")
---
expect script
expect "Password:"
send "«{password}»\r"
---
login prompt echo
Username: ci
Password: «{b62:14}»
---
created password output
Generated admin password: «{b62:16}»
---
initial password jenkins
Please use the following password to proceed to installation:

«{hex:32}»

This may also be found at: /var/lib/jenkins/secrets/initialAdminPassword
---
argocd initial password
The initial admin password is «{b62:16}»
---
grep secret file
/run/secrets/db_password:«{b62:20}»
---
base64 decoded line
$ echo {b62:4}... | base64 -d
app:«{password}»
---
printenv one
$ printenv DB_PASSWORD
«{password}»
---
echo variable
$ echo $API_TOKEN
«{b62:36}»
---
echo braces variable
$ echo "${ADMIN_PASSWORD}"
«{b62:14}»
---
openssl rand into setting
$ openssl rand -hex 32
«{hex:64}»
---
pwgen
$ pwgen -s 20 1
«{b62:20}»
---
kubectl jsonpath text
$ kubectl get secret db -o jsonpath='{.data.password}' | base64 -d
«{b62:16}»
---
op read text
$ op read op://Prod/db/password
«{password}»
---
pass show text
$ pass show prod/db
«{password}»
---
vault field text
$ vault kv get -field=password secret/app
«{b62:16}»
---
ssm text
$ aws ssm get-parameter --name /app/key --with-decryption --query Parameter.Value --output text
«{b62:24}»
"""

_COMMANDS = r"""
op read | op read "op://Prod/db/password" | «{password}»
op item get | op item get db --fields password --reveal | «{b62:18}»
pass show | pass show prod/db | «{password}»
gopass show | gopass show -o prod/db | «{password}»
bw get | bw get password db | «{b62:16}»
lpass show | lpass show --password prod-db | «{b62:16}»
keepassxc | keepassxc-cli show -s -a Password x.kdbx db | «{password}»
terraform output raw | terraform output -raw db_password | «{b62:16}»
terraform output json | terraform output -json | {"db": {"value": "«{b62:16}»"}}
tofu output | tofu output db_password | "«{b62:16}»"
terraform state | terraform state show aws_db_instance.main | content = "«{b62:20}»"
ssm get-parameter | aws ssm get-parameter --name /app/db --with-decryption --query Parameter.Value --output text | «{b62:20}»
ssm by path | aws ssm get-parameters-by-path --path /app --with-decryption | {"Parameters": [{"Name": "/app/x", "Value": "«{b62:20}»"}]}
secrets manager | aws secretsmanager get-secret-value --secret-id db --query SecretString --output text | {"u":"app","p":"«{b62:20}»"}
ecr password | aws ecr get-login-password --region eu-west-1 | «{b64:300}==»
sts | aws sts assume-role --role-arn x --role-session-name y --output text | CREDENTIALS ASIA{b32:16} 2026 «{b64:40}» «{b64:120}»
sts session | aws sts get-session-token | {"k": "«{b64:40}»"}
codeartifact | aws codeartifact get-authorization-token --domain acme --query authorizationToken --output text | «{url:200}»
eks token | aws eks get-token --cluster-name x | {"status": {"t": "k8s-aws-v1.«{url:120}»"}}
aws configure get | aws configure get aws_secret_access_key | «{b64:40}»
aws create key | aws iam create-access-key --user-name ci --output text | ACCESSKEY AKIA{b32:16} 2026 «{b64:40}» Active ci
rds token | aws rds generate-db-auth-token --hostname db --port 5432 --username app | db:5432/?Action=connect&X-Amz-Signature=«{hex:64}»
vault kv get | vault kv get -field=password secret/app | «{b62:16}»
vault read | vault read -field=value secret/app | «{b62:16}»
vault token create | vault token create -field=token | «{b62:26}»
gcloud secrets | gcloud secrets versions access latest --secret=db | «{b62:24}»
gcloud token | gcloud auth print-access-token | «{url:150}»
gcloud identity | gcloud auth print-identity-token | «{url:150}»
az token | az account get-access-token --query accessToken -o tsv | «{url:200}»
az keyvault | az keyvault secret show --vault-name kv --name db --query value -o tsv | «{b62:20}»
az storage keys | az storage account keys list -n acme -o table | key1 FULL «{b64:86}==»
az acr | az acr credential show -n acme | {"p": [{"v": "«{b64:43}=»"}]}
az sp | az ad sp create-for-rbac -n ci -o tsv | {uuid} ci «{b62:40}» {uuid}
kubectl yaml | kubectl get secret app -o yaml | x: «{b64:40}»
kubectl json | kubectl -n prod get secrets/app -o json | {"x": "«{b64:40}»"}
kubectl jsonpath | kubectl get secret db -o jsonpath='{.data.pw}' | «{b64:24}==»
kubectl go template | kubectl get secret db -o go-template='{{.data.x}}' | «{b64:24}==»
kubectl create token | kubectl create token admin | «{url:200}»
oc whoami | oc whoami -t | «{url:43}»
base64 of secret | kubectl get secret db -o jsonpath='{.data.pw}' | base64 -d | «{b62:16}»
gh token | gh auth token | «{b62:40}»
gh status show token | gh auth status --show-token | Token: «{b62:40}»
glab token | glab auth status -t | Token: «{b62:20}»
heroku config get | heroku config:get DATABASE_URL -a app | «{b62:40}»
heroku config | heroku config -a app | SOMETHING: «{b62:40}»
heroku token | heroku auth:token | «{uuid}»
fly token | fly auth token | «{b62:60}»
fly tokens create | fly tokens create deploy | «{b62:60}»
vercel env | vercel env pull /dev/stdout | X="«{b62:40}»"
netlify env | netlify env:get API | «{b62:40}»
doppler | doppler secrets get X --plain | «{b62:30}»
doppler download | doppler secrets download --no-file --format env | X="«{b62:30}»"
infisical | infisical export | X='«{b62:30}»'
chamber | chamber export app | {"x":"«{b62:30}»"}
sops | sops -d secrets.enc.yaml | x: «{b62:30}»
sops decrypt | sops decrypt config.enc.json | {"x": "«{b62:30}»"}
ansible vault | ansible-vault view group_vars/all/vault.yml | x: «{b62:30}»
age decrypt | age -d -i key.txt x.age | «{b62:30}»
gpg decrypt | gpg --decrypt x.gpg | «{b62:30}»
gpg -d | gpg -d ~/.authinfo.gpg | machine x login y password «{b62:18}»
macos keychain | security find-generic-password -s db -w | «{password}»
macos internet | security find-internet-password -s git.acme.dev -w | «{b62:30}»
secret-tool | secret-tool lookup service db | «{b62:20}»
keyring | keyring get system ci | «{b62:20}»
git credential | git credential fill | password=«{b62:20}»
docker credential | docker-credential-desktop get | {"Secret":"«{b62:30}»"}
docker secret run | cat /run/secrets/db | «{b62:20}»
npm token | npm token create --read-only | «{b62:36}»
rails credentials | bin/rails credentials:show | x: «{b62:40}»
dotenv vault | npx dotenvx get X | «{b62:30}»
cat env | cat .env | X=«{b62:30}»
cat netrc | cat ~/.netrc | machine x login y password «{b62:14}»
cat aws credentials | cat ~/.aws/credentials | x = «{b64:40}»
cat kube config | cat ~/.kube/config | x: «{b64:60}»
cat docker config | cat ~/.docker/config.json | {"x": "«{b64:40}»"}
cat ssh key | cat ~/.ssh/id_ed25519 | «{b64:70}»
cat gh hosts | cat ~/.config/gh/hosts.yml | x: «{b62:40}»
cat npmrc | cat ~/.npmrc | x=«{b62:36}»
cat pgpass | cat ~/.pgpass | db:5432:app:app:«{b62:14}»
cat secrets token | cat /var/run/secrets/kubernetes.io/serviceaccount/token | «{url:200}»
jenkins initial | cat /var/lib/jenkins/secrets/initialAdminPassword | «{hex:32}»
printenv | printenv DB_PASSWORD | «{password}»
echo variable | echo $DB_PASSWORD | «{password}»
windows env | Write-Output $env:API_TOKEN | «{b62:30}»
pulumi config | pulumi config get dbPassword | «{b62:16}»
pulumi stack | pulumi stack output kubeconfig --show-secrets | x: «{b62:60}»
wg genkey | wg genkey | «{b64:43}=»
wg show | wg showconf wg0 | PrivateKey = «{b64:43}=»
argocd password | argocd admin initial-password -n argocd | «{b62:16}»
supabase keys | supabase projects api-keys --project-ref x | service | «{b62:60}»
railway | railway variables | X │ «{b62:40}»
stripe listen | stripe listen --print-secret | «{b62:40}»
cf env | cf env app | "x": "«{b62:30}»"
conjur | conjur variable get -i db/pw | «{b62:20}»
1password inject | op inject -i tpl.env | X=«{b62:30}»
credstash | credstash get db.password | «{b62:20}»
teller | teller env | X=«{b62:30}»
envchain | envchain aws env | X=«{b62:40}»
aws vault exec | aws-vault exec prod -- env | X=«{b62:40}»
"""


def _passages() -> list[tuple[str, str]]:
    entries = []
    for entry in _TEXT.strip("\n").split("\n---\n"):
        kind, _, text = entry.partition("\n")
        entries.append((kind, text))
    return entries


PASSAGES = _passages()

COMMANDS = [
    (kind, *rest)
    for kind, *rest in (
        tuple(part.strip() for part in (row.split(" | ")[0], " | ".join(row.split(" | ")[1:-1]), row.split(" | ")[-1]))
        for row in _COMMANDS.strip().splitlines()
    )
]
"""kind, command, output"""
