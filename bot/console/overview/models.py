"""No table: only the permission to see the numbers."""

from __future__ import annotations

from django.db import models


class Overview(models.Model):
    """Numbers are counted when they are asked for."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [("view_overview", "Can see the overview")]

    def __str__(self) -> str:
        return "Overview"
