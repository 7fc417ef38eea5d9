"""Signing in: password, then the second factor; and what everyone can do about their own account."""

from __future__ import annotations

from typing import Any

import django_otp
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from bot.console.accounts import second_factor
from bot.console.accounts.access import is_in, log, open_to_all, signed_in
from bot.console.accounts.forms import CodeForm, NewAppForm
from bot.console.accounts.models import AccessLog

FEW = 3
"""Recovery codes: so few are worth a word."""


@method_decorator(open_to_all, name="dispatch")
class LogIn(auth_views.LoginView):
    """The password. `django-axes` refuses it after too many wrong ones. What can be seen afterwards: only the second factor."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def get_success_url(self) -> str:
        return f"{reverse('accounts:second_factor')}?{urlencode({'next': super().get_success_url()})}"


@open_to_all
@require_POST
def log_out(request: HttpRequest) -> HttpResponseBase:
    return auth_views.LogoutView.as_view(next_page="accounts:login")(request)


@open_to_all
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def ask_second_factor(request: HttpRequest) -> HttpResponse:
    """The code of the app; who has no app yet sets one up first."""
    if not request.user.is_authenticated:
        return redirect("accounts:login")
    if is_in(request):
        return _onward(request)
    if not second_factor.is_set_up(request.user):
        return redirect(f"{reverse('accounts:new_app')}?{urlencode({'next': _next(request)})}")
    form = CodeForm(request.POST or None, user=request.user)
    if form.is_valid():
        _let_in(request, form)
        left = second_factor.recovery_codes_left(request.user)
        if isinstance(form.device, StaticDevice):
            messages.warning(
                request, f"You used a recovery code; {left} are left. If your phone is lost, set up a new app below."
            )
            return redirect("accounts:account")
        if left <= FEW:
            messages.warning(request, f"You have {left} recovery codes left. You can make new ones under your name.")
        return _onward(request)
    return render(request, "accounts/second_factor.html", {"form": form, "next": _next(request)})


@open_to_all
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def new_app(request: HttpRequest) -> HttpResponse:
    """Set up the authenticator app: at the first log-in, or, signed in with the old one, a new one.

    A password alone must never be enough where a second factor exists.
    """
    if not request.user.is_authenticated:
        return redirect("accounts:login")
    if not is_in(request) and second_factor.is_set_up(request.user):
        return redirect(f"{reverse('accounts:second_factor')}?{urlencode({'next': _next(request)})}")
    form = NewAppForm(request.POST or None, user=request.user)
    if form.is_valid():
        _let_in(request, form)
        log(request, AccessLog.What.SECURITY)
        return render(request, "accounts/recovery_codes.html", {"codes": form.codes, "next": _next(request)})
    app = second_factor.pending_app(request.user)
    shown = {"picture": second_factor.picture(app), "secret": second_factor.secret(app)}
    return render(request, "accounts/new_app.html", {"form": form, "next": _next(request), **shown})


@signed_in
@never_cache
@require_POST
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    codes = second_factor.new_recovery_codes(request.user)  # type: ignore[arg-type]
    log(request, AccessLog.What.SECURITY)
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": reverse("accounts:account")})


@signed_in
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """What someone can do about their own log-in."""
    app = TOTPDevice.objects.filter(user=request.user, confirmed=True).first()
    left = second_factor.recovery_codes_left(request.user)  # type: ignore[arg-type]
    return render(request, "accounts/account.html", {"app": app, "left": left})


@method_decorator(signed_in, name="dispatch")
class ChangePassword(auth_views.PasswordChangeView):
    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:account")

    def form_valid(self, form: Any) -> HttpResponse:
        log(self.request, AccessLog.What.SECURITY)
        messages.success(self.request, "Your password was changed.")
        return super().form_valid(form)


@method_decorator(open_to_all, name="dispatch")
class ChoosePassword(auth_views.PasswordResetConfirmView):
    """Where the link leads that an administrator makes for a new colleague, or for one who forgot the password."""

    template_name = "accounts/choose_password.html"
    success_url = reverse_lazy("accounts:login")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "Your password is set. Please log in with it.")
        return super().form_valid(form)


@signed_in
@require_GET
def stay(request: HttpRequest) -> JsonResponse:
    """A sign of life from someone who types or clicks (`idle.js`); the token lets open forms go on after a new log-in."""
    return JsonResponse({"csrf": get_token(request)})


def _let_in(request: HttpRequest, form: CodeForm) -> None:
    """From here on the session counts. Its key changes, in case someone knew the one of before."""
    if is_in(request):
        django_otp.login(request, form.device)
        return
    request.session.cycle_key()
    django_otp.login(request, form.device)
    log(request, AccessLog.What.SIGNED_IN)


def _next(request: HttpRequest) -> str:
    """Where someone wanted to go, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("home")


def _onward(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(_next(request))
