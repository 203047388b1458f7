"""People, their API keys and their credits, for operators."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import credits, keys, logins, operators, prices, second_factor, services
from accounts.audit.models import AuditEntry
from accounts.errors import InsufficientCreditsError, KeyRevokedError
from accounts.http import UserRequest
from accounts.models import (
    ApiKey,
    BlockPrice,
    CreditEntry,
    LoginSession,
    ModelPrice,
    TokenUsage,
    User,
)
from accounts.operators import OperatorAdmin, ReadOnlyAdmin
from accounts.password_forms import AdminPasswordForm
from blocks import registry

if TYPE_CHECKING:
    NewUserFormBase = BaseUserCreationForm[User]
    ChangeUserFormBase = UserChangeForm[User]
    UserAdminBase = DjangoUserAdmin[User]
    BlockPriceFormBase = forms.ModelForm[BlockPrice]
else:
    NewUserFormBase, ChangeUserFormBase = BaseUserCreationForm, UserChangeForm
    UserAdminBase = DjangoUserAdmin
    BlockPriceFormBase = forms.ModelForm

admin.site.unregister(Group)  # what somebody may do follows from their role
admin.site.site_header = admin.site.site_title = gettext_lazy("Agentloom administration")
admin.site.site_url = "/"


def _priced_blocks() -> list[tuple[str, str]]:
    """The blocks that may have a price, with their own."""
    blocks = sorted(filter(prices.is_priced, registry.all_blocks()), key=lambda each: each.name)
    return [(block.id, f"{block.name} ({block.cost})") for block in blocks]


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
        (gettext_lazy("Facts"), {"fields": ("credits", "created_at", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "role", "password1", "password2")}),)
    actions = ("grant_credits", "suspend", "resume", "turn_off_second_factor")

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

    @admin.action(description=gettext_lazy("Grant credits …"), permissions=["operate"])
    def grant_credits(self, request: UserRequest, users: QuerySet[User]) -> HttpResponse | None:
        """Ask how many on a page of its own, then add them."""
        form = GrantForm(request.POST if "amount" in request.POST else None)
        if form.is_valid():
            self._grant(request, users, **form.cleaned_data)
            return None
        context = {**self.admin_site.each_context(request), "users": users, "form": form}
        return TemplateResponse(request, "admin/grant_credits.html", context)

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
        for user in filter(second_factor.is_on, users):
            second_factor.turn_off(user)
            self.message_user(request, _("%(user)s needs the password only.") % {"user": user})


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """API keys; their text is not known here either."""

    list_display = (
        "name",
        "prefix",
        "user",
        "is_active",
        "revoked_at",
        "last_used_at",
        "expires_at",
        "rate_limit",
    )
    list_filter = ("is_active", "created_at", "expires_at")
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__email")
    ordering = ("-created_at", "-pk")
    exclude = ("hash",)
    actions = ("suspend", "resume", "revoke")

    @admin.action(description=gettext_lazy("Suspend"), permissions=["operate"])
    def suspend(self, request: HttpRequest, api_keys: QuerySet[ApiKey]) -> None:
        """Close them until they are resumed."""
        self._each(request, api_keys, keys.suspend)

    @admin.action(description=gettext_lazy("Resume"), permissions=["operate"])
    def resume(self, request: HttpRequest, api_keys: QuerySet[ApiKey]) -> None:
        """Open them again."""
        self._each(request, api_keys, keys.resume)

    @admin.action(description=gettext_lazy("Revoke for ever"), permissions=["operate"])
    def revoke(self, request: HttpRequest, api_keys: QuerySet[ApiKey]) -> None:
        """Close them for ever."""
        self._each(request, api_keys, keys.revoke)

    def _each(self, request: HttpRequest, api_keys: QuerySet[ApiKey], verb: Any) -> None:
        for key in api_keys:
            try:
                verb(key)
            except KeyRevokedError as error:
                self.message_user(request, f"{key}: {error}", messages.ERROR)
            else:
                self.message_user(request, _("%(key)s: done.") % {"key": key})


@admin.register(LoginSession)
class LoginSessionAdmin(ReadOnlyAdmin):
    """Logins with programs, and how they ended."""

    list_display = ("user", "created_at", "renewed_at", "expires_at", "ended_at", "end_reason")
    list_filter = ("end_reason", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-created_at", "-pk")
    exclude = ("hash", "login_hash")


@admin.register(CreditEntry)
class CreditEntryAdmin(ReadOnlyAdmin):
    """The ledger."""

    list_display = ("created_at", "user", "amount", "reason", "reference")
    list_filter = ("reason", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "reference")
    ordering = ("-pk",)


class PriceAdmin(OperatorAdmin):
    """Tables of prices; operators keep them."""

    readonly_fields = ("updated_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether prices may be added."""
        return self.has_operate_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether prices may be changed."""
        return self.has_operate_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether prices may be deleted."""
        return self.has_operate_permission(request)


@admin.register(ModelPrice)
class ModelPriceAdmin(PriceAdmin):
    """What tokens cost."""

    list_display = ("pattern", "input_price", "output_price", "updated_at")
    search_fields = ("pattern",)
    ordering = ("pattern",)


class BlockPriceForm(BlockPriceFormBase):
    """A price for one of the blocks that workers claim."""

    block_id = forms.ChoiceField(label=gettext_lazy("Block"), choices=_priced_blocks)

    class Meta:
        model = BlockPrice
        fields = ("block_id", "price")


@admin.register(BlockPrice)
class BlockPriceAdmin(PriceAdmin):
    """What blocks cost here. It counts for what starts from now on; without a row the block's own price counts."""

    form = BlockPriceForm
    list_display = ("block_id", "price", "updated_at")
    search_fields = ("block_id",)
    ordering = ("block_id",)


@admin.register(TokenUsage)
class TokenUsageAdmin(ReadOnlyAdmin):
    """Who used which model, and for how much."""

    list_display = (
        *("created_at", "user", "provider", "model", "input_tokens", "output_tokens"),
        *("price", "reference"),
    )
    list_filter = ("provider", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "model", "reference")
    ordering = ("-pk",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The audit log: to be searched, never to be changed."""

    list_display = ("created_at", "action", "actor_name", "target", "address", "request_id")
    list_filter = ("action", "created_at")
    search_fields = ("actor_name", "target", "address", "=request_id")
    ordering = ("-created_at", "-id")
