"""What staff fill in about proposed examples and exports."""

from __future__ import annotations

from typing import Any

from django import forms

from bot.console.conversations import guide_files
from bot.console.learning.models import Evaluation, Proposal
from bot.console.learning.nlu_file import can_hold, one_line

LONGEST = 2_000
"""Characters: what the guide takes as a message."""
UNSEEN = "There is an invisible character in it that an example cannot have. Please type the text anew instead of pasting it."


class Wording(forms.ModelForm):
    """Text and intent of a proposal."""

    intent = forms.ChoiceField(label="What it should have been")

    class Meta:
        model = Proposal
        fields = ("text", "intent")
        labels = {"text": "Example"}
        help_texts = {"text": "one line, best in other words than the family's: training examples are public"}
        widgets = {"text": forms.Textarea(attrs={"rows": 3, "dir": "auto"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["intent"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "not chosen yet"), *guide_files.intent_choices()]

    def clean_text(self) -> str:
        text = one_line(self.cleaned_data["text"])
        if len(text) > LONGEST:
            raise forms.ValidationError(f"At most {LONGEST:,} characters.")
        if not can_hold(text):
            raise forms.ValidationError(UNSEEN)
        return text


class Measured(forms.Form):
    """The file that `make evaluate` wrote."""

    moment = forms.ChoiceField(
        label="Measured", choices=[("before", "before the examples were added"), ("after", "after they were trained")]
    )
    file = forms.FileField(label="File (.build/evaluation.json)", max_length=200)

    def clean_moment(self) -> Evaluation.Moment:
        return Evaluation.Moment(self.cleaned_data["moment"])
