"""Sentences in which a person or an agent names a secret, in ten languages and more; «» encloses the secret."""

from __future__ import annotations

_SENTENCES = """
en password is | the password is «X»
en password is now | I changed it, the password is now «X», please test again
en password for | The password for the staging database is «X».
en my password | my password is «X» and the user is ci
en use password | log in as admin with password «X»
en use the password | use the password «X» to log in
en with the password | connect to the VPN with the password «X» first
en password colon | password: «X»
en password dash | Password - «X»
en password equals | password = «X»
en user pass pair | user admin, pass «X»
en credentials slash | credentials: admin / «X»
en login with slash | login with ci@acme.dev / «X»
en username and password | username is root and password is «X»
en pw | pw: «X»
en pwd is | pwd is «X»
en passphrase | the passphrase of the key is «X»
en passcode | passcode for the meeting: «X»
en set to | I set the root password to «X»
en changed to | the admin password was changed to «X» yesterday
en reset to | I reset his password to «X».
en should be | the db password should be «X»
en it is | What is the password? It is «X»
en try | try «X» as the password
en as password | use «X» as the password for the service
en token is | the api token is «X»
en secret is | our client secret is «X»
en key is | here is the api key: «X»
en api key for | API key for the sandbox: «X»
en pin | wifi password «X»
en default password | The default password is "«X»"
en quoted | set the password to '«X»' in the form
en backticks | The password is `«X»`.
en bold | **Password:** «X»
en bold code | - **Password**: `«X»`
en two lines | Password:
en two lines value | Username: admin\\nPassword: «X»
en temporary | Your temporary password is: «X»
en one-time | here's the new password «X»
en db creds | db creds are app:«X»
en ssh | ssh root@10.0.0.4 password «X»
en agent | I will log in with username `admin` and password `«X»`.
en agent found | I found the password in the settings: «X»
en sudo | sudo password is «X»
de ist | das Passwort ist «X»
de lautet | Das Passwort lautet «X», bitte testen.
de kennwort | Kennwort: «X»
de zugangsdaten | Zugangsdaten: admin / «X»
de mit | melde dich mit dem Passwort «X» an
fr est | le mot de passe est «X»
fr colon | Mot de passe : «X»
fr pour | le mot de passe pour la base est «X».
fr identifiants | identifiants : admin / «X»
es es | la contraseña es «X»
es colon | Contraseña: «X»
es clave | la clave de acceso es «X»
es usuario | usuario admin, contraseña «X»
pt e | a senha é «X»
pt colon | Senha: «X»
pt do | a senha do banco é «X»
it e | la password è «X»
it colon | Parola d'ordine: «X»
it di | la password del database è «X»
nl is | het wachtwoord is «X»
nl colon | Wachtwoord: «X»
sv ar | lösenordet är «X»
sv colon | Lösenord: «X»
da er | adgangskoden er «X»
no er | passordet er «X»
fi on | salasana on «X»
pl to | hasło to «X»
pl colon | Hasło: «X»
cs je | heslo je «X»
tr colon | Şifre: «X»
tr parola | parola: «X»
ru colon | пароль: «X»
ru dash | Пароль — «X»
ru ot | пароль от базы: «X»
uk colon | Пароль: «X»
ja colon | パスワード: «X»
ja wa | パスワードは «X» です
ja tight | パスワードは「«X»」です
zh colon | 密码: «X»
zh shi | 密码是 «X»
zh fullwidth | 密码：«X»
zh mima | 数据库密码是«X»
ko colon | 비밀번호: «X»
ko neun | 비밀번호는 «X» 입니다
ar colon | كلمة المرور: «X»
hi colon | पासवर्ड: «X»
el colon | Κωδικός πρόσβασης: «X»
he colon | סיסמה: «X»
vi colon | mật khẩu: «X»
id adalah | kata sandi adalah «X»
"""

SENTENCES = [
    (kind, text.replace("\\n", "\n"))
    for kind, text in (row.split(" | ", 1) for row in _SENTENCES.strip().splitlines())
    if "X" in text and "«" in text
]
