"""The pages of exports: making one, its file, what was measured, and what a family erased since."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from bot.console.accounts.access import log, needs
from bot.console.accounts.models import AccessLog
from bot.console.learning import evaluations, exporting
from bot.console.learning.bot_commands import CommandFailed
from bot.console.learning.forms import Measured
from bot.console.learning.models import Export, Proposal

VIEW, EXPORT = "learning.view_proposal", "learning.export_proposal"
logger = logging.getLogger("learning")


@needs(VIEW)
@require_GET
def show_all(request: HttpRequest) -> HttpResponse:
    """All exports, the latest first, and how many examples wait to be exported."""
    counts = {"count": Count("examples"), "erased": Count("examples", filter=~Q(examples__erased_at=None))}
    context = {
        "exports": Export.objects.annotate(**counts).select_related("by").order_by("-pk"),
        "approved": Proposal.objects.filter(state=Proposal.State.APPROVED).count(),
    }
    return render(request, "learning/exports.html", context)


@needs(VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One export."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, form: Measured | None = None) -> HttpResponse:
    export = get_object_or_404(Export.objects.select_related("by"), pk=pk)
    context = {
        "export": export,
        "count": export.examples.count(),
        "erased": export.examples.exclude(erased_at=None).order_by("line"),
        "evaluations": export.evaluations.select_related("by").order_by("-moment"),
        "rows": evaluations.table(export),
        "form": form or Measured(),
        "there": exporting.file(export).is_file(),
        "file": exporting.file(export).name,
    }
    return render(request, "learning/export.html", context, status=200 if form is None else 422)


@needs(EXPORT)
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Export what is approved; without the guide's check there is none."""
    try:
        result = exporting.make(request.user)
    except CommandFailed as error:
        logger.error("nothing was exported: %s", error)
        messages.error(request, f"Nothing was exported, because the examples could not be checked. {error}.")
        return redirect("learning:exports")
    except OSError as error:
        logger.error("nothing was exported: %s", type(error).__name__)
        messages.error(
            request, "Nothing was exported, because the file could not be written. Please tell whoever runs the console."
        )
        return redirect("learning:exports")
    for refused in result.refused:
        messages.warning(request, f"Proposal {refused.proposal.pk} was left out. {' '.join(refused.problems)}")
    if result.export is None:
        messages.error(request, "Nothing was exported: no approved example is fit for it.")
        return redirect("learning:exports")
    messages.success(request, f"{result.count} examples were exported.")
    return redirect("learning:export", result.export.pk)


@needs(EXPORT)
@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file for the branch."""
    export = get_object_or_404(Export, pk=pk)
    try:
        content = exporting.file(export).read_bytes()
    except OSError:
        raise Http404 from None
    log(request, AccessLog.What.EXPORTED)
    response = HttpResponse(content, content_type="application/yaml")
    response["Content-Disposition"] = f'attachment; filename="{exporting.file(export).name}"'
    return response


@needs(EXPORT)
@require_POST
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was measured."""
    export = get_object_or_404(Export, pk=pk, withdrawn_at=None)
    form = Measured(request.POST, request.FILES)
    if form.is_valid():
        file: Any = form.cleaned_data["file"]
        try:
            evaluations.record(export, form.cleaned_data["moment"], file.read(evaluations.LARGEST + 1), request.user)
        except ValidationError as error:
            form.add_error("file", error)
    if not form.is_valid():
        return _page(request, pk, form)
    messages.success(request, "The numbers are kept.")
    return redirect("learning:export", pk)


@needs(EXPORT)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The examples are not to be used, for example because the guide became worse with them."""
    exporting.withdraw(get_object_or_404(Export, pk=pk, withdrawn_at=None))
    messages.success(request, "The export is withdrawn. Its examples wait for a decision again.")
    return redirect("learning:export", pk)
