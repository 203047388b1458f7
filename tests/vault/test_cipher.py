"""How secrets lie in the database, and what happens when keys change."""

import pytest
from django.core.management import CommandError, call_command

from accounts.errors import CredentialUnavailableError
from accounts.vault import services
from accounts.vault.models import Credential
from tests.vault.conftest import SECRET


def opened(credential):
    credential.refresh_from_db()
    return services.open_secret(credential).values


def test_the_column_is_ciphertext_and_equal_secrets_differ_in_it(keep):
    first, second = keep().secret, keep().secret
    assert SECRET not in first
    assert first != second


def test_a_secret_that_was_moved_to_another_row_cannot_be_read(keep, stranger):
    mine, theirs = keep(), keep(owner=stranger)
    Credential.objects.filter(pk=theirs.pk).update(secret=mine.secret)
    with pytest.raises(CredentialUnavailableError, match="cannot be read"):
        opened(theirs)


def test_old_keys_still_read_and_are_not_needed_after_the_rotation(keep, settings, new_key):
    credential, old = keep(), settings.CREDENTIAL_KEYS
    settings.CREDENTIAL_KEYS = [new_key, *old]
    assert opened(credential) == {"api_key": SECRET}
    call_command("rotate_credential_keys", verbosity=0)
    settings.CREDENTIAL_KEYS = [new_key]
    assert opened(credential) == {"api_key": SECRET}


def test_a_lost_key_is_told_for_each_credential_and_spoils_no_other(
    keep, settings, new_key, caplog
):
    lost = keep()
    settings.CREDENTIAL_KEYS = [new_key]
    kept = keep()
    with pytest.raises(CommandError, match=str(lost.pk)):
        call_command("rotate_credential_keys", verbosity=0)
    with pytest.raises(CredentialUnavailableError, match="enter its secret again"):
        opened(lost)
    assert str(lost.pk) in caplog.text
    assert opened(kept) == {"api_key": SECRET}
