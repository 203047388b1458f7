"""Chinese and English throughout: no text is without a translation, and readers get their language."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from config import texts

TRANSLATIONS = [
    (message.id, string)
    for message in texts.catalog_of("zh_Hans")
    if message.id
    for string in (message.string if isinstance(message.string, tuple) else (message.string,))
]
PLACE = re.compile(r"%\(\w+\)[sd]|%s|\{\w+\}")


def places_in(text):
    return sorted(PLACE.findall(text))


def test_every_text_of_code_and_templates_is_translated():
    assert texts.missing("zh_Hans") == []


def test_no_translation_is_left_of_a_text_that_is_gone():
    used = {message.id for message in texts.collected()}
    assert [message.id for message in texts.catalog_of("zh_Hans") if message.id not in used] == []


def test_the_compiled_translations_are_those_of_the_repository():
    compiled = texts.FOLDER / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    assert compiled.read_bytes() == texts.compiled("zh_Hans")


def test_a_translation_keeps_the_places_of_its_text():
    plural = [(text[-1] if isinstance(text, tuple) else text, own) for text, own in TRANSLATIONS]
    assert [text for text, own in plural if places_in(own) != places_in(text)] == []


def test_every_language_of_the_settings_has_a_folder():
    others = {code for code, _name in settings.LANGUAGES} - {settings.LANGUAGE_CODE}
    assert others == {language.lower().replace("_", "-") for language in texts.LANGUAGES}


@pytest.mark.parametrize("accepted", ["zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans", "zh"])
def test_a_browser_that_asks_for_chinese_gets_it(client, db, accepted):
    page = client.get(reverse("account_login"), headers={"accept-language": accepted})
    assert '<html lang="zh-hans"' in page.text
    assert "登录" in page.text


def test_a_browser_that_asks_for_another_language_gets_english(client, db):
    page = client.get(reverse("account_login"), headers={"accept-language": "tlh"})
    assert "Log in" in page.text


def test_a_chosen_language_goes_before_that_of_the_browser(client, db):
    english = {"accept-language": "en"}
    login = reverse("account_login")
    chosen = {"language": "zh-hans", "next": login}
    assert client.post(reverse("set-language"), chosen, headers=english).url == login
    assert "登录" in client.get(login, headers=english).text


def test_choosing_a_language_leads_to_no_other_site(client, db):
    chosen = {"language": "zh-hans", "next": "https://elsewhere.example/"}
    assert client.post(reverse("set-language"), chosen).url == "/"
