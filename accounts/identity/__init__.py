"""Getting in: sign-up, e-mail addresses, new passwords, the second factor, logins of other sites.

django-allauth does the work; here is what it does our way. Other apps know nothing of this package.
"""
