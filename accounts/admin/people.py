"""People."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import credits, logins, operators, second_factor, services
from accounts.errors import InsufficientCreditsError
from accounts.http import UserRequest
from accounts.models import User
from accounts.operators import OperatorAdmin
from accounts.password_forms import AdminPasswordForm

if TYPE_CHECKING:
    NewUserFormBase = BaseUserCreationForm[User]
    ChangeUserFormBase = UserChangeForm[User]
    LimitsFormBase = forms.ModelForm[User]
    UserAdminBase = DjangoUserAdmin[User]
else:
    NewUserFormBase, ChangeUserFormBase = BaseUserCreationForm, UserChangeForm
    LimitsFormBase = forms.ModelForm
    UserAdminBase = DjangoUserAdmin


class _PlainEmail:
    """Addresses are kept in lower case, which is how the login looks for them."""

    cleaned_data: dict[str, Any]

    def clean_email(self) -> str:
        """The address as it is kept."""
        return str(self.cleaned_data["email"]).strip().lower()


class NewUserForm(_PlainEmail, NewUserFormBase):
    """A person whom an admin lets in."""

    class Meta:
        model = User
        fields = ("email", "name", "role")


class ChangeUserForm(_PlainEmail, ChangeUserFormBase):
    """What an admin may change of a person."""


_MOST_GRANTED = 1_000_000_000  # at once; far from what the ledger can count


class GrantForm(forms.Form):
    """How many credits to add, and what for."""

    amount = forms.IntegerField(
        label=gettext_lazy("Credits"),
        help_text=gettext_lazy("Below zero takes them away."),
        min_value=-_MOST_GRANTED,
        max_value=_MOST_GRANTED,
    )
    reference = forms.CharField(label=gettext_lazy("What for"), max_length=100, required=False)

    def clean_amount(self) -> int:
        """Nothing is no amount."""
        amount: int = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(_("Zero changes nothing."))
        return amount


class LimitsForm(LimitsFormBase):
    """What these people may have and ask."""

    class Meta:
        model = User
        fields = ("run_limit", "rate_limit")
        help_texts: ClassVar = {
            "run_limit": gettext_lazy("That have not ended. Empty: any number."),
            "rate_limit": gettext_lazy("Of all kinds together. Empty: as the settings say."),
        }


@admin.register(User)
class UserAdmin(OperatorAdmin, UserAdminBase):
    """People."""

    form = ChangeUserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordForm
    ordering = ("-created_at", "-pk")
    list_display = ("email", "name", "role", "is_active", "credits", "last_login", "created_at")
    list_filter = ("role", "is_active", "created_at")
    search_fields = ("email", "name", "=id")
    readonly_fields = ("id", "credits", "created_at", "last_login")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("id", "email", "password", "name", "timezone", "language")}),
        (gettext_lazy("Rights"), {"fields": ("role", "is_active", "is_superuser")}),
        (gettext_lazy("Limits"), {"fields": ("run_limit", "rate_limit")}),
        (gettext_lazy("Facts"), {"fields": ("credits", "created_at", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "role", "password1", "password2")}),)
    actions = (
        *("grant_credits", "limit", "suspend", "resume", "sign_out"),
        "turn_off_second_factor",
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new person gets what newcomers get; one who is shut out is logged out."""
        if change:
            # Not the whole row: it may have got other credits since it was read.
            obj.save(update_fields=form.changed_data)
            if "email" in form.changed_data:
                services.set_email(obj, obj.email)
            if "is_active" in form.changed_data:
                logins.end_all(obj)
            return
        super().save_model(request, obj, form, change)
        services.set_email(obj, obj.email)
        if settings.INITIAL_CREDITS:
            credits.grant(obj, settings.INITIAL_CREDITS, reference="initial")

    @admin.action(description=gettext_lazy("Log out everywhere"), permissions=["operate"])
    def sign_out(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """End their logins, in browsers and programs; API keys stay."""
        for user in users:
            logins.end_all(user)
            self.message_user(request, _("%(user)s is logged out everywhere.") % {"user": user})

    @admin.action(description=gettext_lazy("Grant credits …"), permissions=["operate"])
    def grant_credits(self, request: UserRequest, users: QuerySet[User]) -> HttpResponse | None:
        """Ask how many on a page of its own, then add them."""
        form = GrantForm(request.POST if "amount" in request.POST else None)
        if form.is_valid():
            self._grant(request, users, **form.cleaned_data)
            return None
        return self._ask(request, users, form, _("Grant credits"))

    def _ask(
        self, request: UserRequest, users: QuerySet[User], form: forms.BaseForm, title: str
    ) -> HttpResponse:
        """A page for what an action needs to know."""
        context = {**self.admin_site.each_context(request), "users": users, "form": form}
        context |= {"title": title, "action": request.POST["action"]}
        return TemplateResponse(request, "admin/ask.html", context)

    @admin.action(description=gettext_lazy("Set limits …"), permissions=["operate"])
    def limit(self, request: UserRequest, users: QuerySet[User]) -> HttpResponse | None:
        """Ask for them on a page of its own; it shows those of the first of these people."""
        given = request.POST if "run_limit" in request.POST else None
        form = LimitsForm(given, instance=users.first())
        if not form.is_valid():
            return self._ask(request, users, form, _("Limits"))
        for user in users:
            operators.set_limits(user, **form.cleaned_data, by=request.user)
            self.message_user(request, _("%(user)s: done.") % {"user": user})
        return None

    def _grant(
        self, request: UserRequest, users: QuerySet[User], *, amount: int, reference: str
    ) -> None:
        for user in users:
            try:
                operators.grant(user, amount, reference=reference, by=request.user)
            except InsufficientCreditsError:
                text = _("%(user)s has not that many credits.") % {"user": user}
                self.message_user(request, text, messages.ERROR)
            else:
                text = _("%(amount)d credits for %(user)s.") % {"amount": amount, "user": user}
                self.message_user(request, text)

    @admin.action(description=gettext_lazy("Suspend"), permissions=["operate"])
    def suspend(self, request: UserRequest, users: QuerySet[User]) -> None:
        """Keep them out until they are resumed."""
        count = operators.suspend(users, by=request.user)
        text = ngettext("%(n)d person is suspended.", "%(n)d people are suspended.", count)
        self.message_user(request, text % {"n": count})

    @admin.action(description=gettext_lazy("Resume"), permissions=["operate"])
    def resume(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Let them in again."""
        count = operators.resume(users)
        text = ngettext("%(n)d person may log in.", "%(n)d people may log in.", count)
        self.message_user(request, text % {"n": count})

    @admin.action(
        description=gettext_lazy("Turn off two-factor authentication"), permissions=["change"]
    )
    def turn_off_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """For people who have lost their app and their recovery codes; admins only."""
        for user in users:
            if second_factor.is_on(user):
                second_factor.turn_off(user)
            self.message_user(request, _("%(user)s needs the password only.") % {"user": user})
