"""The addresses and the admin classes of the Django peer. Imported by Django once it is configured."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import path

from benchmarks.peers import django_site
from benchmarks.peers.models import Avenant, OwnAvenant

EXPORTED = (
    "number", "phase", "status", "status_changed_at", "request__dossier__software_type", "deposited_at", "order_date",
    "editor_number", "payment_state", "declared_ht", "amount",
)  # fmt: skip


def _current(rows: Any) -> Any:
    return rows.filter(is_current=True).exclude(status="incomplete")


class StaffRequests(admin.ModelAdmin):
    """Every current request, as the staff's grid lists them."""

    list_display = (
        "number", "phase", "software", "supplier", "editor_number", "deposited_at", "status",
        "status_changed_at", "payment_state", "declared_ht", "retained", "amount",
    )  # fmt: skip
    list_select_related = ("supplier", "request__dossier")
    list_per_page = django_site.PER_PAGE
    list_filter = ("status", "phase")
    search_fields = ("number",)
    ordering = ("-deposited_at", "-id")

    def get_queryset(self, request: HttpRequest) -> Any:
        return _current(super().get_queryset(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="Logiciel")
    def software(self, row: Avenant) -> str:
        return row.request.dossier.software_type


class SupplierRequests(StaffRequests):
    """Those of the supplier logged in, the last deposited first."""

    list_display = (
        "number", "phase", "editor_number", "software", "deposited_at", "status", "payment_state", "supplier",
        "declared_ht",
    )  # fmt: skip
    ordering = ("-deposited_at", "-id")

    def get_queryset(self, request: HttpRequest) -> Any:
        supplier_id = int(request.user.username.rpartition("-")[2])
        return super().get_queryset(request).filter(supplier_id=supplier_id)


@staff_member_required
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Every request in CSV."""
    rows = _current(Avenant.objects.order_by("id")).values_list(*EXPORTED).iterator()
    return StreamingHttpResponse(django_site.csv_lines(rows), content_type="text/csv")


admin.site.register(Avenant, StaffRequests)
admin.site.register(OwnAvenant, SupplierRequests)
urlpatterns = [path("admin/", admin.site.urls), path("export.csv", export)]
